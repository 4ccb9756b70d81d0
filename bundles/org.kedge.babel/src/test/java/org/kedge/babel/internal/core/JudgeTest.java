package org.kedge.babel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.babel.internal.core.Sights.EXIT;
import static org.kedge.babel.internal.core.Sights.NOW;
import static org.kedge.babel.internal.core.Sights.diamond;
import static org.kedge.babel.internal.core.Sights.kernelRoute;
import static org.kedge.babel.internal.core.Sights.line;
import static org.kedge.babel.internal.core.Sights.unreachable;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Reading;

class JudgeTest {
  private static final Memory HAD_ALL = new Memory(true, true, true, Set.of("to2", "to3"));
  private static final ForwardingView.Switch ON = ForwardingView.Switch.ON;
  private static final ForwardingView.Switch OFF = ForwardingView.Switch.OFF;
  private static final ForwardingView.Switch UNKNOWN = ForwardingView.Switch.UNKNOWN;
  private static final TransitVerdict PASSES = new TransitVerdict.Passes();
  private static final Duration LONG = Duration.ofSeconds(7);

  static Stream<Arguments> faults() {
    return Stream.of(
        row(
            "the process has ended",
            line().withDead("process 4242 ended by signal 9").refusing(2, LONG).withKernel(),
            BabelFaults.BABEL_DEAD,
            Blame.OURS,
            "does not run",
            "signal 9"),
        row(
            "the process has ended and its routes are left",
            line().withDead("process 4242 ended by signal 9").refusing(1, Duration.ZERO),
            BabelFaults.BABEL_DEAD,
            Blame.OURS,
            "does not run",
            "routes stay in the kernel and age (3)"),
        row(
            "it refused to start without interfaces",
            line()
                .untold()
                .withDead(
                    "process 7 ended with exit code 1, its last words: Eek... asked to run on no interfaces!")
                .refusing(3, LONG)
                .withKernel(),
            BabelFaults.BABEL_DEAD,
            Blame.OURS,
            "no interfaces!"),
        row(
            "nobody listens and no pid is known",
            line()
                .withProcess(new ProcessLook.Unseen("there is no pid file /run/babeld.pid"))
                .refusing(2, LONG),
            BabelFaults.BABEL_DEAD,
            Blame.OURS,
            "nobody listens",
            "/run/babeld.pid"),
        row(
            "the process is stopped",
            line()
                .withProcess(ProcessState.STOPPED, 7)
                .failing(3, LONG, "no greeting within 1000 ms"),
            BabelFaults.BABEL_SILENT,
            Blame.OURS,
            "pid 4242, stopped",
            "no greeting",
            "3 tries in 7 s"),
        row(
            "the process lives and refuses",
            line().refusing(2, LONG),
            BabelFaults.BABEL_SILENT,
            Blame.OURS,
            "sleeping",
            "connection refused"),
        row(
            "others hog the socket",
            line().withClients(4).failing(3, LONG, "no greeting within 1000 ms"),
            BabelFaults.BABEL_SILENT,
            Blame.OURS,
            "4 clients hold its socket"),
        row(
            "descriptors are used up while our connection still answers",
            line().withProcess(ProcessState.RUNNING, 1024).withCpu(99.6),
            BabelFaults.BABEL_SILENT,
            Blame.OURS,
            "1024 of 1024",
            "lose its interfaces",
            "100 % of a core"),
        row(
            "descriptors are used up and the interfaces are lost",
            line()
                .withProcess(ProcessState.RUNNING, 1024)
                .withInterfaces("to2 up false")
                .withoutRoutes()
                .withDeafExit(),
            BabelFaults.BABEL_SILENT,
            Blame.OURS,
            "1024 of 1024"),
        row(
            "it is starved of processor time",
            line()
                .withProcess(ProcessState.RUNNING, 7)
                .withCpu(0.1)
                .failing(2, LONG, "no whole answer to 'dump' within 1000 ms"),
            BabelFaults.BABEL_SILENT,
            Blame.OURS,
            "no whole answer to 'dump'",
            "0 % of a core"),
        row(
            "it still answers in time but waits for a processor",
            line().withProcessorWait(54),
            BabelFaults.BABEL_SILENT,
            Blame.OURS,
            "starved",
            "54 %"),
        row(
            "it is silent and the exit has gone deaf since",
            line()
                .withProcess(ProcessState.STOPPED, 7)
                .failing(9, LONG, "no greeting within 1000 ms")
                .withDeafExit(),
            BabelFaults.BABEL_SILENT,
            Blame.OURS,
            "stopped"),
        row(
            "our interface was set down",
            line()
                .withLink("to2", false, false)
                .withInterfaces("to2 up false")
                .withNeighbours(
                    "n2 address fe80::2 if to2 reach ffff rxcost 96 txcost 96 cost 65535")
                .withoutRoutes()
                .withDeafExit(),
            BabelFaults.LINK_DOWN,
            Blame.OURS,
            "to2 is set down"),
        row(
            "our interface is gone",
            line()
                .withoutLink("to2")
                .withInterfaces("to2 up false")
                .withoutNeighbours()
                .withoutRoutes()
                .withDeafExit(),
            BabelFaults.LINK_DOWN,
            Blame.OURS_HARDWARE,
            "to2 does not exist on this node any more"),
        row(
            "the carrier is lost, hellos were heard a moment ago",
            line()
                .withLink("to2", true, false)
                .withNeighbours(
                    "n2 address fe80::2 if to2 reach 1fff rxcost 65535 txcost 96 cost 65535")
                .withRoutes(unreachable(EXIT + "/128", "fe80::2", "to2"))
                .withDeafExit(),
            BabelFaults.LINK_DOWN,
            Blame.OURS_HARDWARE,
            "to2 has no carrier"),
        row(
            "the carrier is lost for long",
            line()
                .withLink("to2", true, false)
                .withoutNeighbours()
                .withoutRoutes()
                .withDeafExit(),
            BabelFaults.LINK_DOWN,
            Blame.OURS_HARDWARE,
            "to2 has no carrier"),
        row(
            "one of two links has lost its carrier",
            diamond()
                .withLink("to3", true, false)
                .withNeighbours(
                    "n2 address fe80::2 if to2 reach ffff rxcost 96 txcost 96 cost 96",
                    "n3 address fe80::3 if to3 reach 0000 rxcost 65535 txcost 96 cost 65535"),
            BabelFaults.LINK_DOWN,
            Blame.OURS_HARDWARE,
            "to3 has no carrier"),
        row(
            "babeld was left without interfaces",
            line()
                .withInterfaces()
                .withNeighbours(
                    "n2 address fe80::2 if to2 reach ffff rxcost 96 txcost 96 cost 65535")
                .withoutRoutes()
                .withDeafExit(),
            BabelFaults.NO_INTERFACE,
            Blame.OURS,
            "none at all"),
        row(
            "babeld thinks its interface down",
            line().withInterfaces("to2 up false").withoutNeighbours().withoutRoutes(),
            BabelFaults.NO_INTERFACE,
            Blame.OURS,
            "to2 (down)"),
        row(
            "the neighbours are gone both ways",
            line()
                .withNeighbours(
                    "n2 address fe80::2 if to2 reach 0fff rxcost 65535 txcost 65535 cost 65535")
                .withRoutes(unreachable(EXIT + "/128", "fe80::2", "to2"))
                .withDeafExit(),
            BabelFaults.NEIGHBOURS_LOST,
            Blame.OURS,
            "no neighbour heard",
            "on to2",
            "last known fe80::2"),
        row(
            "the neighbours are gone and forgotten",
            line().withoutNeighbours().withoutRoutes().withDeafExit(),
            BabelFaults.NEIGHBOURS_LOST,
            Blame.OURS,
            "no neighbour heard"),
        row(
            "only our input is blocked",
            line()
                .withNeighbours(
                    "n2 address fe80::2 if to2 reach 0007 rxcost 65535 txcost 96 cost 65535")
                .withRoutes(unreachable(EXIT + "/128", "fe80::2", "to2")),
            BabelFaults.NEIGHBOURS_LOST,
            Blame.OURS,
            "no neighbour heard"),
        row(
            "only our output is blocked",
            line()
                .withNeighbours(
                    "n2 address fe80::2 if to2 reach ffff rxcost 96 txcost 65535 cost 65535")
                .withRoutes(
                    unreachable("2001:db8:2::1/128", "fe80::2", "to2"),
                    unreachable(EXIT + "/128", "fe80::2", "to2"))
                .withDeafExit(),
            BabelFaults.NO_ROUTES,
            Blame.OURS,
            "neighbours heard: 1",
            "of the routes known (2) none",
            "none of the neighbours hears this node",
            "fe80::2 on to2"),
        row(
            "all routes are unreachable",
            line().withRoutes(unreachable(EXIT + "/128", "fe80::2", "to2")).withDeafExit(),
            BabelFaults.NO_ROUTES,
            Blame.OURS,
            "of the routes known (1) none is installed with a finite metric"),
        row(
            "the kernel's routes were flushed behind its back",
            line().withKernel().withDeafExit(),
            BabelFaults.ROUTES_DIVERGED,
            Blame.OURS,
            "not in the kernel, though babeld calls them installed: 3 (the kernel has 0)",
            EXIT + "/128 from ::/0"),
        row(
            "one family of the kernel's routes was flushed",
            line().withKernel(kernelRoute("2001:db8:2::1/128"), kernelRoute(EXIT + "/128")),
            BabelFaults.ROUTES_DIVERGED,
            Blame.OURS,
            "installed: 1",
            "the kernel has 2",
            "198.51.100.2/32 from 0.0.0.0/0"),
        row(
            "stale routes of an earlier babeld are in the kernel",
            line()
                .withKernel(
                    kernelRoute("2001:db8:2::1/128"),
                    kernelRoute(EXIT + "/128"),
                    kernelRoute("198.51.100.2/32"),
                    kernelRoute("2001:db8:77::1/128")),
            BabelFaults.ROUTES_DIVERGED,
            Blame.OURS,
            "left in the kernel, though not babeld's any more: 1",
            "2001:db8:77::1/128"),
        row(
            "IPv6 is not forwarded",
            line().withForwarding(new ForwardingView(OFF, ON, Map.of("to2", ON), PASSES)),
            BabelFaults.FORWARDING_OFF,
            Blame.OURS,
            "IPv6",
            "forwarding is 0"),
        row(
            "IPv4 is not forwarded",
            line().withForwarding(new ForwardingView(ON, OFF, Map.of("to2", OFF), PASSES)),
            BabelFaults.FORWARDING_OFF,
            Blame.OURS,
            "IPv4",
            "ip_forward"),
        row(
            "the firewall drops transit",
            line()
                .withForwarding(new ForwardingView(
                    ON,
                    ON,
                    Map.of(),
                    new TransitVerdict.Dropped("inet fw", "forward", "policy drop"))),
            BabelFaults.FORWARDING_OFF,
            Blame.OURS,
            "firewall drops transit",
            "inet fw",
            "forward",
            "policy drop"),
        row(
            "the exit is deaf through a good route",
            line().withDeafExit(),
            BabelFaults.EXIT_DEAF,
            Blame.EXIT,
            EXIT + " missed 3 tries",
            "through " + EXIT + "/128 via fe80::2 on to2"),
        row(
            "the exit has withdrawn its route",
            line()
                .withRoutes(Sights.reachable("2001:db8:2::1/128", "fe80::2", "to2"))
                .withDeafExit(),
            BabelFaults.EXIT_DEAF,
            Blame.EXIT,
            "no route leads to the exit",
            "withdrawn"),
        row(
            "beyond the exit nothing answers",
            line().withBeyondMisses(3),
            BabelFaults.UPLINK_OUT,
            Blame.UPSTREAM,
            EXIT + " answers",
            Sights.BEYOND + " beyond it missed 3 tries"));
  }

