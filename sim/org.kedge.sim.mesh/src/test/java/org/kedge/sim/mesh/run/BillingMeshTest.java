package org.kedge.sim.mesh.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.sim.mesh.net.BrokerPlace;
import org.kedge.sim.mesh.run.Flows.Carried;

/** Real traffic through real babelds, counted by the kernel, booked, agreed on and enforced. Lines of output begin with {@code billing}. */
@Tag("root")
class BillingMeshTest {
  private static final int ROUTES = 6;
  private static final int KILLS = 3;

  /** Longer than any test: such a flow is ended. */
  private static final int DAY_SECONDS = 86_000;

  /** Seconds; longer than the minute from one charge to the next, as it is unless set otherwise. */
  private static final int DEBTORS_PERIOD = 90;

  private static final String N3 = "2001:db8:3::1";
  private static final String N4 = "2001:db8:4::1";
  private static final String N4_IPV4 = "198.51.100.4";
  private static final Path SIM = Path.of("..").toAbsolutePath().normalize();

  /** Ends of each link of a line of four. */
  private static final List<List<String>> LINKS =
      List.of(List.of("n1", "n2"), List.of("n2", "n3"), List.of("n3", "n4"));

  @TempDir
  Path folder;

  @BeforeAll
  static void canRun() {
    MeshRig.assumeMeshesWork();
    if (!Flows.canRun()) {
      System.err.println(
          "SKIPPED: billing on a real mesh needs iperf3; sim/test installs it as root.");
    }
    Assumptions.assumeTrue(Flows.canRun(), "needs iperf3");
  }

  /**
   * Statements every 10 s instead of every 10 min; with each, what was carried is charged. Nodes do not probe the exit: between flows
   * nothing is carried, so that ledgers can be compared to the wei at leisure.
   */
  private static Map<String, String> settings() {
    return new LinkedHashMap<>(Map.of(
        "org.kedge.telemetry/snapshot.seconds", "5",
        "org.kedge.billing/period.seconds", "10",
        "org.kedge.babel/exit.address", "",
        "org.kedge.babel/beyond.address", ""));
  }

  private record End(String node, String far) {}

  @Test
  void
      every_byte_is_billed_once_and_both_ends_of_each_link_agree_though_babeld_and_kedge_are_killed()
          throws IOException, InterruptedException {
    try (var rig = MeshRig.up(MeshRig.topology("line-4"), BrokerPlace.OUT_OF_BAND, settings())) {
      rig.awaitHealthy(ROUTES);
      awaitAgreed(rig);
      var flows = new Flows(rig);
      var carriedBefore = carried(flows);
      var billedBefore = billed(rig);
      flows.begin("n1", "n4", N4, 12, "-u", "-b", "40M", "-l", "1200");
      flows.begin("n1", "n4", N4_IPV4, 12, "-b", "200M");
      flows.begin("n1", "n4", N4, 12, "-R", "-b", "200M");
      flows.begin("n2", "n4", N4_IPV4, 12, "-u", "-b", "20M", "-l", "700", "-R");
      flows.begin("n1", "n3", N3, 12, "-b", "100M");
      var babeld = rig.node("n2").babeld();
      assertThat(ProcessHandle.of(babeld).orElseThrow().destroyForcibly()).isTrue();
      Awaitility.await("babeld runs again")
          .atMost(MeshRig.LIMIT)
          .ignoreException(NoSuchFileException.class)
          .until(() -> rig.node("n2").babeld() != babeld);
      for (var kill = 0; kill < KILLS; kill++) {
        kill(rig.node("n3"), new Random(kill).nextInt(5000));
      }
      flows.awaitEnd();
      rig.awaitHealthy(ROUTES);
      awaitAgreedAnew(rig);
      assertThat(rig.heard().stream()
              .filter(snapshot -> snapshot.node().equals("n3"))
              .map(snapshot -> snapshot.json().get("boot_id").getAsString())
              .distinct()
              .count())
          .as("runs of n3 that told of themselves")
          .isGreaterThan(1);
      var worst = 0L;
      var sum = 0L;
      for (var end : ends()) {
        var really = carried(flows, end).minus(before(carriedBefore, end));
        var billed = billed(rig, end).minus(before(billedBefore, end));
        worst = Math.max(worst, millionths(billed.in(), really.in()));
        worst = Math.max(worst, millionths(billed.out(), really.out()));
        sum += really.in();
        assertThat(millionths(billed.in(), really.in()))
            .as("%s from %s: billed %s of %s", end.node(), end.far(), billed, really)
            .isLessThan(1000);
        assertThat(millionths(billed.out(), really.out()))
            .as("%s to %s: billed %s of %s", end.node(), end.far(), billed, really)
            .isLessThan(1000);
      }
      LINKS.forEach(link -> awaitSame(rig, link));
      assertThat(wei(account(rig, "n2", "n1").orElseThrow(), "earned_wei")).isPositive();
      System.out.printf(
          Locale.ROOT,
          "billing %d MB over 3 links, TCP and UDP, both families, babeld killed once and Kedge %d times: billed against carried, worst of 12 counts %.4f %%"
              + " apart (target 0.1 %%); both ledgers of each link the same to the wei%n",
          sum / 1_000_000,
          KILLS,
          worst / 10_000.0);
    }
  }

