package org.kedge.sim.mesh.console;

import static org.kedge.sim.mesh.console.MadeUp.babelSilent;
import static org.kedge.sim.mesh.console.MadeUp.bytes;
import static org.kedge.sim.mesh.console.MadeUp.cost;
import static org.kedge.sim.mesh.console.MadeUp.healthy;
import static org.kedge.sim.mesh.console.MadeUp.hearAllHealthy;
import static org.kedge.sim.mesh.console.MadeUp.paused;
import static org.kedge.sim.mesh.console.MadeUp.plan;
import static org.kedge.sim.mesh.console.MadeUp.remedy;
import static org.kedge.sim.mesh.console.MadeUp.told;
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
    if (name.equals("story")) {
      return Story.until(now);
    }
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
    if (name.equals("healing") || name.equals("hostile")) {
      heal(fleet, plan, now, name.equals("hostile"));
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

  /** n1 was cured, n2 is being cured, n3 rests, n4 is paused and has refused a ladder. */
  private static void heal(FleetState fleet, FleetPlan plan, Instant now, boolean hostile) {
    var mark = hostile
        ? "<img src=x onerror=alert(1)>\u202e\u001b[2J" + "W".repeat(120)
        : "restart-babeld";
    var cured = told(15, now.minusSeconds(9), "found", "found BABEL_DEAD, ours: no process 812")
        .andThen(
            told(16, now.minusSeconds(9), "ordered", "orders restart-babeld, rung 2 of 4, try 1"))
        .andThen(told(
            17,
            now.minusSeconds(6),
            "helped",
            "restarted babeld, rung 2 of 4, for BABEL_DEAD; helped after 3 s"))
        .andThen(told(18, now.minusSeconds(6), "over", "BABEL_DEAD is over after 4 s"));
    fleet.hear(now, topic("n1"), bytes(with(healthy(plan, "n1", 2), cured)));
    var curing = babelSilent(Duration.ofSeconds(12))
        .andThen(remedy(mark, hostile ? "constructor" : "acting", 1.2))
        .andThen(told(1, now.minusSeconds(90_000), "boot", "booted, boot 3, after a power cut"))
        .andThen(told(2, now.minusSeconds(12), "found", "found BABEL_SILENT, ours"))
        .andThen(
            told(
                3,
                now.minusSeconds(6),
                "not_helped",
                "reopened the socket of babeld, rung 1 of 4, for BABEL_SILENT; did not help within 5 s"))
        .andThen(told(4, now.minusSeconds(1), hostile ? "__proto__" : "ordered", "orders " + mark));
    fleet.hear(now, topic("n2"), bytes(with(healthy(plan, "n2", 2), curing)));
    var resting = babelSilent(Duration.ofMinutes(31))
        .andThen(told(40, now.minusSeconds(60), "held", "reboot-node is held: 1 of 1 per 30 min"))
        .andThen(told(41, now.minusSeconds(58), "rest", "rests; looks again in 30 min"))
        .andThen(json -> {
          var climb = json.getAsJsonObject("care").getAsJsonArray("climbs").get(0);
          climb.getAsJsonObject().addProperty("stage", "resting");
          climb.getAsJsonObject().addProperty("words", "rests; looks again in 29 min");
        });
    fleet.hear(now, topic("n3"), bytes(with(healthy(plan, "n3", 2), resting)));
    var hindered = paused(1_200, hostile ? mark : "new antenna on the north roof")
        .andThen(json -> json.getAsJsonObject("care")
            .addProperty(
                "ladder_refused",
                "line 4: rung reboot-node has effect node, but the budget of node is missing"))
        .andThen(told(7, now.minusSeconds(300), "pause", "remedies paused for 25 min"))
        .andThen(told(8, now.minusSeconds(200), "ladder", "ladder refused, line 4"));
    fleet.hear(now, topic("n4"), bytes(with(healthy(plan, "n4", 2), hindered)));
  }
}
