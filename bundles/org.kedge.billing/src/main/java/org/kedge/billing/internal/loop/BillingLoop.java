package org.kedge.billing.internal.loop;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.ClockTrust;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.billing.api.Ledger;
import org.kedge.billing.api.NeighbourAccount;
import org.kedge.billing.api.NeighbourChannel;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Settlement;
import org.kedge.billing.internal.channel.Neighbours;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.charging.Charging;
import org.kedge.billing.internal.core.charging.Counted;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books;
import org.kedge.billing.internal.core.ledger.Books.Posted;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.Gap;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Promise;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Difference;
import org.kedge.billing.internal.core.metering.Gapped;
import org.kedge.billing.internal.core.metering.Meter;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.MeterReading;
import org.kedge.billing.internal.core.metering.Positions;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.pricing.PriceBook;
import org.kedge.billing.internal.core.pricing.PriceMessage;
import org.kedge.billing.internal.core.routes.RouteMemory;
import org.kedge.billing.internal.core.statement.Figures;
import org.kedge.billing.internal.core.statement.StatementMessage;
import org.kedge.billing.internal.core.statement.Statements;
import org.kedge.billing.internal.core.statement.Step;
import org.kedge.billing.internal.kernel.NeighbourMacs;
import org.kedge.billing.internal.sqlite.Opened;
import org.kedge.billing.internal.sqlite.SqliteBooks;
import org.kedge.billing.internal.talk.Parsed;
import org.kedge.billing.internal.talk.PriceTalk;
import org.kedge.billing.internal.talk.StatementTalk;

/**
 * Bills: reads the counters once a minute, charges, keeps the books, tells neighbours prices, agrees with them, and has the kernel slow
 * who does not pay. State on billing's lane.
 */
public final class BillingLoop implements Ledger, AutoCloseable {
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration CHARGE = Duration.ofSeconds(60);

  /** After a start: until then neighbours have been met, and what is charged is charged to the right ones. */
  private static final Duration FIRST_CHARGE = Duration.ofSeconds(10);

  private static final Duration ROLL_UP = Duration.ofHours(1);
  private static final Duration CLOCK_SETTLES = Duration.ofMinutes(10);

  /** So long charges wait to be booked; after that counters are left to the kernel, which has them all the same. */
  private static final Duration HELD_MAX = Duration.ofHours(1);

  private final Lane lane;
  private final UptimeSource uptime;
  private final InstantSource wallClock;
  private final Neighbours channel;
  private final Supplier<Optional<RoutingTable>> babel;
  private final Runnable nudge;
  private final String boot;
  private final BookDesk desk;
  private final CounterDesk counters;
  private final ClockTrust clock = new ClockTrust();
  private final RouteMemory routes = new RouteMemory();
  private final Who who;
  private final PriceBook prices;
  private final Charging charging;
  private final Statements statements;
  private final Findings findings;
  private final Accounts accounts;
  private final List<NeighbourChannel.Listening> listening = new ArrayList<>();
  private BillingRules rules;
  private Lane.Timer ticking = () -> {};

  private Optional<String> clockDoubt = Optional.empty();
  private Optional<List<IpPrefix>> own = Optional.empty();
  private Uptime nextCharge;

  /** When counters were last read, or could not be. */
  private Uptime asked = Uptime.of(Duration.ZERO);

  private Uptime nextRollUp;
  private Optional<Positions> positions = Optional.empty();
  private boolean areBooksFresh;
  private final Set<NeighbourId> readingFor = new LinkedHashSet<>();

  /**
   * @param opener opens the books; blocks
   * @param boot names this boot of the kernel
   * @param babel the routing table as last told, empty while there is none
   * @param nudge called when readings have changed
   */
  public BillingLoop(
      Lane lane,
      UptimeSource uptime,
      InstantSource wallClock,
      Kernel kernel,
      Supplier<Opened> opener,
      Neighbours channel,
      NeighbourId self,
      String boot,
      Supplier<Optional<RoutingTable>> babel,
      BillingRules rules,
      Runnable nudge) {
    this.lane = lane;
    this.uptime = uptime;
    this.wallClock = wallClock;
    this.channel = channel;
    this.boot = boot;
    this.babel = babel;
    this.rules = rules;
    this.nudge = nudge;
    desk = new BookDesk(lane, uptime, opener, this::opened);
    who = new Who(channel::identities);
    prices = new PriceBook(rules);
    charging = new Charging(prices);
    statements = new Statements(rules, self);
    findings = new Findings(uptime);
    accounts = new Accounts(desk, who, prices, statements, findings, channel::nameOf, rules);
    counters = new CounterDesk(lane, uptime, kernel, findings, new Counters());
    lookAtClock();
    nextCharge = uptime.now().plus(FIRST_CHARGE);
    nextRollUp = uptime.now().plus(ROLL_UP);
  }