  @Test
  void who_does_not_pay_is_slowed_its_payment_passes_and_it_is_released_at_once()
      throws IOException, InterruptedException {
    try (var rig =
        MeshRig.up(MeshRig.topology("line-4"), BrokerPlace.OUT_OF_BAND, programWithRail(), node -> {
          var settings = settings();
          settings.put("org.kedge.billing/period.seconds", Integer.toString(DEBTORS_PERIOD));
          if (node.equals("n2")) {
            settings.put("org.kedge.billing/pay.threshold", "0.0005");
            settings.put("org.kedge.billing/debt.limit", "0.001");
            settings.put("org.kedge.billing/grace.seconds", "0");
          }
          return settings;
        })) {
      rig.awaitHealthy(ROUTES);
      await("n1 has an account", () -> account(rig, "n2", "n1").isPresent());
      var flows = new Flows(rig);
      var begun = System.nanoTime();
      flows.begin("n1", "n4", N4, DAY_SECONDS, "-b", "30M");
      flows.begin("n1", "n4", N4, DAY_SECONDS, "-R", "-b", "30M");
      await(
          "n1 is slowed",
          () -> account(rig, "n2", "n1").filter(BillingMeshTest::isSlowed).isPresent());
      // At 30 Mbit/s from n1 alone; snapshots tell of it up to 5 s after.
      var price = wei(account(rig, "n2", "n1").orElseThrow(), "charges_wei_per_gigabyte");
      var owedTooMuch = coins("0.001").doubleValue() / (price.doubleValue() * 30e6 / 8 / 1e9);
      var slowedAfter = seconds(begun) - owedTooMuch;
      // What is on its way when the limit falls is over by then.
      rate(flows, Duration.ofSeconds(2));
      var slowed = rate(flows, Duration.ofSeconds(8));
      var id = account(rig, "n1", "n2").orElseThrow().get("id").getAsString();
      var data = rig.node("n1").data();
      Files.writeString(data.resolve("pay.new"), id + " 1000000000000000000 first");
      Files.move(data.resolve("pay.new"), data.resolve("pay"));
      await("the payment is receipted", () -> Files.exists(data.resolve("paid")));
      var paidAt = System.nanoTime();
      var receipt = Files.readString(data.resolve("paid")).strip().split(" ");
      // At full rate 3.75 MB a second go each way: faster than twice the limit is slow no more.
      await("n1 is fast again", () -> {
        var now = rate(flows, Duration.ofMillis(500));
        return now.in() > 500_000 && now.out() > 500_000;
      });
      var releasedAfter = seconds(paidAt);
      System.out.printf(
          Locale.ROOT,
          "billing debtor at 30 Mbit/s each way told to be slowed %.1f s after it owed more than the limit (target: the period, %d s; told every 5 s),"
              + " to %.2f Mbit/s in and %.2f Mbit/s out (limit 1);"
              + " its payment passed in %s ms, sent %s times; full rate again %.1f s after (target 5 s)%n",
          slowedAfter,
          DEBTORS_PERIOD,
          slowed.in() * 8 / 1e6,
          slowed.out() * 8 / 1e6,
          receipt[1],
          receipt[2],
          releasedAfter);
      assertThat(slowedAfter).isLessThan(DEBTORS_PERIOD);
      assertThat(slowed.in()).isLessThan(150_000);
      assertThat(slowed.out()).isLessThan(150_000);
      assertThat(Long.parseLong(receipt[1])).isLessThan(2000);
      assertThat(releasedAfter).isLessThan(5);
      assertThat(rig.heard().stream()
              .filter(snapshot -> snapshot.faultNames().contains("NEIGHBOURS_LOST")))
          .isEmpty();
    }
  }

