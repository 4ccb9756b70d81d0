package org.kedge.billing.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.ExportedRoute;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.Wei;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.billing.api.Ledger;
import org.kedge.billing.api.NeighbourAccount;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Settlement;
import org.kedge.billing.internal.channel.Neighbours;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.metering.Count;
import org.kedge.billing.internal.core.metering.Direction;
import org.kedge.billing.internal.core.metering.MeterKey;
import org.kedge.billing.internal.core.metering.MeterReading;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.Station;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.core.metering.WantedTable;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.billing.internal.kernel.NeighbourMacs;
import org.kedge.billing.internal.nft.MeterTable;
import org.kedge.billing.internal.sqlite.Opened;
import org.kedge.billing.internal.sqlite.SqliteBooks;
import org.kedge.care.api.Reading;

/**
 * Two nodes with a link between them, in virtual time: real loops and real books; counters of the kernel and the channel are doubles
 * that do as told. The second is the way out of the mesh.
 */
final class TwoNodes implements AutoCloseable {
  static final Duration PERIOD = Duration.ofMinutes(10);
  static final Target ELSEWHERE = new Target.Elsewhere();
  private static final Instant WALL = Instant.parse("2026-11-23T08:00:00Z");
  private static final Duration MESSAGE = Duration.ofMillis(20);

  /** From a start until the neighbour is met. */
  private static final Duration MEETING = Duration.ofMillis(1500);