  /** Begins; once. */
  public void start() {
    lane.promise(Duration.ofSeconds(30));
    desk.start();
    ticking = lane.every(TICK, "bill", this::tick);
  }

  /** New rules, from the next second on. */
  public void rules(BillingRules changed) {
    lane.post("new settings", () -> {
      rules = changed;
      prices.rules(changed);
      statements.rules(changed);
      accounts.rules(changed);
      counters.wishIsNew();
      judge();
    });
  }

  private void tick() {
    lookAtClock();
    babel.get().ifPresent(table -> {
      if (routes.see(table)) {
        changed();
      }
    });
    var now = uptime.now();
    sendPrices(now);
    take(statements.tick(now));
    if (!now.isBefore(nextRollUp) && clockDoubt.isEmpty()) {
      nextRollUp = now.plus(ROLL_UP);
      desk.rollUp(wallClock, rules.minutesKept(), rules.hoursKept());
    }
    judge();
    ask();
    prices
        .nextTurn()
        .filter(at -> now.isBefore(at) && at.isBefore(now.plus(TICK)))
        .ifPresent(at -> lane.after(at.since(now), "charge before prices change", this::ask));
    lane.beat();
  }

  /** A clock that stepped once, as when it was set, is believed again after a while without another step. */
  private void lookAtClock() {
    var wall = wallClock.instant();
    var now = uptime.now();
    var verdict = clock.look(wall, now);
    var isSettled = !wall.isBefore(ClockTrust.EARLIEST)
        && verdict
            .steppedAt()
            .filter(at -> now.since(at).compareTo(CLOCK_SETTLES) < 0)
            .isEmpty();
    clockDoubt = isSettled ? Optional.empty() : Optional.of(verdict.evidence());
  }

  private void changed() {
    who.heard(routes.heard());
    channel.heard(routes.heard());
    tellRoutes();
    counters.wishIsNew();
  }

  private void tellRoutes() {
    routes
        .table()
        .ifPresent(table -> own.ifPresent(addresses -> prices.routes(table, addresses, who::who)));
  }

  // --- the counters ---

  /** Asks the kernel for what is wanted most. */
  private void ask() {
    if (counters.isBusy() || routes.interfaces().isEmpty()) {
      return;
    }
    if (counters.hasToApply()) {
      counters.apply(new CounterDesk.Wish(
          routes.interfaces(),
          routes.mesh(),
          accounts.slowed(counters.bare()),
          rules.passAlways()));
    } else if (counters.areCountersThere() && isReadingDue()) {
      asked = uptime.now();
      nextCharge = asked.plus(CHARGE);
      if (positions.isPresent()
          && desk.heldSince()
              .filter(since -> asked.since(since).compareTo(HELD_MAX) >= 0)
              .isEmpty()) {
        counters.read(routes.interfaces());
      } else {
        dropReadings();
      }
    }
  }

  private boolean isReadingDue() {
    var now = uptime.now();
    return !now.isBefore(nextCharge)
        || !readingFor.isEmpty()
        || prices
            .nextTurn()
            .filter(at -> asked.isBefore(at) && !now.isBefore(at))
            .isPresent();
  }

  private final class Counters implements CounterDesk.Listener {
    @Override
    public void owns(List<IpPrefix> addresses) {
      own = Optional.of(addresses);
      tellRoutes();
    }

    @Override
    public void read(NeighbourMacs.Look macs, MeterReading reading) {
      who.seen(macs);
      charge(reading);
    }

    @Override
    public void unread() {
      dropReadings();
    }

    @Override
    public void gone() {
      // The next reading finds another generation, and books the gap.
      nextCharge = uptime.now();
    }

    @Override
    public void ready() {
      ask();
    }
  }

  private void dropReadings() {
    var waiting = List.copyOf(readingFor);
    readingFor.clear();
    waiting.forEach(statements::dropped);
  }

  // --- charging ---

