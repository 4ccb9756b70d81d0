package org.kedge.sim.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.internal.command.ProcessCommandRunner;

/**
 * What telemetry costs a node: two hosts, one with it and one without, alike in all else, with Kedge's default settings and a real
 * mosquitto; their processor time and heap, and what goes over the wire and to flash in a day.
 */
public final class TelemetryFigures {
  private static final Duration SETTLE = Duration.ofSeconds(75);
  private static final Duration WATCHED = Duration.ofSeconds(180);
  private static final double DAY_SECONDS = 86_400;
  private static final Pattern USED =
      Pattern.compile("(?:def new generation|tenured generation) .*?used (\\d+)K");

  private TelemetryFigures() {}

  private record Seen(
      double processorSeconds, double heapKibibytes, long flashBytes, String status) {}

  private record Run(Process process, int statusPort) {}

  public static void main(String... arguments) throws IOException, InterruptedException {
    var sim = Path.of(System.getProperty("kedge.sim", "sim")).toAbsolutePath();
    var folder = Files.createTempDirectory("kedge-telemetry-figures");
    var port = freePort();
    var settings = Files.writeString(
        folder.resolve("mosquitto.conf"),
        "listener " + port + " 127.0.0.1\nallow_anonymous true\n");
    var broker = new ProcessBuilder("/usr/sbin/mosquitto", "-c", settings.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("mosquitto.log").toFile())
        .start();
    var runs = new ArrayList<Run>();
    try {
      var with = start(sim, folder.resolve("with"), port, true);
      runs.add(with);
      var without = start(sim, folder.resolve("without"), port, false);
      runs.add(without);
      TimeUnit.NANOSECONDS.sleep(SETTLE.toNanos());
      var withBefore = seen(with);
      var withoutBefore = seen(without);
      TimeUnit.NANOSECONDS.sleep(WATCHED.toNanos());
      var withAfter = seen(with);
      var withoutAfter = seen(without);

      var seconds = (double) WATCHED.toSeconds();
      var spent = withAfter.processorSeconds() - withBefore.processorSeconds();
      var spentWithout = withoutAfter.processorSeconds() - withoutBefore.processorSeconds();
      print(
          "processor %.2f %% of a core with it, %.2f %% without: %.2f %% (target < 0.3)",
          spent / seconds * 100,
          spentWithout / seconds * 100,
          (spent - spentWithout) / seconds * 100);
      print(
          "heap in use after collection %.2f MiB with it, %.2f MiB without: %.2f MiB (target < 4)",
          withAfter.heapKibibytes() / 1024,
          withoutAfter.heapKibibytes() / 1024,
          (withAfter.heapKibibytes() - withoutAfter.heapKibibytes()) / 1024);
      var sent =
          figure(withAfter.status(), "sent_bytes") - figure(withBefore.status(), "sent_bytes");
      var confirmed = figure(withAfter.status(), "confirmed_count")
          - figure(withBefore.status(), "confirmed_count");
      print(
          "%.0f messages of %.0f bytes in %.0f s; %.1f MB a day of bodies at one snapshot a minute",
          confirmed, sent / Math.max(1, confirmed), seconds, sent / seconds * DAY_SECONDS / 1e6);
      print(
          "written to flash in %.0f s while the broker is there: %.0f bytes by the outbox; %d by the whole node with it, %d without",
          seconds,
          figure(withAfter.status(), "written_bytes")
              - figure(withBefore.status(), "written_bytes"),
          withAfter.flashBytes() - withBefore.flashBytes(),
          withoutAfter.flashBytes() - withoutBefore.flashBytes());
      broker.destroyForcibly().onExit().join();
      var awayBefore = figure(seen(with).status(), "written_bytes");
      TimeUnit.NANOSECONDS.sleep(WATCHED.toNanos());
      print(
          "written to flash by the outbox while the broker is away %.2f MB a day",
          (figure(seen(with).status(), "written_bytes") - awayBefore)
              / seconds
              * DAY_SECONDS
              / 1e6);
    } finally {
      runs.forEach(run -> run.process().destroy());
      runs.forEach(run -> run.process().onExit().join());
      broker.destroyForcibly().onExit().join();
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Run start(Path sim, Path folder, int brokerPort, boolean isTelling)
      throws IOException {
    Files.createDirectories(folder);
    var built = sim.resolve("org.kedge.sim.host/target/host/bundles");
    var bundles = Files.createDirectory(folder.resolve("bundles"));
    try (var jars = Files.list(built)) {
      for (var jar : jars.toList()) {
        var name = String.valueOf(jar.getFileName());
        if (isTelling || !name.startsWith("org.kedge.telemetry")) {
          Files.copy(jar, bundles.resolve(name));
        }
      }
    }
    var statusPort = freePort();
    var lines = new ArrayList<>(List.of(
        "[org.kedge.care]",
        "reboot.command =",
        "[org.kedge.babel]",
        "run.mode = service",
        "control.socket = " + folder.resolve("nobody.sock"),
        "service.pid.file = " + folder.resolve("nobody.pid"),
        "service.start = /bin/true",
        "service.stop = /bin/true",
        "service.status = /bin/false"));
    if (isTelling) {
      lines.addAll(List.of(
          "[org.kedge.telemetry]",
          "broker.address = tcp://127.0.0.1:" + brokerPort,
          "status.port = " + statusPort));
    }
    var settings = Files.write(folder.resolve("kedge.conf"), lines);
    var builder = new ProcessBuilder(
            sim.resolve("node").toString(),
            "--settings",
            settings.toString(),
            "--data",
            folder.resolve("data").toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("KEDGE_JAVA_OPTIONS", "-Dkedge.bundles=" + bundles);
    return new Run(builder.start(), statusPort);
  }

  private static Seen seen(Run run) throws IOException, InterruptedException {
    var pid = run.process().pid();
    var processor = HostFigures.processorSeconds(pid);
    var written = Files.readAllLines(Path.of("/proc", Long.toString(pid), "io")).stream()
        .filter(line -> line.startsWith("write_bytes:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .sum();
    tell("jcmd", Long.toString(pid), "GC.run");
    var heap = USED.matcher(tell("jcmd", Long.toString(pid), "GC.heap_info"))
        .results()
        .mapToLong(found -> Long.parseLong(found.group(1)))
        .sum();
    return new Seen(processor, heap, written, status(run.statusPort()));
  }

  private static String status(int port) throws InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/status"))
                  .build(),
              BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return "";
    }
  }

  private static double figure(String status, String name) {
    // Of telemetry's own section: interfaces have sent bytes too.
    var section = status.substring(Math.max(0, status.indexOf("\"telemetry\":{")));
    var found = Pattern.compile("\"" + name + "\":(\\d+)").matcher(section);
    return found.find() ? Double.parseDouble(found.group(1)) : 0;
  }

  private static String tell(String... command) {
    var result = new ProcessCommandRunner().run(Command.of(Duration.ofSeconds(20), command));
    if (result instanceof CommandResult.Ended ended && ended.succeeded()) {
      return ended.output();
    }
    throw new IllegalStateException(String.join(" ", command) + ": " + result.inWords());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static void print(String form, Object... figures) {
    System.out.printf(Locale.ROOT, "telemetry: " + form + "%n", figures);
  }
}
