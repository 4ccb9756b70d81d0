package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real node whose real broker is away: {@code kedge.outage.seconds} of it, 15 where nothing is said. */
class OutageTest {
  private static final Duration GENEROUS = Duration.ofSeconds(120);
  private static final long OUTAGE_SECONDS = Long.getLong("kedge.outage.seconds", 15);
  private static final long MEBIBYTE = 1024 * 1024;

  @TempDir
  Path folder;

  private long slowestMillis;

  @Test
  void what_a_node_tells_while_its_broker_is_away_arrives_whole_though_it_is_killed_meanwhile()
      throws Exception {
    try (var broker = new Mosquitto(folder);
        var gate = new Gate(broker.port())) {
      broker.subscribe();
      var settings = settings(gate);
      try (var node = start(settings, folder.resolve("data"))) {
        await().atMost(GENEROUS).until(() -> broker.heard().count() > 3);

        gate.set(Gate.Mode.SHUT);
        away(settings, OUTAGE_SECONDS / 2);
        node.killChildren();
        await()
            .atMost(GENEROUS)
            .until(() -> StatusClient.ask(settings.statusPort()).contains("unsent"));
        away(settings, OUTAGE_SECONDS - OUTAGE_SECONDS / 2);
        var shut = back(broker, gate, settings);

        gate.set(Gate.Mode.FROZEN);
        away(settings, Math.min(OUTAGE_SECONDS, 30));
        var frozen = back(broker, gate, settings);

        gate.set(Gate.Mode.SHUT);
        away(settings, 4);
        broker.loseEverything();
        var lost = back(broker, gate, settings);

        assertThat(StatusClient.ask(settings.statusPort()))
            .as("care waited for none of it")
            .containsPattern(
                "\\{\"lane\":\"care\",\"queued_count\":\\d+,\"capacity_count\":\\d+,\"refused_count\":0,\"thrown_count\":0")
            .doesNotContain("LANE_STUCK");
        var heard = broker.heard();
        assertThat(heard.runs()).as("two runs of the runtime").hasSize(2);
        assertThat(broker.text())
            .contains("\"event\":\"boot\"")
            .contains("\"event\":\"fault-raised\"");
        node.signal("TERM");
        assertThat(node.exitCode()).isEqualTo(HostMain.STOPPED);
        System.out.printf(
            "outage  broker away %d s with kill -9: all told %.1f s after its return; half-open: %.1f s; broker lost its store: %.1f s;"
                + " %d messages of %d runs, none missing, %d repeats; /status never took longer than %d ms%n",
            OUTAGE_SECONDS,
            shut,
            frozen,
            lost,
            heard.count(),
            heard.runs().size(),
            heard.repeats(),
            slowestMillis);
      }
    }
  }

  @Test
  void on_a_flash_that_is_nearly_full_it_leaves_a_mebibyte_and_the_newest_arrives_all_the_same()
      throws Exception {
    var data = Files.createDirectory(folder.resolve("small"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=24m", "kedge-test", data.toString()) == 0, () -> {
          var message =
              "SKIPPED, NOTHING IS PROVED: a small file system cannot be mounted here; root can";
          System.err.println(message);
          return message;
        });
    try (var broker = new Mosquitto(folder);
        var gate = new Gate(broker.port())) {
      broker.subscribe();
      gate.set(Gate.Mode.SHUT);
      var settings = settings(gate);
      try (var node = start(settings, data)) {
        await()
            .atMost(GENEROUS)
            .until(() -> StatusClient.ask(settings.statusPort()).contains("unsent"));
        var free = Files.getFileStore(data).getUsableSpace();
        Files.write(data.resolve("others"), new byte[(int) (free - MEBIBYTE)]);
        away(settings, 8);
        assertThat(Files.getFileStore(data).getUsableSpace()).isGreaterThan(MEBIBYTE - 64 * 1024);
        assertThat(StatusClient.ask(settings.statusPort())).contains("\"durable\":false");
        back(broker, gate, settings);
        assertThat(broker.text()).contains("\"state\":\"reduced\"");
        Files.delete(data.resolve("others"));
        gate.set(Gate.Mode.SHUT);
        await()
            .atMost(GENEROUS)
            .until(() -> StatusClient.ask(settings.statusPort()).contains("\"durable\":true"));
        node.signal("TERM");
        assertThat(node.exitCode()).isEqualTo(HostMain.STOPPED);
      }
    } finally {
      assertThat(run("umount", "-l", data.toString())).isZero();
    }
  }

  private NodeSettings settings(Gate gate) throws IOException {
    return NodeSettings.in(folder).telling("tcp://127.0.0.1:" + gate.port()).every("5");
  }

  private NodeProcess start(NodeSettings settings, Path data) throws IOException {
    var ladder = Files.writeString(folder.resolve("ladder.txt"), """
        fault BABEL_DEAD  blamed ours  lasting 0 s
          rung start-babeld      tries 1            settle 1 s
          then rest              look again every 1 h
        """);
    var lines = new ArrayList<>(settings.lines());
    lines.add(lines.indexOf("reboot.command =") + 1, "ladder = " + ladder);
    var file = Files.write(folder.resolve("kedge.conf"), lines);
    return NodeProcess.start(
        folder, "--keep", "--settings", file.toString(), "--data", data.toString());
  }

  /** Lets real time pass, looking all the while whether the node answers. */
  private void away(NodeSettings settings, long seconds) throws InterruptedException {
    var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    await()
        .atMost(Duration.ofSeconds(seconds + 60))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> {
          var asked = System.nanoTime();
          var answer = StatusClient.ask(settings.statusPort());
          if (answer.contains("kedge-snapshot")) {
            slowestMillis = Math.max(slowestMillis, (System.nanoTime() - asked) / 1_000_000);
          }
          return System.nanoTime() > end;
        });
  }

  /** @return seconds until the node had nothing left to tell */
  private double back(Mosquitto broker, Gate gate, NodeSettings settings) {
    var since = System.nanoTime();
    gate.set(Gate.Mode.OPEN);
    await().atMost(GENEROUS).until(() -> {
      var status = StatusClient.ask(settings.statusPort());
      return status.contains("\"connected\":true")
          && status.contains("\"unsent_count\":0,")
          && broker.heard().isWhole();
    });
    return (System.nanoTime() - since) / 1e9;
  }

  private static int run(String... words) throws IOException, InterruptedException {
    return new ProcessBuilder(List.of(words)).redirectErrorStream(true).start().waitFor();
  }
}
