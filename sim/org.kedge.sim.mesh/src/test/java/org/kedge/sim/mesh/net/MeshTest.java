package org.kedge.sim.mesh.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.internal.command.ProcessCommandRunner;
import org.kedge.sim.mesh.broker.BrokerLine;
import org.kedge.sim.mesh.broker.BrokerProcess;
import org.kedge.sim.mesh.broker.PublishOnce;
import org.kedge.sim.mesh.broker.Received;
import org.kedge.sim.mesh.net.Traffic.Direction;

@Tag("root")
@Isolated("it compares the machine before and after")
class MeshTest {
  private static final Duration CONVERGED = Duration.ofSeconds(20);

  @BeforeAll
  static void needs_root_and_tools() {
    RootRig.require();
  }

  @Test
  void a_diamond_carries_both_families_from_end_to_end_and_out_into_the_internet()
      throws IOException {
    var links = RootRig.links();
    try (var mesh = Mesh.up(RootRig.topology("diamond.mesh"), Mesh.Options.OUT_OF_BAND)) {
      assertThat(RootRig.links()).isEqualTo(links);

      startBabelds(mesh);

      await().atMost(CONVERGED).untilAsserted(() -> {
        assertThat(routes(mesh, "n1", "-6"))
            .contains(
                "2001:db8:2::1", "2001:db8:3::1", "2001:db8:4::1", "2001:db8:ffff:1::1", "default");
        assertThat(routes(mesh, "n1", "-4"))
            .contains("198.51.100.2", "198.51.100.3", "198.51.100.4", "203.0.113.1", "default");
        assertThat(routes(mesh, "n4", "-6")).contains("2001:db8:1::1").doesNotContain("default");
      });
      assertThat(routes(mesh, "n1", "-4")).noneMatch(route -> route.startsWith("203.0.113.12"));
      await()
          .atMost(CONVERGED)
          .untilAsserted(
              () -> assertThat(text(mesh.exec("n1", "ip", "-6", "route", "show", "default")))
                  .contains("via fe80::5eff:fe00:201 dev to2"));
      assertPing(mesh, "n1", mesh.beyondAddress().getHostAddress());
      assertPing(mesh, "n1", mesh.beyondAddress4().getHostAddress());
      assertPing(mesh, "n1", mesh.exitAddress().getHostAddress());
    }
    assertThat(RootRig.links()).isEqualTo(links);
  }

  @Test
  void a_broken_link_moves_traffic_to_the_other_way_and_back() throws IOException {
    try (var mesh = Mesh.up(RootRig.topology("diamond.mesh"), Mesh.Options.OUT_OF_BAND)) {
      startBabelds(mesh);
      awaitWayOut(mesh, "to2");

      mesh.linkDown("n1", "n2");
      awaitWayOut(mesh, "to3");
      mesh.linkUp("n1", "n2");
      awaitWayOut(mesh, "to2");

      var deaf = mesh.block("n1", Traffic.of(Traffic.BABEL, Direction.IN).on("to2"));
      awaitWayOut(mesh, "to3");
      mesh.unblock(deaf);
      awaitWayOut(mesh, "to2");
    }
  }

  @Test
  void a_block_stops_what_it_names_and_nothing_else() throws IOException {
    try (var mesh = Mesh.up(RootRig.topology("diamond.mesh"), Mesh.Options.OUT_OF_BAND)) {
      startBabelds(mesh);
      awaitWayOut(mesh, "to2");

      var hole = mesh.block("n2", Traffic.of("icmpv6 type echo-request", Direction.FORWARD));
      assertNoPing(mesh, "n1", mesh.beyondAddress().getHostAddress());
      assertPing(mesh, "n1", mesh.beyondAddress4().getHostAddress());
      mesh.unblock(hole);

      assertPing(mesh, "n1", mesh.beyondAddress().getHostAddress());
    }
  }

  @Test
  void a_program_runs_under_its_nodes_name_and_nothing_stands_between() throws IOException {
    try (var mesh = Mesh.up(RootRig.topology("diamond.mesh"), Mesh.Options.OUT_OF_BAND)) {
      var said = new CopyOnWriteArrayList<String>();
      var process = mesh.start(
          "n3",
          List.of("sh", "-c", "hostname; echo $COLOUR; echo $$; exec sleep 1000"),
          Map.of("COLOUR", "green"),
          said::add,
          said::add);

      await()
          .untilAsserted(
              () -> assertThat(said).containsExactly("n3", "green", Long.toString(process.pid())));
      process.end(Duration.ofSeconds(1));
      assertThat(process.exit()).succeedsWithin(Duration.ofSeconds(1)).isEqualTo(128 + 15);
    }
  }

