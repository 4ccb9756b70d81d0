package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node under its keeper whose babeld cannot be cured: real processes, a real file of what was tried, a stand-in for the reboot. */
class KeptNodeTest {
  private static final Duration GENEROUS = Duration.ofSeconds(90);

  @TempDir
  Path folder;

  @Test
  void with_a_babeld_that_cannot_be_cured_it_climbs_once_rests_and_remembers_that_when_killed()
      throws Exception {
    var settings = NodeSettings.in(folder);
    try (var node = NodeProcess.start(
        folder,
        "--keep",
        "--settings",
        write(settings).toString(),
        "--data",
        folder.resolve("data").toString())) {
      await().atMost(GENEROUS).until(() -> ordered(settings, "rest") == 1);
      var status = StatusClient.ask(settings.statusPort());
      assertThat(status)
          .contains(
              "tried start-babeld, rung 1 of 3, for BABEL_DEAD; did not help",
              "restarted Kedge, rung 2 of 3, for BABEL_DEAD; did not help",
              "rebooted the node, rung 3 of 3, for BABEL_DEAD; did not help",
              "BABEL_DEAD: all 3 rungs have had their tries and it still stands; Kedge rests and looks again in 1 h",
              "\"stage\":\"resting\"",
              "\"class\":\"node\",\"limit_count\":2,\"window_seconds\":3600.0,\"used_count\":2");
      assertThat(folder.resolve("rebooted")).exists();
      assertThat(node.out()).contains("ended with exit code 75 and is started again in 1 s");

      Files.delete(folder.resolve("rebooted"));
      var first = StatusClient.text(status, "boot_id");
      // As if the starts before had settled: the third in a row that did not would serve no status
      // for 15 minutes.
      for (var place : List.of("starts.a", "starts.b")) {
        Files.deleteIfExists(folder.resolve("data").resolve(place));
      }
      node.killChildren();
      await().atMost(GENEROUS).until(() -> {
        var now = StatusClient.ask(settings.statusPort());
        return now.contains("BABEL_DEAD")
            && !StatusClient.text(now, "boot_id").equals(first)
            && now.contains("\"stage\":\"resting\"");
      });
      assertThat(ordered(settings, "ordered")).as("nothing more is tried").isEqualTo(3);
      assertThat(folder.resolve("rebooted")).doesNotExist();

      node.signal("TERM");
      assertThat(node.exitCode()).isEqualTo(HostMain.STOPPED);
    }
  }

  /** Entries of a kind in the journal. */
  private static int ordered(NodeSettings settings, String kind) throws InterruptedException {
    return (int) Pattern.compile("\"kind\":\"" + kind + "\"")
        .matcher(StatusClient.ask(settings.statusPort()))
        .results()
        .count();
  }

  private Path write(NodeSettings settings) throws IOException {
    var ladder = Files.writeString(folder.resolve("ladder.txt"), """
        fault BABEL_DEAD  blamed ours  lasting 0 s
          rung start-babeld      tries 1            settle 1 s
          rung restart-runtime   tries 1 per 6 h    settle 2 s
          rung reboot-node       tries 1 per 6 h    settle 2 s
          then rest              look again every 1 h
        budget node  2 per 1 h
        """);
    var lines = String.join("\n", settings.lines())
        .replace("service.start = /bin/true", "service.start = /bin/false")
        .replace(
            "reboot.command =",
            "reboot.command = /usr/bin/touch " + folder.resolve("rebooted") + "\nladder = "
                + ladder);
    return Files.writeString(folder.resolve("kedge.conf"), lines + "\n");
  }
}
