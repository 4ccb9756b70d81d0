package org.kedge.sim.host;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.sim.kura.Metatype;
import org.kedge.sim.schema.MessageCheck;

/** A node as people run it. */
class HostMainTest {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  /** Numbers that count in no unit. */
  private static final Set<String> UNITLESS =
      Set.of("schema_version", "sequence", "pid", "number", "rung", "rungs", "try", "tries");

  @TempDir
  Path folder;

  private final List<NodeProcess> started = new ArrayList<>();

  @AfterEach
  void kill() {
    started.forEach(NodeProcess::close);
  }

  @Test
  void the_example_lists_every_setting_with_its_default_and_is_accepted_itself() throws Exception {
    var node = node("--example-settings");
    assertThat(node.exitCode()).as(node.err()).isEqualTo(HostMain.STOPPED);
    var example = SettingsFile.parse(node.out().lines().toList());
    assertThat(example.problems()).isEmpty();
    assertThat(example.sections()).containsOnlyKeys(Built.HOST_PIDS);
    for (var pid : Built.HOST_PIDS) {
      var standards = Metatype.read(Built.bundle(pid), pid).attributes().stream()
          .collect(
              toMap(Metatype.Attribute::id, attribute -> attribute.standard().replace("\\", "")));
      assertThat(example.sections().getOrDefault(pid, Map.of())).isEqualTo(standards);
    }
    try (var host = Host.start(Built.bundles(), folder.resolve("data"))) {
      assertThat(host.problems(example.sections())).isEmpty();
    }
  }

  @Test
  void bad_settings_end_it_with_2_and_every_problem() throws Exception {
    var file = Files.writeString(folder.resolve("bad.conf"), """
        lost = 1
        [org.kedge.base]
        node.id = two words
        [org.kedge.babel]
        run.mode = someday
        dump.seconds = 0
        [org.kedge.telemetry]
        snapshot.secs = 60
        status.port = 99999
        broker.password = s3cret
        [org.kedge.kettle]
        """);
    var node = node("--settings", file.toString(), "--data", data());
    assertThat(node.exitCode()).isEqualTo(HostMain.BAD_SETTINGS);
    assertThat(node.err())
        .contains(
            "8 problems",
            "line 1",
            "'node.id'",
            "'run.mode'",
            "'dump.seconds'",
            "'snapshot.secs'",
            "'status.port'",
            "'broker.user'",
            "[org.kedge.kettle]",
            "Kedge was not started")
        .doesNotContain("s3cret");
  }

  @Test
  void a_settings_file_that_cannot_be_read_ends_it_with_2_and_the_reason() throws Exception {
    var latin = Files.write(folder.resolve("latin.conf"), new byte[] {'#', (byte) 0xE4, '\n'});
    var nodes = Map.of(
        node("--settings", folder.resolve("none.conf").toString(), "--data", data()),
        "is not there",
        node("--settings", latin.toString(), "--data", data() + "2"),
        "not written in UTF-8",
        node("--settings", folder.toString(), "--data", data() + "3"),
        "cannot be read");
    for (var node : nodes.entrySet()) {
      assertThat(node.getKey().exitCode()).isEqualTo(HostMain.BAD_SETTINGS);
      assertThat(node.getKey().err()).contains(node.getValue());
    }
  }

  @Test
  void wrong_arguments_end_it_with_2_and_the_help_with_0() throws Exception {
    var wrong = node("--settings");
    var help = node("--help");
    assertThat(wrong.exitCode()).isEqualTo(HostMain.BAD_SETTINGS);
    assertThat(wrong.err()).contains("--settings needs a value", "--example-settings");
    assertThat(help.exitCode()).isEqualTo(HostMain.STOPPED);
    assertThat(help.out()).isEqualTo(Arguments.HELP);
  }

  @Test
  void a_second_one_on_the_same_data_ends_with_3_and_the_first_goes_on() throws Exception {
    var settings = NodeSettings.in(folder);
    var first = running(settings);
    var second = node("--settings", settings.write().toString(), "--data", data());
    assertThat(second.exitCode()).isEqualTo(HostMain.DATA_IN_USE);
    assertThat(second.err()).contains("in use", "pid " + first.pid());
    assertThat(StatusClient.ask(settings.statusPort())).contains("\"node\":\"roof-7\"");
    assertThat(first.isAlive()).isTrue();
  }

  @Test
  void without_babeld_it_runs_says_that_babel_is_dead_and_stops_when_told() throws Exception {
    var settings = NodeSettings.in(folder);
    var node = running(settings);
    await(node)
        .untilAsserted(() -> assertThat(StatusClient.ask(settings.statusPort()))
            .contains("\"state\":\"faulty\"", "\"kind\":\"BABEL_DEAD\""));
    var numbers = Pattern.compile("\"([a-z_]+)\":-?[0-9]")
        .matcher(StatusClient.ask(settings.statusPort()))
        .results()
        .map(found -> found.group(1))
        .filter(name -> !UNITLESS.contains(name))
        .toList();
    assertThat(numbers)
        .contains("uptime_seconds", "queued_count")
        .allMatch(name -> name.matches(".*_(count|bytes|seconds|milliseconds|percent)"), "a unit");

    stopsInTime(node);
    assertThat(node.out()).doesNotContain(" ERROR ").contains("babeld goes on forwarding");
    assertThat(StatusClient.ask(settings.statusPort())).isEmpty();
  }

