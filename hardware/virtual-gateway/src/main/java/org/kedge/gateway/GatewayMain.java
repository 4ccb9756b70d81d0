package org.kedge.gateway;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.kedge.sim.mesh.net.MeshFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sim/gateway}: one gateway in a virtual machine. */
@Command(
    name = "sim/gateway",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Boots a whole gateway in a virtual machine: its own kernel, flash and watchdog that really resets it, Kedge and babeld"
          + " inside, a neighbour on each side, traffic through it. Shows how it is until Ctrl-C. Needs root.",
      "",
      "  sim/gateway --test            runs the tests on it, about 10 minutes",
      "  sim/gateway --soak MINUTES    full load and pauses: the timer must never act"
    })
public final class GatewayMain implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final int FAILED = 1;

  @Option(
      names = "--soak",
      paramLabel = "MINUTES",
      description = "take all of its processor and pause Kedge again and again for so long")
  private int soakMinutes;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "the timer's time-out, 10 to 600. Default: ${DEFAULT-VALUE}")
  private int timeoutSeconds;

  public static void main(String... arguments) {
    var command = new CommandLine(new GatewayMain());
    command.setExecutionExceptionHandler((failure, line, parsed) -> {
      if (failure instanceof MeshFailure) {
        line.getErr().println(failure.getMessage());
        return FAILED;
      }
      throw failure;
    });
    System.exit(command.execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    var lacking = Host.lacking();
    if (!lacking.isEmpty()) {
      throw new MeshFailure("A virtual gateway needs " + String.join(", ", lacking));
    }
    var workshop = new Workshop(Path.of(System.getProperty("kedge.gateway", ".")));
    var options = new Gateway.Options(
        Map.of("org.kedge.watchdog/timeout.seconds", Integer.toString(timeoutSeconds)),
        false,
        workshop.module().resolve("target/console.log"));
    System.out.println("Making a virtual gateway; its console: " + options.console());
    var gateway = Gateway.powerUp(workshop, options);
    Runtime.getRuntime().addShutdownHook(new Thread(gateway::close, "power-off"));
    var boot = gateway.awaitBoot(gateway.poweredAt());
    say(gateway, "the kernel is up, " + boot.id());
    gateway.awaitForwarding();
    say(gateway, "traffic goes through");
    if (soakMinutes > 0) {
      var seen = new Soak(gateway).run(Duration.ofMinutes(soakMinutes));
      System.out.println(seen.inWords());
      return seen.isQuiet() ? CommandLine.ExitCode.OK : FAILED;
    }
    show(gateway);
    return CommandLine.ExitCode.OK;
  }

  private static void say(Gateway gateway, String what) {
    System.out.println("After " + Seconds.of(Duration.between(gateway.poweredAt(), Instant.now()))
        + ": " + what + ".");
  }

  /** A line now and then, for ever. */
  private static void show(Gateway gateway) throws InterruptedException {
    System.out.println("Ctrl-C ends it.");
    var before = Instant.now();
    while (true) {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      var now = Instant.now();
      var traffic = gateway.pings().between(before.minusSeconds(1), now.minusSeconds(1));
      before = now;
      System.out.println(String.join(
          "  ",
          List.of(
              LocalTime.now(ZoneId.systemDefault())
                  .truncatedTo(ChronoUnit.SECONDS)
                  .toString(),
              gateway.status().map(Guarded::new).map(GatewayMain::line).orElse("Kedge is silent"),
              String.format(Locale.ROOT, "%d of %d lost", traffic.lost(), traffic.sent()))));
    }
  }

  private static String line(Guarded status) {
    var guard = status.isGuarded()
        ? status.text("identity") + ", petted " + status.count("petted_count") + " times"
        : "unguarded: " + status.text("unguarded");
    return status.status().get("state").getAsString() + " " + status.faults() + "  " + guard
        + "  started: " + status.cause();
  }
}