  @Test
  void a_fee_that_changes_during_traffic_is_charged_alike_on_both_sides()
      throws IOException, InterruptedException {
    try (var rig = MeshRig.up(MeshRig.topology("line-4"), BrokerPlace.OUT_OF_BAND, settings())) {
      rig.awaitHealthy(ROUTES);
      awaitAgreed(rig);
      var flows = new Flows(rig);
      var before = wei(account(rig, "n2", "n3").orElseThrow(), "asks_wei_per_gigabyte");
      flows.begin("n1", "n4", N4, DAY_SECONDS, "-u", "-b", "30M", "-l", "1200");
      var raised = seconds(changeFee(rig, "0.05", before.add(coins("0.03"))));
      var lowered = seconds(changeFee(rig, "0.01", before.subtract(coins("0.01"))));
      flows.end();
      awaitAgreedAnew(rig);
      LINKS.forEach(link -> awaitSame(rig, link));
      System.out.printf(
          Locale.ROOT,
          "billing fee raised and lowered during traffic: both sides charge the new price %.0f s and %.0f s after (period 10 s, whole half"
              + " minutes); both ledgers of each link the same to the wei, nothing disputed%n",
          raised,
          lowered);
      assertThat(rig.heard().stream()
              .filter(snapshot -> snapshot.faultNames().contains("STATEMENT_DISPUTED")))
          .isEmpty();
    }
  }

  /** Starts n3 with another fee, and waits until it and n2 hold the same new price. */
  private static long changeFee(MeshRig rig, String fee, BigInteger price) throws IOException {
    rig.node("n3").startWith("org.kedge.billing/fee", fee);
    var begun = System.nanoTime();
    await(
        "both sides charge the new price",
        () -> holds(rig, "n2", "n3", "asks_wei_per_gigabyte", price)
            && holds(rig, "n3", "n2", "charges_wei_per_gigabyte", price));
    return begun;
  }

  private static boolean holds(
      MeshRig rig, String node, String neighbour, String name, BigInteger price) {
    return account(rig, node, neighbour)
        .filter(account -> account.has(name))
        .map(account -> wei(account, name))
        .filter(price::equals)
        .isPresent();
  }

  private static BigInteger coins(String coins) {
    return new BigDecimal(coins).movePointRight(18).toBigIntegerExact();
  }

  @Test
  @Tag("thorough")
  void killed_two_hundred_times_the_node_bills_each_byte_once()
      throws IOException, InterruptedException {
    killed(Integer.getInteger("kedge.kills", 200));
  }

  /** As power or the kernel would, without a word and at any moment: there is no condition to wait for. Its babeld lives on. */
  private static void kill(KedgeNode node, int afterMillis)
      throws IOException, InterruptedException {
    Thread.sleep(afterMillis);
    var keeper = ProcessHandle.of(node.process().pid()).orElseThrow();
    var all = keeper
        .descendants()
        .filter(
            one -> one.info().command().filter(name -> !name.endsWith("babeld")).isPresent())
        .toList();
    node.process().kill();
    all.forEach(ProcessHandle::destroyForcibly);
    MeshRig.waitFor("Kedge is dead", () -> all.stream().noneMatch(ProcessHandle::isAlive));
    // After the third start that did not settle billing would begin 15 min late, as it should: its
    // memory is taken.
    Files.deleteIfExists(node.data().resolve("starts.a"));
    Files.deleteIfExists(node.data().resolve("starts.b"));
    node.startAgain();
  }

