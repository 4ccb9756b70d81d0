package org.kedge.telemetry.internal.mqtt;

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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.kedge.base.api.ProgramPath;

/** Debian's mosquitto on loopback, with a folder of its own; ended with what listens to it. */
final class Mosquitto implements AutoCloseable {
  private static final Duration GENEROUS = Duration.ofSeconds(60);

  private final List<Process> readers = new ArrayList<>();
  private final Path folder;
  private final Path log;
  private final int port;
  private final Process process;

  private Mosquitto(Path folder, int port, List<String> settings) throws IOException {
    this.folder = folder;
    this.port = port;
    log = Files.createTempFile(folder, "mosquitto", ".log");
    var lines = new ArrayList<String>();
    lines.add("listener " + port + " 127.0.0.1");
    // As root it would give its rights up, and then the folder of this test is closed to it.
    lines.add("user " + System.getProperty("user.name"));
    lines.add("persistence false");
    lines.add("log_type all");
    lines.add("log_dest stderr");
    lines.addAll(settings);
    process = start(
        log,
        "mosquitto",
        "-c",
        Files.write(folder.resolve("mosquitto.conf"), lines).toString());
  }

  /** Skips the test, and says so, where a program is not installed. */
  static void require(String... programs) {
    for (var program : programs) {
      if (ProgramPath.find(program).isEmpty()) {
        var message = "NOT TESTED AGAINST ANOTHER BROKER: needs " + program;
        System.err.println("**** " + message);
        Assumptions.abort(message);
      }
    }
  }

  static Mosquitto open(Path folder, int port) throws IOException {
    return start(folder, port, List.of("allow_anonymous true"));
  }

  /** @param settings lines of its configuration after the listener */
  static Mosquitto start(Path folder, int port, List<String> settings) throws IOException {
    var made = new Mosquitto(folder, port, settings);
    try {
      await().atMost(GENEROUS).until(made::listens);
      return made;
    } catch (RuntimeException e) {
      made.close();
      throw new AssertionError("mosquitto did not start: " + Files.readString(made.log), e);
    }
  }

  private boolean listens() {
    try (var tried = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return tried.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  int port() {
    return port;
  }

  /** Everything under mesh/ from now on, as {@code topic quality retained text}, one line each; what is kept comes at once. */
  Path reader(String name) throws IOException {
    var heard = Files.createTempFile(folder, "heard", ".txt");
    readers.add(start(
        heard,
        "mosquitto_sub",
        "-h",
        "127.0.0.1",
        "-p",
        Integer.toString(port),
        "-i",
        name,
        "-q",
        "1",
        "-t",
        "mesh/#",
        "-F",
        "%t %q %r %p"));
    await()
        .atMost(GENEROUS)
        .until(() -> Files.readString(log).contains("Sending SUBACK to " + name));
    return heard;
  }

  /** What the broker tells who asks only now. */
  List<String> kept() throws IOException {
    var heard = reader("late-" + readers.size());
    await().atMost(GENEROUS).until(() -> !Files.readString(heard).isEmpty());
    return Files.readAllLines(heard);
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  private static Process start(Path output, String program, String... arguments)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(ProgramPath.find(program).orElseThrow());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Runs a program to its end. */
  static String run(String program, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(ProgramPath.find(program).orElse(program));
    command.addAll(List.of(arguments));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      process.getOutputStream().close();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(GENEROUS.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new AssertionError(command + ": " + said);
      }
      return said;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() {
    readers.forEach(Mosquitto::end);
    end(process);
  }

  private static void end(Process process) {
    process.destroyForcibly();
    process.onExit().join();
  }
}
