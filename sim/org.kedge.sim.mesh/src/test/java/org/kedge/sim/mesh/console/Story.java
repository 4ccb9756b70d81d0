package org.kedge.sim.mesh.console;

import static org.kedge.sim.mesh.console.MadeUp.NOON;
import static org.kedge.sim.mesh.console.MadeUp.babelSilent;
import static org.kedge.sim.mesh.console.MadeUp.boot;
import static org.kedge.sim.mesh.console.MadeUp.bytes;
import static org.kedge.sim.mesh.console.MadeUp.event;
import static org.kedge.sim.mesh.console.MadeUp.healthy;
import static org.kedge.sim.mesh.console.MadeUp.presence;
import static org.kedge.sim.mesh.console.MadeUp.topic;
import static org.kedge.sim.mesh.console.MadeUp.up;
import static org.kedge.sim.mesh.console.MadeUp.with;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Fifty made-up minutes of a diamond: n1 is quiet, n2 is cured three times and is faulty now, n3 was without its broker for twelve
 * minutes and told of them afterwards, n4, the exit, rebooted and is offline.
 */
final class Story {
  static final String HOSTILE = "<img src=x onerror=alert(1)><b>bold</b>";

  private static final int MINUTES = 50;

  private final FleetPlan plan = MadeUp.diamond();
  private final FleetState fleet = new FleetState(plan);
  private final Instant now;
  private final Map<String, Long> sequences = new HashMap<>();
  private boolean isLast;

  private Story(Instant now) {
    this.now = now;
  }

  static FleetState until(Instant now) {
    var story = new Story(now);
    for (var node : List.of("n1", "n2", "n3", "n4")) {
      story.hear(node, "state", MINUTES * 60, presence(node, "1f0c2a7e.3", "online"));
    }
    story.quiet();
    story.cured();
    story.withoutBroker();
    story.rebooted();
    return story.fleet;
  }

  private void quiet() {
    for (int ago = MINUTES * 60; ago >= 5; ago -= 5) {
      snapshot("n1", ago, ago, json -> {});
    }
    snapshot("n1", 4, 4, traffic());
    happen("n1", 3, 3, "settings-changed", "", "snapshot.seconds set to 5 (was 60)");
    hear(
        "n1",
        "event",
        2,
        JsonParser.parseString("{\"schema\":\"weather\",\"event\":\"rain\"}").getAsJsonObject());
  }

  private void cured() {
    for (int ago = MINUTES * 60; ago > 20; ago--) {
      cure("BABEL_DEAD", "restart-babeld", ago, 2_400, 8);
      cure("ROUTES_DIVERGED", "put-back-routes", ago, 1_500, 95);
      cure("NEIGHBOURS_LOST", "take-interface-anew", ago, 600, 240);
      if (ago % 5 == 0) {
        var lost = ago <= 600 && ago > 360;
        var diverged = ago <= 1_500 && ago > 1_405;
        snapshot(
            "n2",
            ago,
            ago,
            lost
                ? fault("NEIGHBOURS_LOST")
                : diverged
                    ? fault("ROUTES_DIVERGED")
                    : dead(ago) ? fault("BABEL_DEAD") : json -> {});
      }
    }
    happen("n2", 20, 20, NodeEvent.RAISED, "BABEL_SILENT", HOSTILE);
    happen(
        "n2", 15, 15, "remedy-ordered", "reopen-babel-socket", "reopen-babel-socket, rung 1 of 4");
    happen("n2", 9, 9, "remedy-not-helped", "reopen-babel-socket", "did not help within 5 s");
    happen("n2", 8, 8, "remedy-ordered", "restart-babeld", "restart-babeld, rung 2 of 4, try 1");
    snapshot("n2", 2, 2, babelSilent(Duration.ofSeconds(18)).andThen(Story::tellHostile));
  }

  private static void tellHostile(JsonObject json) {
    json.getAsJsonArray("faults").get(0).getAsJsonObject().addProperty("evidence", HOSTILE);
  }

  private static boolean dead(int ago) {
    return ago <= 2_400 && ago > 2_392;
  }

  /** What happens at that moment of a fault that was raised {@code raised} seconds ago; the first try of a long one is in vain. */
  private void cure(String fault, String remedy, int ago, int raised, int lasting) {
    if (ago == raised) {
      happen("n2", ago, ago, NodeEvent.RAISED, fault, fault + ", ours");
      happen("n2", ago, ago, "remedy-ordered", remedy, remedy + ", rung 1 of 4, for " + fault);
    }
    if (lasting > 10 && ago == raised - lasting / 2) {
      happen("n2", ago, ago, "remedy-not-helped", remedy, remedy + " did not help");
      happen("n2", ago, ago, "remedy-ordered", "restart-babeld", "restart-babeld, rung 2 of 4");
    }
    if (ago == raised - lasting) {
      happen("n2", ago, ago, "remedy-helped", remedy, "helped after " + lasting + " s");
      happen("n2", ago, ago, NodeEvent.CLEARED, fault, fault + " is over");
    }
  }

