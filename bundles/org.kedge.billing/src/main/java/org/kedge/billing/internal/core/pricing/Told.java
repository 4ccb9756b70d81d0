package org.kedge.billing.internal.core.pricing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Promise.Step;
import org.kedge.billing.internal.core.ledger.Promise.Terms;
import org.kedge.billing.internal.core.pricing.PriceMessage.Change;
import org.kedge.billing.internal.core.pricing.PriceMessage.Next;
import org.kedge.billing.internal.core.pricing.PriceMessage.Offer;
import org.kedge.billing.internal.core.pricing.PriceMessage.Prices;
import org.kedge.billing.internal.core.pricing.PriceMessage.Taken;

/**
 * What one neighbour is told, and is therefore charged. The table goes to it as a stream of numbered changes, taken in order: what
 * is not acknowledged is sent again as it was, so the neighbour's table after message n is this one as it stood after message n,
 * whatever is lost.
 */
final class Told {
  /** Messages that may be on their way at once. */
  static final int WINDOW = 16;

  /** Octets for the changes of one message. */
  private static final int ROOM = 700;

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration PATIENCE_MAX = Duration.ofSeconds(30);
  private static final Duration RESTART_REST = Duration.ofSeconds(10);

  /** Time for a message to arrive, be it sent twice. */
  private static final Duration ARRIVAL = Duration.ofSeconds(5);

  /** Prices change at whole multiples of it, as each change costs both sides a reading of all counters. */
  private static final Duration GRID = Duration.ofSeconds(30);

  /**
   * Another price to come, at a moment that both sides know: each charges what came before it by the price before.
   *
   * @param isKnown whether it holds then whatever the neighbour knows: for a rise, that the neighbour acknowledged it
   */
  private record Coming(Price price, Uptime at, boolean isKnown) {}

  private record Entry(Price price, Optional<Coming> coming) {
    /** A rise that the neighbour does not know of is none: it is announced anew. */
    Terms terms() {
      return new Terms(
          price,
          coming.filter(Coming::isKnown).map(known -> new Step(known.price(), known.at())).stream()
              .toList());
    }
  }

  private record Piece(IpPrefix destination, Optional<Entry> entry) {}

  private record Sent(long number, List<Piece> pieces, boolean isWhole) {}

  private final PrefixTable<Entry> table = new PrefixTable<>();
  private final Set<IpPrefix> waiting = new LinkedHashSet<>();
  private final Set<IpPrefix> changing = new HashSet<>();
  private final Unkept unkept = new Unkept();
  private final Deque<Sent> onTheWay = new ArrayDeque<>();
  private long run;
  private long last;
  private long acknowledged;
  private boolean isTold;
  private Uptime begun;

  /** When it last acknowledged something, or had nothing to acknowledge. */
  private Uptime answered;

  private Uptime sentAgain;
  private @Nullable Uptime lastSent;
  private Duration patience = PATIENCE;
  private int beyondBound;

  Told(Uptime now) {
    run = now.nanos();
    begun = now;
    answered = now;
    sentAgain = now;
  }

  /** What was promised before this node started again. */
  void restore(IpPrefix destination, Terms terms) {
    var coming =
        terms.steps().stream().findFirst().map(step -> new Coming(step.price(), step.at(), true));
    table.put(destination, new Entry(terms.price(), coming));
    if (coming.isPresent()) {
      changing.add(destination);
    }
    isTold = true;
  }

  /** What holds now where something else held when this was asked last. */
  Map<IpPrefix, Optional<Terms>> unkept() {
    return unkept.take(table, Entry::terms, isTold);
  }

  /** What was kept is lost. */
  void keepAnew() {
    unkept.addAll(table.all().keySet());
  }

  /** Nothing holds any more. */
  void forget() {
    keepAnew();
    table.clear();
    changing.clear();
  }

  /** Begins the stream anew; what was promised stays promised. */
  void begin(Uptime now) {
    run = Math.max(run + 1, now.nanos());
    last = 0;
    acknowledged = 0;
    begun = now;
    answered = now;
    sentAgain = now;
    lastSent = null;
    patience = PATIENCE;
    onTheWay.clear();
    waiting.clear();
    waiting.addAll(table.all().keySet());
  }

