package org.kedge.telemetry.internal.mqtt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What an uplink might leave behind. */
final class Residue {
  private Residue() {}

  /** Threads of Paho and of the uplink. */
  static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("MQTT") || name.startsWith("kedge-"))
        .sorted()
        .toList();
  }

  static void awaitNoThreads() {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(threads()).isEmpty());
  }

  /** Those of Paho alone: an uplink that is not closed keeps a timer of its own. */
  static void awaitNoThreadsOfPaho() {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(threads()).noneMatch(name -> name.startsWith("MQTT")));
  }

  /** Sockets of this process. */
  static long sockets() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(Residue::isSocket).count();
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      // Closed since it was listed.
      return false;
    }
  }
}