  private void killed(int times) throws IOException, InterruptedException {
    var random = new Random(7);
    try (var rig = MeshRig.up(MeshRig.topology("line-4"), BrokerPlace.OUT_OF_BAND, settings())) {
      rig.awaitHealthy(ROUTES);
      awaitAgreed(rig);
      var flows = new Flows(rig);
      var far = List.of("n1", "n3");
      var before = new LinkedHashMap<String, Carried>();
      var billedBefore = new LinkedHashMap<String, Carried>();
      for (var one : far) {
        before.put(one, flows.carried("n2", one));
        billedBefore.put(one, billed(rig, new End("n2", one)));
      }
      flows.begin("n1", "n4", N4, DAY_SECONDS, "-u", "-b", "30M", "-l", "1200");
      flows.begin("n1", "n4", N4_IPV4, DAY_SECONDS, "-b", "30M", "-R");
      for (var kill = 0; kill < times; kill++) {
        // While it starts, opens the ledger and meets its neighbours, or later, while it charges
        // and agrees.
        kill(rig.node("n2"), random.nextBoolean() ? random.nextInt(4000) : random.nextInt(16_000));
        if (kill % 10 == 9) {
          System.out.println("billing killed " + (kill + 1) + " of " + times + " times");
        }
      }
      flows.end();
      awaitAgreedAnew(rig);
      rig.awaitHealthy(ROUTES);
      assertThat(rig.heard().stream()
              .filter(snapshot -> snapshot.node().equals("n2"))
              .map(snapshot -> snapshot.json().get("boot_id").getAsString())
              .distinct()
              .count())
          .as("runs of n2 that told of themselves")
          .isGreaterThan(times / 4);
      var worst = 0L;
      var sum = 0L;
      for (var one : far) {
        var really = flows.carried("n2", one).minus(before(before, one));
        var billed = billed(rig, new End("n2", one)).minus(before(billedBefore, one));
        worst = Math.max(worst, millionths(billed.in(), really.in()));
        worst = Math.max(worst, millionths(billed.out(), really.out()));
        sum += really.in();
      }
      LINKS.forEach(link -> awaitSame(rig, link));
      System.out.printf(
          Locale.ROOT,
          "billing killed %d times during traffic, %d MB: billed against carried %.4f %% apart (target 0.1 %%); both ledgers of each link the same to the wei%n",
          times,
          sum / 1_000_000,
          worst / 10_000.0);
      assertThat(worst).isLessThan(1000);
    }
  }

