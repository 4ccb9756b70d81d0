package org.kedge.sim.host;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Debian's mosquitto on loopback and mosquitto_sub beside it, which keeps all it hears in a file; both end with it. */
final class Mosquitto implements AutoCloseable {
  private static final Duration GENEROUS = Duration.ofSeconds(30);
  private static final Pattern IDENTITY =
      Pattern.compile("\"boot_id\":\"([^\"]+)\".*?\"sequence\":(\\d+)");

  private final Path folder;
  private final int port;
  private final Path heard;
  private final List<Process> subscribers = new ArrayList<>();
  private Process broker;

  Mosquitto(Path folder) throws IOException {
    Assumptions.assumeTrue(
        Stream.of("/usr/sbin/mosquitto", "/usr/bin/mosquitto_sub")
            .allMatch(program -> Files.isExecutable(Path.of(program))),
        () -> {
          var message = "SKIPPED, NOTHING IS PROVED: mosquitto and mosquitto_sub are not installed";
          System.err.println(message);
          return message;
        });
    this.folder = folder;
    port = NodeSettings.freePort();
    heard = Files.createFile(folder.resolve("heard"));
    broker = begin();
  }

  int port() {
    return port;
  }

  private Process begin() throws IOException {
    var settings = Files.writeString(folder.resolve("mosquitto.conf"), """
        listener %d 127.0.0.1
        allow_anonymous true
        persistence false
        max_queued_messages 0
        """.formatted(port));
    var begun = new ProcessBuilder("/usr/sbin/mosquitto", "-c", settings.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("mosquitto.log").toFile())
        .start();
    await().atMost(GENEROUS).until(this::answers);
    return begun;
  }

  private boolean answers() {
    try (var socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Another mosquitto_sub, after the one before if there was one; it has subscribed when this returns. */
  void subscribe() throws IOException {
    var mark = "mark-" + subscribers.size();
    subscribers.add(new ProcessBuilder(
            "/usr/bin/mosquitto_sub",
            "-h",
            "127.0.0.1",
            "-p",
            Integer.toString(port),
            "-q",
            "1",
            "-t",
            "#",
            "-F",
            "%t %p")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(heard.toFile()))
        .start());
    await().atMost(GENEROUS).until(() -> {
      new ProcessBuilder(
              "/usr/bin/mosquitto_pub",
              "-h",
              "127.0.0.1",
              "-p",
              Integer.toString(port),
              "-t",
              "marks",
              "-m",
              mark)
          .start()
          .waitFor();
      return text().contains(mark);
    });
  }

  /** It is killed, and begins anew without anything it knew. */
  void loseEverything() throws IOException {
    broker.destroyForcibly().onExit().join();
    subscribers.forEach(one -> one.destroyForcibly().onExit().join());
    broker = begin();
    subscribe();
  }

  String text() {
    try {
      return Files.readString(heard, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Messages by run and sequence, as a reader keeps them that drops repeats.
   *
   * @param repeats how many were dropped
   */
  record Heard(Map<String, TreeMap<Long, String>> runs, int repeats) {
    /** The last sequence of each run, if every one before it came too. */
    boolean isWhole() {
      return runs.values().stream()
          .allMatch(run -> new TreeSet<>(run.keySet()).last() == run.size());
    }

    long count() {
      return runs.values().stream().mapToLong(Map::size).sum();
    }
  }

  Heard heard() {
    Map<String, TreeMap<Long, String>> runs = new TreeMap<>();
    var repeats = 0;
    for (var line : text().lines().toList()) {
      var identity = IDENTITY.matcher(line);
      if (identity.find()) {
        var run = runs.computeIfAbsent(identity.group(1), made -> new TreeMap<>());
        var before = run.put(Long.parseLong(identity.group(2)), line);
        if (before != null) {
          repeats++;
          if (!before.equals(line)) {
            throw new AssertionError("Two messages under one sequence: " + before + "\n" + line);
          }
        }
      }
    }
    return new Heard(runs, repeats);
  }

  @Override
  public void close() {
    broker.destroyForcibly().onExit().join();
    subscribers.forEach(one -> one.destroyForcibly().onExit().join());
  }
}