  private void charge(MeterReading reading) {
    if (areBooksFresh) {
      beginAt(reading);
      return;
    }
    var before = positions.orElseThrow();
    var difference = Meter.difference(before, reading);
    positions = Optional.of(difference.positions());
    var at = wallClock.instant();
    var tick = boot + "/" + reading.at().nanos() / 1_000_000;
    var entries = charging.charge(
        tick, counted(difference), who::who, reading.at(), at, clockDoubt.isEmpty());
    difference.gap().ifPresent(gap -> {
      findings.lost(gap);
      if (gap.cause() != Gapped.Cause.REBOOTED) {
        nudge.run();
      }
    });
    var forWhom = List.copyOf(readingFor);
    readingFor.clear();
    var gap =
        difference.gap().map(lost -> new Gap(findings.lastRead(at), at, lost.atMost(), lost.why()));
    var moved = moved(before, difference.positions());
    findings.readAt(at);
    var promises = prices.unkept(reading.at());
    if (entries.isEmpty()
        && gap.isEmpty()
        && moved.counts().isEmpty()
        && promises.isEmpty()
        && forWhom.isEmpty()) {
      return;
    }
    desk.post(new Batch(entries, Optional.of(moved), gap, List.of(), promises), posted -> {
      if (posted instanceof Posted.Contradicted) {
        positions = desk.books().map(SqliteBooks::positions);
        prices.keepAnew();
      }
      findings.unknown(entries);
      reckon();
      forWhom.forEach(
          neighbour -> take(statements.figures(neighbour, figures(neighbour, at), uptime.now())));
    });
  }

  /** Nobody knows what lost books had booked of these counters: to book it twice would be worse than to book it never. */
  private void beginAt(MeterReading reading) {
    areBooksFresh = false;
    var start = Meter.startAt(reading);
    positions = Optional.of(start);
    var at = wallClock.instant();
    var gap = new Gap(
        at,
        at,
        Bytes.NONE,
        "the ledger was lost, and with it up to where counters had been booked");
    findings.readAt(at);
    desk.post(new Batch(List.of(), Optional.of(start), Optional.of(gap), List.of()), posted -> {});
    dropReadings();
  }

  private static Counted counted(Difference difference) {
    var targets = new HashMap<MeterKey, Count>();
    var unlisted = new ArrayList<Counted.Unlisted>();
    difference.counts().forEach((key, count) -> {
      if (key.target() instanceof Target.Any) {
        unlisted.add(
            new Counted.Unlisted(key.direction(), key.station(), new Bytes(count.bytes())));
      } else {
        targets.put(key, count);
      }
    });
    return new Counted(targets, unlisted);
  }

  /** Only what is other than before goes to flash. */
  private static Positions moved(Positions before, Positions after) {
    if (!before.generation().equals(after.generation())) {
      return after;
    }
    var counts = after.counts().entrySet().stream()
        .filter(entry -> !entry.getValue().equals(before.counts().get(entry.getKey())))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    return new Positions(after.generation(), counts, after.links());
  }

  private Figures figures(NeighbourId neighbour, Instant at) {
    var highest = Stream.concat(prices.charges(neighbour).stream(), prices.asks(neighbour).stream())
        .max(Price::compareTo)
        .orElse(Price.FREE);
    return Figures.of(accounts.balance(neighbour), highest, at, clockDoubt.isEmpty());
  }

  // --- the books ---

  private void opened(SqliteBooks books, List<Promise> promises, boolean isFresh) {
    if (positions.isPresent() && isFresh) {
      // What was counted until now is booked, or waits; from here on the new books know where to go
      // on.
      desk.post(new Batch(List.of(), positions, Optional.empty(), List.of()), posted -> {});
      prices.keepAnew();
    } else if (positions.isEmpty()) {
      var known = books.positions();
      prices.restore(promises, known.generation().startsWith(boot + "/"), uptime.now());
      areBooksFresh = known.generation().equals(Books.LOST);
      positions = Optional.of(known);
    }
    listen();
    reckon();
  }

  @Override
  public List<NeighbourAccount> accounts() {
    return accounts.told();
  }

  @Override
  public void settle(Settlement settlement, Consumer<Booked> done) {
    var posting = lane.post("settle", () -> settleNow(settlement, done));
    if (posting != Lane.Posting.ACCEPTED) {
      done.accept(new Booked.NotNow("billing is busy or stops"));
    }
  }