  /** A host with a rail in it, which moves money by word of mouth. */
  private Path programWithRail() throws IOException, InterruptedException {
    var host = SIM.resolve("org.kedge.sim.host/target");
    var home = folder.resolve("host");
    assertThat(new ProcessBuilder("cp", "-r", host.resolve("host").toString(), home.toString())
            .start()
            .waitFor())
        .isZero();
    Files.copy(
        SIM.resolve("org.kedge.sim.rail/target/org.kedge.sim.rail-0.1.0-SNAPSHOT.jar"),
        home.resolve("bundles/org.kedge.sim.rail.jar"));
    var program = folder.resolve("node");
    Files.writeString(program, """
        #!/bin/sh
        shift
        export KEDGE_HOME=%s KEDGE_CLASS_PATH='%s:%s/lib/*' KEDGE_KEEPER=none
        exec %s "$@"
        """.formatted(
            home, host.resolve("classes"), home, SIM.resolve("../hardware/services/kedge")));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private static List<End> ends() {
    return LINKS.stream()
        .flatMap(link ->
            List.of(new End(link.get(0), link.get(1)), new End(link.get(1), link.get(0))).stream())
        .toList();
  }

  private static Map<End, Carried> carried(Flows flows) {
    var all = new LinkedHashMap<End, Carried>();
    ends().forEach(end -> all.put(end, carried(flows, end)));
    return all;
  }

  private static Carried carried(Flows flows, End end) {
    return flows.carried(end.node(), end.far());
  }

  private static Map<End, Carried> billed(MeshRig rig) {
    var all = new LinkedHashMap<End, Carried>();
    ends().forEach(end -> all.put(end, billed(rig, end)));
    return all;
  }

  private static Carried billed(MeshRig rig, End end) {
    var account = account(rig, end.node(), end.far()).orElseThrow();
    return new Carried(
        account.get("carried_bytes").getAsLong(), account.get("handed_bytes").getAsLong());
  }

  private static <K> Carried before(Map<K, Carried> all, K key) {
    return Objects.requireNonNull(all.get(key));
  }

  /** How far apart, in millionths of what was really carried. */
  private static long millionths(long billed, long really) {
    return Math.abs(billed - really) * 1_000_000 / Math.max(1, really);
  }

  /** What n2 lets through of n1's traffic, on its way to n3, and of that towards n1; bytes a second. */
  private static Carried rate(Flows flows, Duration span) throws InterruptedException {
    var since = System.nanoTime();
    var before =
        new Carried(flows.carried("n3", "n2").in(), flows.carried("n2", "n1").out());
    Thread.sleep(span.toMillis());
    var more =
        new Carried(flows.carried("n3", "n2").in(), flows.carried("n2", "n1").out()).minus(before);
    var seconds = (System.nanoTime() - since) / 1e9;
    return new Carried((long) (more.in() / seconds), (long) (more.out() / seconds));
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  /** Until each node has agreed with each of its neighbours. */
  private static void awaitAgreed(MeshRig rig) {
    await("all links have agreed", () -> ends().stream().allMatch(end -> number(rig, end) > 0));
  }

  /** Until each has agreed twice more: the round that is under way may have been begun before. */
  private static void awaitAgreedAnew(MeshRig rig) {
    var before = new LinkedHashMap<End, Long>();
    ends().forEach(end -> before.put(end, number(rig, end)));
    await(
        "all links have agreed anew",
        () -> before.entrySet().stream()
            .allMatch(entry -> number(rig, entry.getKey()) >= entry.getValue() + 2));
  }

  /** Of the last statement agreed on, as last told; none while there is a dispute. */
  private static long number(MeshRig rig, End end) {
    return account(rig, end.node(), end.far())
        .filter(account -> account.has("agreed") && !account.get("disputed").getAsBoolean())
        .map(account -> account.getAsJsonObject("agreed").get("number").getAsLong())
        .orElse(0L);
  }

  /** Until both ledgers of a link hold the same, to the wei. */
  private static void awaitSame(MeshRig rig, List<String> link) {
    await("both ledgers of " + link + " hold the same", () -> {
      var one = account(rig, link.get(0), link.get(1)).orElseThrow();
      var other = account(rig, link.get(1), link.get(0)).orElseThrow();
      return wei(one, "earned_wei").equals(wei(other, "spent_wei"))
          && wei(one, "spent_wei").equals(wei(other, "earned_wei"))
          && net(one).add(net(other)).signum() == 0;
    });
  }

  private static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(120))
        .pollInterval(Duration.ofMillis(50))
        .until(condition);
  }

  /** What a node last told of its account with a neighbour. */
  private static Optional<JsonObject> account(MeshRig rig, String node, String neighbour) {
    return rig.latest(node)
        .map(snapshot -> snapshot.json().getAsJsonObject("billing"))
        .filter(billing -> billing != null && billing.has("neighbours"))
        .flatMap(billing -> StreamSupport.stream(
                billing.getAsJsonArray("neighbours").spliterator(), false)
            .map(one -> one.getAsJsonObject())
            .filter(one -> one.has("name") && one.get("name").getAsString().equals(neighbour))
            .findFirst());
  }

  private static boolean isSlowed(JsonObject account) {
    return account.get("shaped").getAsBoolean();
  }

  private static BigInteger wei(JsonObject account, String name) {
    return new BigInteger(account.get(name).getAsString());
  }

  private static BigInteger net(JsonObject account) {
    return wei(account, "owes_wei").subtract(wei(account, "owed_wei"));
  }
}