  /**
   * Brings the table in line with the ways. What is new holds at once, what falls within half a minute. What rises is announced and
   * holds a period later; while one rise is coming, a further one waits for it. Of a way that is not sure yet nothing is said: what
   * were promised too low would stand for a period.
   */
  void follow(Ways ways, NeighbourId neighbour, Duration period, Uptime now) {
    var gone = table.all().keySet().stream()
        .filter(destination ->
            ways.table().get(destination).filter(way -> !way.leadsTo(neighbour)).isEmpty())
        .toList();
    for (var destination : gone) {
      table.remove(destination);
      changing.remove(destination);
      waiting.add(destination);
      unkept.add(destination);
    }
    beyondBound = 0;
    for (var way : ways.table().all().entrySet()) {
      if (way.getValue().isSure() && !way.getValue().leadsTo(neighbour)) {
        want(way.getKey(), way.getValue().coming(), period, now);
      }
    }
  }

  private void want(IpPrefix destination, Price price, Duration period, Uptime now) {
    var entry = table.get(destination).orElse(null);
    if (entry == null) {
      if (table.size() >= PriceBook.DESTINATIONS_MAX) {
        beyondBound++;
      } else {
        set(destination, price, Optional.empty());
      }
    } else {
      coming(entry, price, period, now)
          .filter(coming -> !coming.equals(entry.coming()))
          .ifPresent(coming -> set(destination, entry.price(), coming));
    }
  }

  /** What is to come where this price is wanted; empty where that stays as it is. */
  private static Optional<Optional<Coming>> coming(
      Entry entry, Price wanted, Duration period, Uptime now) {
    if (wanted.equals(entry.price())) {
      return Optional.of(Optional.empty());
    }
    var before = entry.coming();
    if (before.filter(coming -> coming.price().equals(wanted)).isPresent()) {
      return Optional.empty();
    }
    if (wanted.compareTo(entry.price()) < 0) {
      return Optional.of(Optional.of(new Coming(wanted, onGrid(now.plus(ARRIVAL)), true)));
    }
    var rise = before.filter(coming -> coming.price().compareTo(entry.price()) > 0);
    if (rise.isEmpty()) {
      return Optional.of(Optional.of(new Coming(wanted, onGrid(now.plus(period)), false)));
    }
    return rise.filter(coming -> wanted.compareTo(coming.price()) < 0)
        .map(coming -> Optional.of(new Coming(wanted, coming.at(), coming.isKnown())));
  }

  private static Uptime onGrid(Uptime at) {
    var grid = GRID.toNanos();
    return new Uptime((at.nanos() + grid - 1) / grid * grid);
  }

  private void set(IpPrefix destination, Price price, Optional<Coming> coming) {
    table.put(destination, new Entry(price, coming));
    waiting.add(destination);
    unkept.add(destination);
    if (coming.isPresent()) {
      changing.add(destination);
    } else {
      changing.remove(destination);
    }
  }

  /**
   * What is due holds from here on. A rise that the neighbour has not acknowledged is announced anew: it cannot know of it.
   *
   * @return whether any price changed
   */
  boolean turn(Duration period, Uptime now) {
    var isOther = false;
    for (var destination : List.copyOf(changing)) {
      var entry = table.get(destination).orElseThrow();
      var coming = entry.coming().orElseThrow();
      if (coming.at().isBefore(now) || coming.at().equals(now)) {
        if (coming.isKnown()) {
          // Not told again: the neighbour changes it by itself.
          table.put(destination, new Entry(coming.price(), Optional.empty()));
          changing.remove(destination);
          unkept.add(destination);
          isOther = true;
        } else {
          set(
              destination,
              entry.price(),
              Optional.of(new Coming(coming.price(), onGrid(now.plus(period)), false)));
        }
      }
    }
    return isOther;
  }