  @Test
  void a_broker_that_never_answers_does_not_hold_the_stop_up() throws Exception {
    try (var broker = new TinyBroker(true)) {
      var node = running(NodeSettings.in(folder).telling(broker.uri()));
      await(node).until(() -> broker.connections() > 0);
      stopsInTime(node);
    }
  }

  @Test
  void told_to_read_bad_settings_it_keeps_the_old_ones_and_tells_each_problem() throws Exception {
    var settings = NodeSettings.in(folder);
    var node = running(settings);
    settings.named("other").every("never").servedAt(99999).write();
    node.signal("HUP");
    await(node).until(() -> node.out().contains("The old settings stay in force"));
    assertThat(node.out()).contains("2 problems", "'snapshot.seconds'", "'status.port'");
    assertThat(StatusClient.ask(settings.statusPort())).contains("\"node\":\"roof-7\"");

    Files.delete(folder.resolve("kedge.conf"));
    node.signal("HUP");
    await(node).until(() -> node.out().contains("is not there"));

    settings.named("roof-8").write();
    node.signal("HUP");
    await(node)
        .untilAsserted(() ->
            assertThat(StatusClient.ask(settings.statusPort())).contains("\"node\":\"roof-8\""));
    stopsInTime(node);
  }

  @Test
  void told_to_read_a_new_name_it_takes_effect_and_the_node_is_judged_again() throws Exception {
    try (var broker = new TinyBroker(false)) {
      var settings = NodeSettings.in(folder).telling(broker.uri());
      var node = running(settings);
      await(node).until(() -> !broker.messages().isEmpty());
      assertThat(broker.messages().get(0).topic()).startsWith("kedge/roof-7/KEDGE-V1/");

      settings.named("roof-8").write();
      node.signal("HUP");
      await(node)
          .untilAsserted(() -> assertThat(broker.messages())
              .extracting(TinyBroker.Message::topic)
              .contains("kedge/roof-8/KEDGE-V1/snapshot"));
      await(node)
          .untilAsserted(() -> assertThat(StatusClient.ask(settings.statusPort()))
              .contains("\"node\":\"roof-8\"", "\"kind\":\"BABEL_DEAD\""));
      assertThat(node.out()).doesNotContain(" ERROR ");
      var check = MessageCheck.ofThisBuild();
      assertThat(broker.messages())
          .allSatisfy(message ->
              assertThat(check.problems(message.topic(), message.payload())).isEmpty());
    }
  }

  @Test
  void told_to_read_a_new_snapshot_interval_it_takes_effect_and_the_sequence_goes_on()
      throws Exception {
    try (var broker = new TinyBroker(false)) {
      var settings = NodeSettings.in(folder).telling(broker.uri()).every("3600");
      var node = running(settings);
      // From here on nothing changes, so only the interval makes it tell.
      await(node)
          .until(() -> !broker.messages().isEmpty()
              && broker
                  .messages()
                  .get(broker.messages().size() - 1)
                  .payload()
                  .contains("BABEL_DEAD"));
      var before = broker.messages().size();

      settings.every("5").write();
      node.signal("HUP");
      await(node).until(() -> broker.messages().size() >= before + 4);
      assertThat(broker.messages())
          .extracting(message -> StatusClient.text(message.payload(), "boot_id"))
          .containsOnly(StatusClient.text(broker.messages().get(0).payload(), "boot_id"));
      assertThat(broker.messages())
          .extracting(HostMainTest::sequence)
          .as("a reader drops repeats by node, boot id and sequence")
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void a_status_port_that_is_taken_is_told_and_the_rest_goes_on() throws Exception {
    try (var broker = new TinyBroker(false);
        var taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      var settings = NodeSettings.in(folder).servedAt(taken.getLocalPort()).telling(broker.uri());
      var node = node("--settings", settings.write().toString(), "--data", data());
      await(node)
          .until(() ->
              node.out().contains("Port " + taken.getLocalPort() + " for /status cannot be had"));
      await(node).until(() -> !broker.messages().isEmpty());
    }
  }

  private static long sequence(TinyBroker.Message message) {
    var found = Pattern.compile("\"sequence\":([0-9]+)").matcher(message.payload());
    return found.find() ? Long.parseLong(found.group(1)) : -1;
  }

  private static void stopsInTime(NodeProcess node) throws Exception {
    var begun = System.nanoTime();
    node.signal("TERM");
    var code = node.exitCode();
    var took = Duration.ofNanos(System.nanoTime() - begun);
    System.out.println("SIGTERM ended a node in " + took.toMillis() + " ms");
    assertThat(code).as(node.out()).isEqualTo(HostMain.STOPPED);
    assertThat(took).isLessThan(STOP_LIMIT);
  }

  private NodeProcess running(NodeSettings settings) throws Exception {
    var node = node("--settings", settings.write().toString(), "--data", data());
    await(node).until(() -> !StatusClient.ask(settings.statusPort()).isEmpty());
    return node;
  }

  private NodeProcess node(String... words) throws IOException {
    var node = NodeProcess.start(folder, words);
    started.add(node);
    return node;
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  /** Waits long, but not for a node that is no more. */
  private static ConditionFactory await(NodeProcess node) {
    return Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .failFast(() -> assertThat(node.isAlive())
            .as("alive, having printed %s%s", node.out(), node.err())
            .isTrue());
  }
}