  @Test
  void down_leaves_nothing_not_even_a_frozen_process_and_may_be_repeated() throws IOException {
    var mesh = Mesh.up(RootRig.topology("diamond.mesh"), Mesh.Options.OUT_OF_BAND);
    var stubborn = mesh.start(
        "n1",
        List.of("sh", "-c", "trap '' TERM; while true; do sleep 1; done"),
        Map.of(),
        mesh.runFolder("n1").resolve("output"));
    var babelds = startBabelds(mesh);
    var frozen = babelds.get(1);
    run("kill", "-STOP", Long.toString(frozen.pid()));
    assertThat(RootRig.namespacesOf(mesh.id())).hasSize(6);

    mesh.down();

    assertThat(RootRig.namespacesOf(mesh.id())).isEmpty();
    assertThat(mesh.runFolder("n1")).doesNotExist();
    assertThat(Mesh.list()).extracting(MeshRecord::id).doesNotContain(mesh.id());
    babelds.forEach(babeld -> assertThat(ProcessHandle.of(babeld.pid())).isEmpty());
    assertThat(stubborn.exit()).succeedsWithin(Duration.ofSeconds(1)).isEqualTo(128 + 9);
    mesh.down();
  }

  @Test
  void a_mesh_that_cannot_be_made_names_the_command_and_leaves_nothing() throws IOException {
    var runner = new ProcessCommandRunner();
    var seen = new ArrayList<Command>();

    assertThatThrownBy(() ->
            Mesh.up(RootRig.topology("diamond.mesh"), Mesh.Options.OUT_OF_BAND, command -> {
              seen.add(command);
              return command.toString().endsWith("commands/007")
                  ? new CommandResult.Ended(2, "", "Nope.", false, Duration.ZERO)
                  : runner.run(command);
            }))
        .isInstanceOf(MeshFailure.class)
        .hasMessageMatching(
            "'ip -n kedge-diamond-\\S+-n2 -batch \\S+' failed, exit code 2: Nope\\.");
    assertThat(seen).hasSizeGreaterThan(6);
    assertThat(Mesh.list())
        .filteredOn(each -> each.owner().equals(Optional.of(Owner.self())))
        .isEmpty();
  }

  @Test
  void a_failing_line_is_named() {
    var tools = new Tools(new ProcessCommandRunner());
    var file = Path.of(
        System.getProperty("java.io.tmpdir"), "kedge-batch-" + Owner.self().pid());

    assertThatThrownBy(
            () -> tools.batch(file, List.of("ip"), List.of("link show lo", "link show nosuch0")))
        .hasMessageContaining("'ip link show nosuch0' failed, exit code 1")
        .hasMessageContaining("Device \"nosuch0\" does not exist");
    assertThat(file.toFile().delete()).isTrue();
  }

  @Test
  void nodes_publish_to_a_broker_out_of_band_without_any_route() throws IOException {
    try (var mesh = Mesh.up(RootRig.topology("diamond.mesh"), Mesh.Options.OUT_OF_BAND)) {
      assertPublishes(mesh);
    }
  }

  @Test
  void nodes_publish_to_a_broker_in_band_through_mesh_and_exit() throws IOException {
    try (var mesh = Mesh.up(RootRig.topology("diamond.mesh"), Mesh.Options.IN_BAND)) {
      startBabelds(mesh);
      awaitWayOut(mesh, "to2");

      assertPublishes(mesh);
    }
  }

  @Test
  void a_topic_with_a_dollar_in_front_is_refused_by_moquette_and_the_refusal_is_heard()
      throws IOException {
    try (var mesh = Mesh.up(RootRig.topology("line-4.mesh"), Mesh.Options.OUT_OF_BAND)) {
      var ear = new Ear();
      try (var broker = BrokerProcess.start(mesh, ear)) {
        publish(mesh, broker, "$EDC/village/n1/MQTT/BIRTH", "born", 0);

        await()
            .untilAsserted(() -> assertThat(ear.unknown)
                .anySatisfy(line ->
                    assertThat(line).contains("WARN").contains("reserved topic (starts with $)")));
        assertThat(ear.received).isEmpty();
      }
    }
  }