  /** From 33 to 21 minutes ago its broker was away; it looked at UPLINK_OUT meanwhile. */
  private void withoutBroker() {
    var backlog = new ArrayDeque<Runnable>();
    for (int ago = MINUTES * 60; ago >= 5; ago -= 5) {
      var wasAway = ago < 1_980 && ago > 1_260;
      if (ago == 1_980) {
        hear("n3", "state", 1_950, presence("n3", "1f0c2a7e.3", "offline"));
        hear("n3", "state", 1_260, presence("n3", "1f0c2a7e.3", "online"));
      }
      var isOut = ago <= 1_900 && ago > 1_400;
      if (ago == 1_900 || ago == 1_400) {
        var json = happening(
            "n3",
            ago,
            isOut ? NodeEvent.RAISED : NodeEvent.CLEARED,
            "UPLINK_OUT",
            isOut ? "UPLINK_OUT, upstream: nothing beyond the exit answers" : "UPLINK_OUT is over");
        backlog.push(() -> hear("n3", "event", 1_240, json));
      }
      var json = looked("n3", ago, isOut ? fault("UPLINK_OUT") : at -> {});
      if (wasAway) {
        backlog.push(() -> hear("n3", "snapshot", 1_240, json));
      } else {
        hear("n3", "snapshot", ago, json);
      }
      if (ago == 1_240) {
        backlog.forEach(Runnable::run);
      }
    }
    hear(
        "n3",
        "state",
        3,
        presence(
            "n3", "1f0c2a7e.3", "reduced", "the outbox is in memory only: flash is read-only"));
  }

  private void rebooted() {
    for (int ago = MINUTES * 60; ago >= 900; ago -= 5) {
      snapshot("n4", ago, ago, json -> {});
    }
    hear("n4", "state", 890, presence("n4", "1f0c2a7e.3", "offline"));
    isLast = true;
    sequences.remove("n4");
    hear("n4", "state", 800, presence("n4", "next", "online"));
    happen(
        "n4",
        800,
        800,
        "boot",
        "",
        "The node has booted, boot 2 that Kedge has seen; why is unknown");
    for (int ago = 800; ago >= 130; ago -= 5) {
      snapshot("n4", ago, ago, json -> {});
    }
    hear("n4", "state", 120, presence("n4", "next", "offline"));
  }

  private static Consumer<JsonObject> fault(String kind) {
    return json -> {
      json.addProperty("state", "faulty");
      var fault = new JsonObject();
      fault.addProperty("kind", kind);
      fault.addProperty("blame", kind.equals("UPLINK_OUT") ? "upstream" : "ours");
      fault.addProperty("evidence", "seen by three probes in a row");
      json.getAsJsonArray("faults").add(fault);
    };
  }

  private static Consumer<JsonObject> traffic() {
    return json -> {
      json.add("telemetry", JsonParser.parseString("""
          {"uplink":"mqtt","connected":true,"unsent_count":0,"unsent_bytes":0,"confirmed_count":612,"sent_bytes":2411520,
           "repeated_count":0,"thinned_count":0,"torn_count":0,"written_bytes":81920,"durable":true}
          """));
      json.add("traffic", JsonParser.parseString("""
          {"interfaces":[{"name":"to2","received_bytes":8123456,"sent_bytes":912345},
            {"name":"to3","received_bytes":123456,"sent_bytes":88112}]}
          """));
    };
  }

  private void happen(String node, int ago, int heardAgo, String name, String about, String words) {
    hear(node, "event", heardAgo, happening(node, ago, name, about, words));
  }

  private JsonObject happening(String node, int ago, String name, String about, String words) {
    var json = event(node, next(node), after(ago), name, about);
    json.addProperty("words", words);
    json.addProperty("evidence", words);
    if (!name.startsWith("settings")) {
      json.addProperty("journal", next(node + " journal"));
    }
    if (name.startsWith("fault")) {
      json.addProperty("blame", about.equals("UPLINK_OUT") ? "upstream" : "ours");
    }
    return with(json, run(node, ago));
  }

  private void snapshot(String node, int ago, int heardAgo, Consumer<JsonObject> change) {
    hear(node, "snapshot", heardAgo, looked(node, ago, change));
  }

  private JsonObject looked(String node, int ago, Consumer<JsonObject> change) {
    var json = with(healthy(plan, node, next(node)), up(after(ago)).andThen(change));
    json.addProperty("at", now.minusSeconds(ago).toString());
    return with(json, run(node, ago));
  }

  private Consumer<JsonObject> run(String node, int ago) {
    return isLast && node.equals("n4")
        ? boot("next").andThen(json -> json.addProperty("uptime_seconds", 840 - ago))
        : json -> {};
  }

  private void hear(String node, String subject, int ago, JsonObject json) {
    fleet.hear(now.minusSeconds(ago), topic(node, subject), bytes(json));
  }

  private double after(int ago) {
    return Duration.between(NOON, now).toMillis() / 1_000.0 - ago;
  }

  private long next(String node) {
    return sequences.merge(node, 1L, Long::sum);
  }
}