  private void settleNow(Settlement settlement, Consumer<Booked> done) {
    var trouble = desk.stalled();
    if (trouble.isPresent() || desk.books().isEmpty()) {
      done.accept(new Booked.NotNow(trouble.orElse("the ledger is not open yet")));
      return;
    }
    var account = new Account.Neighbour(settlement.neighbour());
    if (!desk.books().orElseThrow().balances().containsKey(account)) {
      done.accept(
          new Booked.Refused("there is no account of " + settlement.neighbour().value()));
      return;
    }
    var isReceived = settlement.direction() == Settlement.Direction.RECEIVED;
    var entry = new LedgerEntry(
        new EntryId("settled/" + settlement.direction() + "/" + settlement.id()),
        Reason.SETTLED,
        isReceived ? Account.Own.SETTLED : account,
        isReceived ? account : Account.Own.SETTLED,
        settlement.amount(),
        Bytes.NONE,
        Optional.empty(),
        settlement.at(),
        clockDoubt.isEmpty(),
        settlement.note());
    desk.post(Batch.of(List.of(entry)), posted -> {
      reckon();
      done.accept(
          posted instanceof Posted.Done some
              ? some.booked() > 0 ? new Booked.Done() : new Booked.Before()
              : new Booked.Refused(
                  "settlement " + settlement.id() + " is booked already with another content"));
    });
  }

  /** Balances have changed. */
  private void reckon() {
    judge();
    ask();
  }

  // --- the neighbours ---

  private void listen() {
    if (!listening.isEmpty()) {
      return;
    }
    listening.add(channel.witness(PriceTalk.TOPIC, new Neighbours.Witness() {
      @Override
      public void heard(NeighbourId from, String json, String evidence) {
        if (PriceTalk.read(json) instanceof Parsed.Understood<?> words
            && words.message() instanceof PriceMessage message) {
          prices.heard(from, message, uptime.now());
          sendPrices(uptime.now());
        } else {
          findings.misunderstood(from, PriceTalk.TOPIC);
        }
      }

      @Override
      public void met(NeighbourId neighbour) {
        BillingLoop.this.met(neighbour);
      }
    }));
    listening.add(channel.witness(StatementTalk.TOPIC, (from, json, evidence) -> {
      if (StatementTalk.read(json) instanceof Parsed.Understood<?> words
          && words.message() instanceof StatementMessage message) {
        take(statements.heard(from, message, evidence, uptime.now()));
      } else {
        findings.misunderstood(from, StatementTalk.TOPIC);
      }
    }));
    // Met while the ledger was being opened.
    channel.peers().forEach(this::met);
  }

  private void met(NeighbourId neighbour) {
    tellRoutes();
    prices.met(neighbour, uptime.now());
    statements.met(
        neighbour,
        desk.books().flatMap(books -> books.latest(neighbour)),
        desk.books().flatMap(books -> books.agreed(neighbour)),
        uptime.now());
    sendPrices(uptime.now());
  }

  private void sendPrices(Uptime now) {
    prices
        .tick(now)
        .forEach(out -> channel.send(out.to(), PriceTalk.TOPIC, PriceTalk.write(out.message())));
  }

  private void take(Collection<Step> steps) {
    for (var step : steps) {
      if (step instanceof Step.TakeReading reading) {
        if (counters.areCountersThere()
            && positions.isPresent()
            && desk.stalled().isEmpty()) {
          readingFor.add(reading.neighbour());
        } else {
          statements.dropped(reading.neighbour());
        }
      } else if (step instanceof Step.Say say) {
        channel.send(say.neighbour(), StatementTalk.TOPIC, StatementTalk.write(say.message()));
      } else if (step instanceof Step.Book book) {
        desk.post(book.batch(), posted -> {
          if (posted instanceof Posted.Done) {
            book.after()
                .forEach(message -> channel.send(
                    book.neighbour(), StatementTalk.TOPIC, StatementTalk.write(message)));
            statements.booked(book.neighbour());
          } else {
            statements.dropped(book.neighbour());
          }
          reckon();
        });
      }
    }
    ask();
  }

  // --- standing ---

  private void judge() {
    var now = uptime.now();
    accounts.judge(now, clockDoubt);
    findings.judged(accounts.disputes(), desk, channel.readings(now));
    counters.slow(accounts.slowed(counters.bare()));
    if (findings.haveChanged()) {
      nudge.run();
    }
  }

  /** What was found, for who tells of it. Any thread. */
  public Findings findings() {
    return findings;
  }

  /** Any thread. */
  public Optional<SqliteBooks> books() {
    return desk.books();
  }

  /** Counting goes on in the kernel, and the next start books it. Nobody stays slowed whom nobody would release. */
  @Override
  public void close() {
    ticking.cancel();
    counters.close();
    listening.forEach(NeighbourChannel.Listening::close);
    desk.close();
  }
}