  final VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofHours(1)));
  final Node one;
  final Node two;
  private final Random random;
  private final int lossPercent;

  TwoNodes(Path folder, long seed, int lossPercent) {
    this(folder, seed, lossPercent, rules("3"));
  }

  TwoNodes(Path folder, long seed, int lossPercent, BillingRules rules) {
    random = new Random(seed);
    this.lossPercent = lossPercent;
    one = new Node(1, 2, folder.resolve("one"), rules);
    two = new Node(2, 1, folder.resolve("two"), rules);
  }

  static BillingRules rules(String limit) {
    return rules(limit, "0.02", PERIOD);
  }

  /**
   * @param limit of debt, coins
   * @param fee coins per GB
   */
  static BillingRules rules(String limit, String fee, Duration period) {
    return new BillingRules(
        Price.ofCoinsPerGigabyte(new BigDecimal(fee)),
        Price.ofCoinsPerGigabyte(new BigDecimal("0.02")),
        Price.ofCoinsPerGigabyte(new BigDecimal("0.20")),
        Wei.ofCoins(new BigDecimal("0.0001")),
        Wei.ofCoins(new BigDecimal(limit)),
        Duration.ZERO,
        1000,
        List.of(),
        period,
        Duration.ofDays(90),
        Duration.ofDays(1095));
  }

  Node far(Node node) {
    return node == one ? two : one;
  }

  /** Both run, and have agreed once. */
  void begin() {
    one.start();
    two.start();
    pass(PERIOD.multipliedBy(2));
  }

  void pass(Duration span) {
    lanes.pass(span);
  }

  /** Bytes that {@code from} hands to the other, counted on both ends. */
  void carry(Node from, Target target, long bytes) {
    from.kernel.count(Direction.OUT, target, bytes);
    far(from).kernel.count(Direction.IN, target, bytes);
  }

  @Override
  public void close() {
    one.stop();
    two.stop();
    assertThat(lanes.readings()).allMatch(reading -> reading.thrown() == 0);
  }

  final class Node {
    final NeighbourId id;
    final Path folder;
    final Kernel kernel;
    private final int number;
    private final int far;
    private final LinkAddress farEnd;
    private BillingRules rules;
    Duration clockAhead = Duration.ZERO;
    Optional<BillingLoop> loop = Optional.empty();
    private Optional<Lane> lane = Optional.empty();
    private Channel channel = new Channel(this);
    private long starts;

    private Node(int number, int far, Path folder, BillingRules rules) {
      this.number = number;
      this.far = far;
      this.folder = folder;
      this.rules = rules;
      id = key(number);
      farEnd = new LinkAddress("to" + far, "fe80::" + far);
      kernel = new Kernel(number, far);
    }

    /** As a start of Kedge; counters and flash are as they were left. */
    void start() {
      start(this::open);
    }

    Opened open() {
      return SqliteBooks.open(folder, wall(), true);
    }

    void start(Supplier<Opened> opener) {
      var opened = lanes.open("billing " + number + "/" + ++starts, 1000);
      lane = Optional.of(opened);
      channel = new Channel(this);
      var table = table();
      var made = new BillingLoop(
          opened,
          lanes,
          this::wall,
          kernel,
          opener,
          channel,
          id,
          kernel.boot(),
          () -> Optional.of(table),
          rules,
          () -> {});
      loop = Optional.of(made);
      made.start();
      opened.after(MEETING, "meet", this::meet);
    }

    private void meet() {
      var other = far(this);
      if (other.loop.isPresent()) {
        channel.meet(other.id);
        other.channel.meet(id);
      }
    }

    private Instant wall() {
      return WALL.plus(Duration.ofNanos(lanes.now().nanos())).plus(clockAhead);
    }

    /** As kill -9: from here on nothing of it runs; what was committed stands. */
    void kill() {
      lane.ifPresent(Lane::close);
      loop.flatMap(BillingLoop::books).ifPresent(SqliteBooks::close);
      lane = Optional.empty();
      loop = Optional.empty();
      far(this).channel.met = false;
    }

    void stop() {
      loop.ifPresent(BillingLoop::close);
      kill();
    }

    NeighbourAccount account() {
      return loop.orElseThrow().accounts().stream()
          .filter(account -> account.id().equals(far(this).id))
          .findFirst()
          .orElseThrow();
    }

    void rules(BillingRules changed) {
      rules = changed;
      loop.ifPresent(running -> running.rules(changed));
    }

    /** The other has paid; what became of booking it. */
    List<Ledger.Booked> settle(String payment, String coins) {
      var booked = new ArrayList<Ledger.Booked>();
      var amount = Wei.ofCoins(new BigDecimal(coins));
      loop.orElseThrow()
          .settle(
              new Settlement(
                  payment, far(this).id, Settlement.Direction.RECEIVED, amount, WALL, ""),
              booked::add);
      pass(Duration.ofSeconds(1));
      return booked;
    }

    /** Names of the faults found. */
    List<String> faults() {
      return loop.orElseThrow().findings().readings().stream()
          .filter(Reading.Wrong.class::isInstance)
          .map(reading -> reading.kind().name())
          .toList();
    }

    private RoutingTable table() {
      var routes = new ArrayList<Route>();
      routes.add(route("2001:db8:" + far + "::1/128"));
      var exported = new ArrayList<ExportedRoute>();
      exported.add(new ExportedRoute("2001:db8:" + number + "::1/128", "::/0", 0));
      if (number == 2) {
        exported.add(new ExportedRoute("::/0", "::/0", 0));
      } else {
        routes.add(route("::/0"));
      }
      return new RoutingTable(
          lanes.now(),
          List.of(new BabelInterface(
              farEnd.interfaceName(), true, List.of("fe80::" + number), Map.of())),
          List.of(new Neighbour(
              "n",
              farEnd.address(),
              farEnd.interfaceName(),
              0xffff,
              0,
              96,
              96,
              96,
              Optional.empty(),
              Map.of())),
          exported,
          routes,
          Map.of());
    }

    private Route route(String prefix) {
      return new Route(
          "r",
          prefix,
          "::/0",
          true,
          "01",
          96,
          0,
          farEnd.address(),
          farEnd.interfaceName(),
          Map.of());
    }
  }

  private static NeighbourId key(int number) {
    var key = new byte[32];
    Arrays.fill(key, (byte) number);
    return NeighbourId.ofKey(key);
  }

  /** Counters of one station. */
  static final class Kernel implements org.kedge.billing.internal.loop.Kernel {
    private final String interfaceName;
    private final int number;
    private final int far;
    private final Map<MeterKey, Count> counts = new HashMap<>();
    private long carried;
    private int boots = 1;
    private int generation = 1;
    private boolean isThere;
    boolean isListing = true;
    Optional<String> trouble = Optional.empty();
    WantedTable wanted = WantedTable.NONE;

    private Kernel(int number, int far) {
      this.number = number;
      this.far = far;
      interfaceName = "to" + far;
    }

    private void count(Direction direction, Target target, long bytes) {
      for (var one : List.of(target, new Target.Any())) {
        counts.merge(
            new MeterKey(direction, new Station(interfaceName, mac()), one),
            new Count(1, bytes),
            Count::plus);
      }
      carried += bytes;
    }

    private String mac() {
      return "02:00:5e:00:00:0" + far;
    }

    private String boot() {
      return "boot-" + boots;
    }

    void reboot() {
      boots++;
      lose();
      carried = 0;
      isThere = true;
    }

    /** As {@code nft delete table}. */
    void lose() {
      isThere = false;
      generation++;
      counts.clear();
    }

    @Override
    public List<MeteredInterface> interfaces(Collection<String> names) {
      return List.of(new MeteredInterface(interfaceName, MeteredInterface.Kind.ETHERNET));
    }

    @Override
    public List<IpPrefix> own() {
      if (!isListing) {
        throw new UncheckedIOException(new IOException("no netlink"));
      }
      return List.of(IpPrefix.of("2001:db8:" + number + "::1").orElseThrow());
    }

    @Override
    public NeighbourMacs.Look macs() {
      return new NeighbourMacs.Look.Seen(
          Map.of(new LinkAddress(interfaceName, "fe80::" + far), mac()));
    }

    @Override
    public MeterTable.Applied apply(WantedTable table) {
      if (trouble.isPresent()) {
        return new MeterTable.Applied.Failed(trouble.get(), true);
      }
      wanted = table;
      isThere = true;
      return new MeterTable.Applied.Done(1);
    }

    @Override
    public MeterTable.Look read(Uptime at, Collection<String> names) {
      if (trouble.isPresent()) {
        return new MeterTable.Look.Failed(trouble.get(), true);
      }
      return isThere
          ? new MeterTable.Look.Read(new MeterReading(
              at, boot() + "/" + generation, counts, Map.of(interfaceName, carried), List.of()))
          : new MeterTable.Look.Gone();
    }
  }

  /** Carries what one says to the other; some of it is lost. */
  private final class Channel implements Neighbours {
    private final Node owner;
    private final Map<String, Witness> witnesses = new HashMap<>();
    private boolean met;

    Channel(Node owner) {
      this.owner = owner;
    }

    void meet(NeighbourId neighbour) {
      met = true;
      List.copyOf(witnesses.values()).forEach(witness -> witness.met(neighbour));
    }

    @Override
    public List<NeighbourId> peers() {
      return met ? List.of(far(owner).id) : List.of();
    }

    @Override
    public Sending send(NeighbourId to, String topic, String json) {
      var receiver = far(owner);
      if (!met || receiver.lane.isEmpty()) {
        return Sending.NOT_MET;
      }
      if (random.nextInt(100) >= lossPercent) {
        var listening = receiver.channel;
        receiver.lane.get().after(MESSAGE, "hear", () -> {
          var witness = listening.witnesses.get(topic);
          if (witness != null && listening.met) {
            witness.heard(owner.id, json, json);
          }
        });
      }
      return Sending.SENT;
    }

    @Override
    public Listening listen(String topic, Listener listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Listening witness(String topic, Witness witness) {
      witnesses.put(topic, witness);
      return () -> witnesses.remove(topic);
    }

    @Override
    public void heard(Set<LinkAddress> now) {}

    /** The far end's key is pinned. */
    @Override
    public Map<LinkAddress, NeighbourId> identities() {
      return Map.of(owner.farEnd, far(owner).id);
    }

    @Override
    public Optional<String> nameOf(NeighbourId neighbour) {
      return Optional.of("node" + owner.far);
    }

    @Override
    public List<Reading> readings(Uptime now) {
      return List.of();
    }
  }
}
