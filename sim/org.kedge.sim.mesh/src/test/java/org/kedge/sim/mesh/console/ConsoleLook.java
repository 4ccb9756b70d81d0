package org.kedge.sim.mesh.console;

import static org.kedge.sim.mesh.console.MadeUp.babelSilent;
import static org.kedge.sim.mesh.console.MadeUp.bytes;
import static org.kedge.sim.mesh.console.MadeUp.cost;
import static org.kedge.sim.mesh.console.MadeUp.healthy;
import static org.kedge.sim.mesh.console.MadeUp.hearAllHealthy;
import static org.kedge.sim.mesh.console.MadeUp.plan;
import static org.kedge.sim.mesh.console.MadeUp.topic;
import static org.kedge.sim.mesh.console.MadeUp.unsure;
import static org.kedge.sim.mesh.console.MadeUp.with;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/**
 * Opens the pages on made-up messages, to be looked at with a browser: {@code ConsoleLook SCENE PORT}. It goes on until it is
 * stopped.
 */
final class ConsoleLook {
  private ConsoleLook() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] arguments) throws IOException, InterruptedException {
    var fleet = scene(arguments[0], Instant.now());
    try (var page =
        ConsolePage.open(Integer.parseInt(arguments[1]), fleet, InstantSource.system())) {
      System.out.print(
          ConsoleTable.live(ConsoleTable.WIDTH_DEFAULT).render(fleet.view(Instant.now())));
      System.out.println(page.address());
      new CountDownLatch(1).await();
    }
  }

  private static FleetState scene(String name, Instant now) {
    var plan = switch (name) {
      case "line" -> plan(5, "1-2", "2-3", "3-4", "4-5");
      case "ring" -> plan(6, "1-2", "2-3", "3-4", "4-5", "5-6", "6-1");
      case "ring5" -> plan(5, "1-2", "2-3", "3-4", "4-5", "5-1");
      case "wheel" ->
        plan(8, "1-2", "2-3", "3-4", "4-5", "5-6", "6-1", "1-7", "4-7", "7-8", "2-5", "3-8");
      default -> MadeUp.diamond();
    };
    var fleet = new FleetState(plan);
    if (name.equals("waiting")) {
      fleet.hear(now, topic("n1"), bytes(healthy(plan, "n1", 1)));
      fleet.hear(
          now,
          topic("n4"),
          bytes(with(healthy(plan, "n4", 1), json -> json.addProperty("state", "starting"))));
      return fleet;
    }
    hearAllHealthy(fleet, plan, now.minusSeconds(name.equals("late") ? 140 : 20), 1);
    if (name.equals("faulty")) {
      fleet.hear(
          now,
          topic("n2"),
          bytes(with(healthy(plan, "n2", 2), babelSilent(Duration.ofSeconds(12)))));
      fleet.hear(
          now,
          topic("n1"),
          bytes(with(
              healthy(plan, "n1", 2),
              json -> json.getAsJsonObject("babel").getAsJsonArray("neighbours").remove(0))));
      fleet.hear(
          now,
          topic("n3"),
          bytes(with(
              with(healthy(plan, "n3", 2), cost("to4", 288)),
              unsure("EXIT_DEAF", "no exit.address set"))));
      fleet.hear(now, topic("n4"), bytes("{\"node\":\"n4\",\"sequence\":"));
      fleet.hear(
          now,
          topic("n4"),
          bytes(with(
              healthy(plan, "n4", 3), json -> json.addProperty("uptime_seconds", "<b>long</b>"))));
    }
    if (name.equals("late")) {
      fleet.hear(now, topic("n1"), bytes(healthy(plan, "n1", 2)));
      fleet.hear(now, topic("n2"), bytes(healthy(plan, "n2", 2)));
      fleet.hear(
          now,
          topic("stranger-on-the-north-roof"),
          bytes(healthy(plan, "stranger-on-the-north-roof", 2)));
    }
    if (name.equals("brokerless")) {
      fleet.loseBroker(now.minusSeconds(40), "connection refused");
    }
    return fleet;
  }
}