  List<PriceMessage> tick(Uptime now) {
    var messages = new ArrayList<PriceMessage>();
    if (!onTheWay.isEmpty() && now.since(sentAgain).compareTo(patience) >= 0) {
      onTheWay.forEach(sent -> messages.add(message(sent, now)));
      sentAgain = now;
      patience = patience.multipliedBy(2);
      patience = patience.compareTo(PATIENCE_MAX) > 0 ? PATIENCE_MAX : patience;
    }
    var isQuiet = lastSent == null || now.since(lastSent).compareTo(PriceBook.KEEP_ALIVE) >= 0;
    while (onTheWay.size() < WINDOW
        && (!waiting.isEmpty() || (isQuiet && messages.isEmpty() && onTheWay.isEmpty()))) {
      if (onTheWay.isEmpty()) {
        answered = now;
        sentAgain = now;
      }
      var sent = pack();
      onTheWay.add(sent);
      messages.add(message(sent, now));
    }
    if (!messages.isEmpty()) {
      lastSent = now;
    }
    return messages;
  }

  private Sent pack() {
    var number = ++last;
    var pieces = new ArrayList<Piece>();
    var room = ROOM;
    for (var at = waiting.iterator(); at.hasNext(); ) {
      var destination = at.next();
      var entry = table.get(destination);
      room -= size(destination, entry);
      if (room < 0) {
        break;
      }
      at.remove();
      pieces.add(new Piece(destination, entry));
    }
    return new Sent(number, pieces, waiting.isEmpty());
  }

  /** Octets as JSON, at most. */
  private static int size(IpPrefix destination, Optional<Entry> entry) {
    var marks = 8;
    var marksOfNext = 20;
    var digits = entry
        .map(told -> digits(told.price())
            + told.coming().map(coming -> digits(coming.price()) + marksOfNext).orElse(0))
        .orElse(0);
    return destination.toString().length() + digits + marks;
  }

  private static int digits(Price price) {
    return Long.toString(price.weiPerByte()).length();
  }

  private PriceMessage message(Sent sent, Uptime now) {
    var changes = new ArrayList<Change>();
    for (var piece : sent.pieces()) {
      changes.add(new Change(piece.destination(), piece.entry().map(entry -> offer(entry, now))));
    }
    return new Prices(run, sent.number(), changes, sent.isWhole());
  }

  private static Offer offer(Entry entry, Uptime now) {
    return new Offer(
        entry.price(), entry.coming().map(coming -> new Next(coming.price(), left(coming, now))));
  }

  private static Duration left(Coming coming, Uptime now) {
    return coming.at().isBefore(now)
        ? Duration.ZERO
        : Duration.ofMillis(coming.at().since(now).toMillis());
  }

  /** When a price changes next. */
  Optional<Uptime> nextTurn() {
    return changing.stream()
        .flatMap(destination -> table.get(destination).flatMap(Entry::coming).stream())
        .map(Coming::at)
        .min(Uptime::compareTo);
  }

  void taken(Taken taken, Uptime now) {
    if (taken.run() != run || taken.number() > last) {
      return;
    }
    if (taken.number() < acknowledged) {
      // It lost what it had taken.
      if (now.since(begun).compareTo(RESTART_REST) >= 0) {
        begin(now);
      }
      return;
    }
    while (!onTheWay.isEmpty() && onTheWay.getFirst().number() <= taken.number()) {
      var sent = onTheWay.removeFirst();
      sent.pieces().forEach(this::known);
      isTold |= sent.isWhole();
      answered = now;
      sentAgain = now;
      patience = PATIENCE;
    }
    acknowledged = taken.number();
  }

  private void known(Piece piece) {
    var entry = table.get(piece.destination()).orElse(null);
    if (entry != null && piece.entry().isPresent() && entry.coming().isPresent()) {
      var coming = entry.coming().get();
      var said = piece.entry().get().coming();
      if (said.isPresent() && said.get().at().equals(coming.at())) {
        table.put(
            piece.destination(),
            new Entry(entry.price(), Optional.of(new Coming(coming.price(), coming.at(), true))));
        unkept.add(piece.destination());
      }
    }
  }

  Optional<Price> find(IpPrefix destination) {
    return table.find(destination).map(found -> found.getValue().price());
  }

  Optional<Price> highest() {
    return table.all().values().stream().map(Entry::price).max(Price::compareTo);
  }

  boolean isTold() {
    return isTold;
  }

  int beyondBound() {
    return beyondBound;
  }

  /** How long it has not acknowledged what it was sent. */
  Duration unanswered(Uptime now) {
    return onTheWay.isEmpty() ? Duration.ZERO : now.since(answered);
  }
}