  private static Arguments row(
      String name, Sights sights, FaultKind fault, Blame blame, String... words) {
    return Arguments.of(name, sights, fault, blame, List.of(words));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void what_is_wrong_with_a_node_is_one_fault_with_its_blame_and_its_evidence(
      String name, Sights sights, FaultKind fault, Blame blame, List<String> words) {
    var readings = Judge.judge(sights.sight(), HAD_ALL, NOW);

    assertThat(standing(readings)).as(name + ": " + wrong(readings)).hasSize(1);
    var found = standing(readings).get(0);
    assertThat(found.kind()).isEqualTo(fault);
    assertThat(found.blame()).isEqualTo(blame);
    assertThat(found.evidence()).contains(words);
  }

  static Stream<Arguments> healthy() {
    var fresh = Memory.NONE;
    return Stream.of(
        Arguments.of("a line", line(), HAD_ALL),
        Arguments.of("a diamond", diamond(), HAD_ALL),
        Arguments.of(
            "a fresh node that never had neighbours",
            line().withoutNeighbours().withoutRoutes().withExitNeverHeard().withDeafExit(),
            fresh),
        Arguments.of(
            "a fresh node that hears a neighbour without routes",
            line().withoutRoutes().withExitNeverHeard().withDeafExit(),
            fresh),
        Arguments.of(
            "some routes unreachable, as after a far router went",
            line()
                .withRoutes(
                    Sights.reachable("2001:db8:2::1/128", "fe80::2", "to2"),
                    Sights.reachable(EXIT + "/128", "fe80::2", "to2"),
                    unreachable("2001:db8:3::1/128", "fe80::2", "to2")),
            HAD_ALL),
        Arguments.of(
            "one try without an answer",
            line().failing(1, Duration.ofSeconds(9), "no whole answer to 'dump' within 1000 ms"),
            HAD_ALL),
        Arguments.of(
            "two quick tries without an answer",
            line().failing(2, Duration.ofMillis(2900), "connection closed"),
            HAD_ALL),
        Arguments.of("an exit that missed two tries", line().withExitMisses(2), HAD_ALL),
        Arguments.of(
            "an address beyond that missed two tries", line().withBeyondMisses(2), HAD_ALL),
        Arguments.of(
            "a firewall that cannot be read",
            line()
                .withForwarding(new ForwardingView(
                    UNKNOWN,
                    UNKNOWN,
                    Map.of("to2", UNKNOWN),
                    new TransitVerdict.Unknown("no nft"))),
            HAD_ALL));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("healthy")
  void a_node_that_does_what_it_can_has_no_fault(String name, Sights sights, Memory memory) {
    assertThat(wrong(Judge.judge(sights.sight(), memory, NOW))).as(name).isEmpty();
  }

  static Stream<Arguments> unknowing() {
    return Stream.of(
        Arguments.of("nothing was looked at yet", line().untold().withoutNode()),
        Arguments.of(
            "babeld has not told yet, the exit is tried in vain meanwhile",
            line().untold().withExitNeverHeard().withDeafExit()),
        Arguments.of(
            "only the process and the kernel cannot be seen",
            line()
                .withProcess(new ProcessLook.Unseen("may not look"))
                .withKernelUnseen("'ip' is not installed")),
        Arguments.of(
            "the exit is deaf and no neighbour could tell its route",
            line().untold().withDeafExit()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unknowing")
  void not_knowing_is_never_wrong(String name, Sights sights) {
    assertThat(wrong(Judge.judge(sights.sight(), HAD_ALL, NOW))).as(name).isEmpty();
  }

  @Test
  void each_kind_is_read_once_and_the_exit_only_where_it_is_set() {
    assertThat(Judge.judge(line().sight(), HAD_ALL, NOW))
        .extracting(Reading::kind)
        .containsExactlyInAnyOrderElementsOf(BabelFaults.ALL);
    assertThat(Judge.judge(Sight.nothing(List.of("to2")), HAD_ALL, NOW))
        .allMatch(Reading.Unseen.class::isInstance)
        .extracting(Reading::kind)
        .doesNotContain(BabelFaults.EXIT_DEAF, BabelFaults.UPLINK_OUT)
        .hasSize(8);
  }

  @Test
  void a_healthy_node_is_well_in_everything() {
    assertThat(Judge.judge(diamond().sight(), HAD_ALL, NOW))
        .allMatch(Reading.Well.class::isInstance);
  }

  @Test
  void a_name_that_never_existed_is_a_wrong_setting_and_no_broken_link() {
    var sights = line()
        .withoutLink("to2")
        .withInterfaces("to2 up false")
        .withoutNeighbours()
        .withoutRoutes();
    var standing = standing(Judge.judge(sights.sight(), Memory.NONE, NOW));
    assertThat(standing).hasSize(1);
    assertThat(standing.get(0).kind()).isEqualTo(BabelFaults.NO_INTERFACE);
    assertThat(standing.get(0).evidence()).contains("to2 (does not exist on this node)");
  }

  @Test
  void a_babeld_that_does_not_tell_now_is_not_compared_with_the_kernel() {
    var silent = line()
        .withKernel()
        .failing(1, Duration.ofMillis(500), "no whole answer")
        .sight();
    assertThat(Judge.judge(silent, Memory.NONE, NOW))
        .filteredOn(reading -> reading.kind().equals(BabelFaults.ROUTES_DIVERGED))
        .singleElement()
        .isInstanceOfSatisfying(
            Reading.Unseen.class, unseen -> assertThat(unseen.why()).contains("does not tell"));
  }

  @Test
  void another_connection_is_no_cure_where_babeld_answers_or_could_answer_none() {
    assertThat(Judge.whyNotTheSocket(line().sight()))
        .hasValueSatisfying(words -> assertThat(words).contains("answers over the one there is"));
    assertThat(Judge.whyNotTheSocket(line()
            .withProcess(ProcessState.STOPPED, 7)
            .failing(1, LONG, "no greeting")
            .sight()))
        .hasValueSatisfying(words -> assertThat(words).contains("stopped"));
    assertThat(Judge.whyNotTheSocket(line()
            .withProcess(ProcessState.RUNNING, 7)
            .withCpu(0.1)
            .failing(3, LONG, "no greeting")
            .sight()))
        .hasValueSatisfying(words -> assertThat(words).contains("starved"));
    assertThat(Judge.whyNotTheSocket(line()
            .withProcess(ProcessState.SLEEPING, 7)
            .failing(3, LONG, "no greeting")
            .sight()))
        .as("somebody else may hold it")
        .isEmpty();
  }

  @Test
  void a_link_that_is_down_does_not_explain_that_babeld_has_none_of_the_others() {
    var standing = standing(Judge.judge(
        diamond()
            .withLink("to3", true, false)
            .withInterfaces()
            .withoutNeighbours()
            .withoutRoutes()
            .withDeafExit()
            .sight(),
        new Memory(true, true, true, Set.of("to2", "to3")),
        NOW));
    assertThat(standing)
        .extracting(fault -> fault.kind().name())
        .containsExactly("LINK_DOWN", "NO_INTERFACE");
  }

  @Test
  void one_wrong_name_among_good_ones_is_told_as_a_missing_link() {
    var standing = standing(Judge.judge(
        diamond().withoutLink("to3").sight(), new Memory(true, true, true, Set.of("to2")), NOW));
    assertThat(standing).hasSize(1);
    assertThat(standing.get(0).kind()).isEqualTo(BabelFaults.LINK_DOWN);
    assertThat(standing.get(0).evidence()).isEqualTo("to3 does not exist on this node");
  }

  @Test
  void a_disagreement_about_routes_counts_only_when_two_looks_in_a_row_found_it() {
    var table = line().table();
    var empty = List.<KernelRoute>of();
    var full = table.routes().stream().map(route -> kernelRoute(route.prefix())).toList();
    var good = look(Optional.empty(), full);
    var once = look(Optional.of(good), empty);
    assertThat(once.isDoubtful()).isTrue();
    assertThat(once.confirmed().isEmpty()).isTrue();

    var twice = look(Optional.of(once), empty);
    assertThat(twice.isDoubtful()).isFalse();
    assertThat(twice.confirmed().missing()).hasSize(3);

    assertThat(look(Optional.of(twice), full).confirmed().isEmpty()).isTrue();
    // Another route than in the look before: still on its way.
    var other = look(Optional.of(look(Optional.of(good), full.subList(1, 3))), full.subList(0, 2));
    assertThat(other.confirmed().isEmpty()).isTrue();
    assertThat(other.isDoubtful()).isTrue();
  }

  private static Sight.Kernel look(Optional<Sight.Kernel> before, List<KernelRoute> routes) {
    return Sight.Kernel.after(
        before,
        NOW,
        new KernelRoutesLook.Seen(routes),
        Optional.of(RouteComparison.of(line().table(), routes)));
  }

  @Test
  void
      of_the_routes_that_cover_the_exit_the_longest_leads_there_and_never_one_of_the_other_family() {
    var sights = line()
        .withRoutes(
            Sights.reachable("::/0", "fe80::9", "to2"),
            Sights.reachable("0.0.0.0/0", "fe80::8", "to2"),
            Sights.reachable("2001:db8:4::/48", "fe80::7", "to2"),
            unreachable("2001:db8:4::/64", "fe80::6", "to2"));
    assertThat(Judge.wayToExit(sights.sight()).orElseThrow().via()).isEqualTo("fe80::7");
    assertThat(Judge.wayToExit(sights.withExit("2001:db8:5::1", 0).sight())
            .orElseThrow()
            .via())
        .isEqualTo("fe80::9");
    assertThat(Judge.wayToExit(sights.withExit("192.0.2.1", 0).sight())
            .orElseThrow()
            .via())
        .isEqualTo("fe80::8");
    assertThat(Judge.wayToExit(line().withoutRoutes().sight())).isEmpty();
    assertThat(Judge.wayToExit(Sight.nothing(List.of()))).isEmpty();
  }

  @Test
  void an_exit_that_was_never_heard_proves_nothing_about_what_is_beyond() {
    var readings =
        Judge.judge(line().withExitNeverHeard().withBeyondMisses(3).sight(), HAD_ALL, NOW);
    assertThat(wrong(readings)).isEmpty();
  }

  @Test
  void misses_before_a_route_led_there_are_forgiven_and_the_last_answer_is_kept() {
    var answers = Sight.Answers.none(new Uptime(5), EXIT)
        .answered(new Uptime(6), Duration.ofMillis(3))
        .missed(new Uptime(7))
        .missed(new Uptime(8));
    assertThat(answers.isInDoubt()).isTrue();
    assertThat(answers.missed(new Uptime(9)).isInDoubt()).isFalse();
    assertThat(answers.missed(new Uptime(9)).isDeaf()).isTrue();
    assertThat(answers.forgiven().misses()).isZero();
    assertThat(answers.forgiven().answeredAt()).contains(new Uptime(6));
  }

  @Test
  void a_reading_is_as_old_as_what_it_was_taken_from() {
    for (var reading : Judge.judge(line().sight(), HAD_ALL, NOW)) {
      assertThat(NOW.since(reading.at())).as(reading.kind().name()).hasSeconds(1);
    }
  }

  @Test
  void long_evidence_names_three_and_counts_the_rest() {
    var routes = new String[40];
    for (var i = 0; i < routes.length; i++) {
      routes[i] = Sights.reachable("2001:db8:9::" + i + "/128", "fe80::2", "to2");
    }
    var found = standing(Judge.judge(line().withRoutes(routes).withKernel().sight(), HAD_ALL, NOW));
    assertThat(found.get(0).evidence())
        .contains("installed: 40", "and 37 more")
        .hasSizeLessThan(300);
  }

  @Test
  void every_cause_is_a_kind_that_is_watched_and_none_explains_itself_in_a_circle() {
    var names = BabelFaults.ALL.stream().map(FaultKind::name).toList();
    var explained = Set.<String>of();
    for (var kind : BabelFaults.ALL) {
      assertThat(names).as(kind.name()).containsAll(kind.causes());
      // Causes stand before consequences in the list, so there is no circle.
      assertThat(explained).as(kind.name()).containsAll(kind.causes());
      explained =
          Stream.concat(explained.stream(), Stream.of(kind.name())).collect(Collectors.toSet());
    }
  }

  private static List<Reading.Wrong> wrong(List<Reading> readings) {
    return readings.stream()
        .filter(Reading.Wrong.class::isInstance)
        .map(Reading.Wrong.class::cast)
        .toList();
  }

  /** Those that nothing else that is wrong explains, as care silences them. */
  private static List<Reading.Wrong> standing(List<Reading> readings) {
    var names = wrong(readings).stream().map(reading -> reading.kind().name()).toList();
    return wrong(readings).stream()
        .filter(reading -> reading.kind().causes().stream().noneMatch(names::contains))
        .toList();
  }
}