  private static void assertPublishes(Mesh mesh) {
    var ear = new Ear();
    try (var broker = BrokerProcess.start(mesh, ear)) {
      var big = "x".repeat(100_000);
      publish(mesh, broker, "village/n1/status", "hello", 1);
      publish(mesh, broker, "village/n1/status", big, 1);

      await()
          .untilAsserted(
              () -> assertThat(ear.connections).containsExactly("+n1", "-n1", "+n1", "-n1"));
      assertThat(ear.received).extracting(Received::payloadText).containsExactly("hello", big);
      assertThat(ear.received).allSatisfy(message -> {
        assertThat(message.client()).isEqualTo("n1");
        assertThat(message.topic()).isEqualTo("village/n1/status");
      });
      assertThat(ear.unknown).isEmpty();
    }
  }

  private static void publish(
      Mesh mesh, BrokerProcess broker, String topic, String payload, int quality) {
    var published = mesh.exec(
        "n1",
        CONVERGED,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        PublishOnce.class.getName(),
        broker.uri(),
        "n1",
        topic,
        payload,
        Integer.toString(quality));
    assertThat(published.inWords()).isEqualTo("exit code 0");
  }

  /** Keeps what it hears. */
  private static final class Ear implements BrokerProcess.Listener {
    final List<Received> received = new CopyOnWriteArrayList<>();
    final List<String> connections = new CopyOnWriteArrayList<>();
    final List<String> unknown = new CopyOnWriteArrayList<>();

    @Override
    public void received(Received message) {
      received.add(message);
    }

    @Override
    public void connected(BrokerLine.Connected connected) {
      connections.add("+" + connected.client());
    }

    @Override
    public void disconnected(BrokerLine.Disconnected gone) {
      connections.add("-" + gone.client());
    }

    @Override
    public void unknown(String line) {
      unknown.add(line);
    }
  }

  static List<MeshProcess> startBabelds(Mesh mesh) throws IOException {
    var babelds = new ArrayList<MeshProcess>();
    for (var node : mesh.topology().nodes()) {
      var folder = mesh.runFolder(node.name());
      Files.writeString(folder.resolve("conf"), mesh.babeldConfiguration(node.name()));
      var command = new ArrayList<>(List.of(
          "babeld",
          "-I",
          folder + "/pid",
          "-S",
          folder + "/state",
          "-c",
          folder + "/conf",
          "-G",
          folder + "/sock"));
      command.addAll(mesh.topology().babeldOptions());
      command.addAll(mesh.babeldInterfaces(node.name()));
      babelds.add(mesh.start(node.name(), command, Map.of(), folder.resolve("log")));
    }
    return babelds;
  }

  private static void awaitWayOut(Mesh mesh, String interfaceName) {
    await().atMost(CONVERGED).untilAsserted(() -> {
      for (var family : List.of("-4", "-6")) {
        assertThat(text(mesh.exec("n1", "ip", family, "route", "show", "default")))
            .contains("dev " + interfaceName);
      }
      assertThat(ping(mesh, "n1", "2001:db8:ffff::1"))
          .isInstanceOfSatisfying(
              CommandResult.Ended.class, ended -> assertThat(ended.exitCode()).isZero());
    });
  }

  private static void assertPing(Mesh mesh, String node, String address) {
    assertThat(ping(mesh, node, address).inWords()).startsWith("exit code 0");
  }

  private static void assertNoPing(Mesh mesh, String node, String address) {
    assertThat(ping(mesh, node, address).inWords()).startsWith("exit code 1");
  }

  private static CommandResult ping(Mesh mesh, String node, String address) {
    return mesh.exec(node, "ping", "-c", "2", "-i", "0.1", "-W", "1", address);
  }

  private static List<String> routes(Mesh mesh, String node, String family) {
    return text(mesh.exec(node, "ip", family, "route", "show", "proto", "babel"))
        .lines()
        .filter(line -> !line.startsWith("unreachable"))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .toList();
  }

  private static String text(CommandResult result) {
    assertThat(result).isInstanceOf(CommandResult.Ended.class);
    return ((CommandResult.Ended) result).output();
  }

  private static void run(String... arguments) {
    assertThat(new ProcessCommandRunner().run(Command.of(CONVERGED, arguments)).inWords())
        .isEqualTo("exit code 0");
  }
}
