package org.kedge.sim.mesh.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kedge.sim.mesh.console.FleetPlan.Link;
import org.kedge.sim.mesh.console.FleetPlan.Port;

/** Made-up plans and messages. */
final class MadeUp {
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private static final double UPTIME_AT_NOON = 123_456;

  private MadeUp() {}

  static Instant noonPlus(long seconds) {
    return NOON.plusSeconds(seconds);
  }

  /** n1 to nN; links as {@code 1-2}; interfaces are named {@code toN}; the last node is the exit. */
  static FleetPlan plan(int nodes, String... links) {
    var names = new ArrayList<String>();
    for (int i = 1; i <= nodes; i++) {
      names.add("n" + i);
    }
    var made = new ArrayList<Link>();
    var farEnds = new HashMap<Port, String>();
    for (var link : links) {
      var ends = link.split("-", -1);
      made.add(new Link("n" + ends[0], "n" + ends[1]));
      farEnds.put(new Port("n" + ends[0], "to" + ends[1]), "n" + ends[1]);
      farEnds.put(new Port("n" + ends[1], "to" + ends[0]), "n" + ends[0]);
    }
    return new FleetPlan(names, made, Optional.of("n" + nodes), farEnds);
  }

  static FleetPlan diamond() {
    return plan(4, "1-2", "1-3", "2-4", "3-4");
  }

  static String topic(String node) {
    return "village/" + node + "/KEDGE-V1/snapshot";
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte[] bytes(JsonObject json) {
    return bytes(json.toString());
  }

  /** A healthy node that has a neighbour on each link of the plan. */
  static JsonObject healthy(FleetPlan plan, String node, long sequence) {
    var json = JsonParser.parseString("""
        {"schema":"kedge-snapshot","schema_version":1,"boot_id":"1f0c2a7e.3","at":"2026-11-22T11:59:59.900Z",
         "clock":{"trusted":true,"evidence":"offset 3 ms, asked 40 s ago"},
         "state":"healthy","uptime_seconds":123456.5,"runtime_uptime_seconds":3404.5,
         "versions":{"kedge":"0.1.0","java":"17.0.15","kernel":"6.1.0-28-amd64"},
         "faults":[],"silenced":[],"unknown":[],
         "babel":{"run_mode":"child","socket":"connected","table_age_seconds":1.2,"interfaces":[],"neighbours":[],
           "routes_count":12,"routes_installed_count":6,"routes_finite_count":6,"routes_kernel_count":6,
           "routes_missing_count":0,"routes_stale_count":0,"malformed_lines_count":0,
           "process":{"pid":812,"state":"sleeping","descriptors_used_count":9,"descriptors_limit_count":1024,
             "cpu_percent":0.1},
           "exit":{"address":"2001:db8:4::1","answers":true,"rtt_milliseconds":0.4}},
         "memory":{"available_bytes":181403648,"total_bytes":264241152,"heap_used_bytes":14260633,
           "resident_bytes":61865984},
         "flash":{"free_bytes":9437184,"total_bytes":33554432},
         "descriptors":{"used_count":40,"limit_count":20000},
         "lanes":[{"lane":"babel","queued_count":0,"capacity_count":256,"refused_count":0,"thrown_count":0},
           {"lane":"care","queued_count":1,"capacity_count":256,"refused_count":0,"thrown_count":0}]}
        """).getAsJsonObject();
    json.addProperty("node", node);
    json.addProperty("sequence", sequence);
    plan.farEnds(node).forEach((port, farEnd) -> {
      array(json, "interfaces").add(interfaceOf(port));
      array(json, "neighbours").add(neighbour(port, 96));
    });
    return json;
  }

  private static JsonArray array(JsonObject json, String name) {
    return json.getAsJsonObject("babel").getAsJsonArray(name);
  }

  private static JsonObject interfaceOf(String port) {
    return JsonParser.parseString("{'name':'%s','up':true,'addresses':['fe80::5eff:fe00:%s']}"
            .formatted(port, port.substring(2))
            .replace('\'', '"'))
        .getAsJsonObject();
  }

  static JsonObject neighbour(String port, int cost) {
    return JsonParser.parseString(
            ("{'address':'fe80::5eff:fe00:20%s','interface':'%s','cost':%d,'receive_cost':96,"
                    + "'transmit_cost':96,'reach':'ffff','heard':true,'rtt_milliseconds':0.3}")
                .formatted(port.substring(2), port, cost)
                .replace('\'', '"'))
        .getAsJsonObject();
  }

  static JsonObject with(JsonObject json, Consumer<JsonObject> change) {
    change.accept(json);
    return json;
  }

  static Consumer<JsonObject> cost(String port, int cost) {
    return json -> {
      var lines = array(json, "neighbours");
      for (var line : lines) {
        if (line.getAsJsonObject().get("interface").getAsString().equals(port)) {
          line.getAsJsonObject().addProperty("cost", cost);
        }
      }
    };
  }

  /** Faulty with BABEL_SILENT, which silences NO_ROUTES; no neighbours, no finite routes. */
  static Consumer<JsonObject> babelSilent(Duration lasting) {
    return json -> {
      json.addProperty("state", "faulty");
      var fault = new JsonObject();
      fault.addProperty("kind", "BABEL_SILENT");
      fault.addProperty("layer", "babel");
      fault.addProperty("blame", "ours");
      fault.addProperty("since", NOON.minus(lasting).toString());
      fault.addProperty("lasting_seconds", lasting.toMillis() / 1_000.0);
      fault.addProperty(
          "evidence", "babeld (pid 812) is stopped: no greeting within 1 s, 3 tries since 9 s");
      fault.addProperty(
          "advice",
          "Nothing yet: babeld is started again by itself at 20 s. Look at its log after that.");
      json.getAsJsonArray("faults").add(fault);
      var silenced = new JsonObject();
      silenced.addProperty("kind", "NO_ROUTES");
      silenced.addProperty("blame", "ours");
      silenced.addProperty("cause", "BABEL_SILENT");
      silenced.addProperty("evidence", "no route installed, 6 were");
      json.getAsJsonArray("silenced").add(silenced);
      json.getAsJsonObject("babel").add("neighbours", new JsonArray());
      json.getAsJsonObject("babel").addProperty("routes_finite_count", 0);
      json.getAsJsonObject("babel").addProperty("routes_installed_count", 0);
    };
  }

  /** Climbs for BABEL_SILENT, nothing under way, and has no journal yet. */
  static Consumer<JsonObject> care() {
    return json -> json.add("care", JsonParser.parseString("""
        {"ladder":"built-in 3f2a9c1d","boots_count":3,
         "climbs":[{"fault":"BABEL_SILENT","rung":2,"rungs":4,"failed_count":1,"stage":"climbing",
           "words":"reopen-babel-socket did not help; now restart-babeld"}],
         "budgets":[{"class":"node","limit_count":1,"window_seconds":1800.0,"used_count":0},
           {"class":"node","limit_count":4,"window_seconds":86400.0,"used_count":4},
           {"class":"traffic","limit_count":6,"window_seconds":86400.0,"used_count":1}],
         "journal_count":0,"journal":[]}
        """));
  }

  static Consumer<JsonObject> remedy(String name, String stage, double lastingSeconds) {
    return care().andThen(json -> {
      var remedy = new JsonObject();
      remedy.addProperty("name", name);
      remedy.addProperty("fault", "BABEL_SILENT");
      remedy.addProperty("rung", 2);
      remedy.addProperty("rungs", 4);
      remedy.addProperty("try", 1);
      remedy.addProperty("stage", stage);
      remedy.addProperty("lasting_seconds", lastingSeconds);
      json.getAsJsonObject("care").add("remedy", remedy);
    });
  }

  static Consumer<JsonObject> paused(double leftSeconds, String reason) {
    return care().andThen(json -> {
      json.getAsJsonObject("care").addProperty("pause_left_seconds", leftSeconds);
      json.getAsJsonObject("care").addProperty("pause_reason", reason);
    });
  }

  /** Adds a line at the end of the journal, on top of another change that brings the care. */
  static Consumer<JsonObject> told(long number, Instant at, String kind, String words) {
    return json -> {
      if (!json.has("care")) {
        care().accept(json);
      }
      var line = new JsonObject();
      line.addProperty("number", number);
      line.addProperty("at", at.toString());
      line.addProperty("kind", kind);
      line.addProperty("words", words);
      json.getAsJsonObject("care").addProperty("journal_count", number);
      json.getAsJsonObject("care").getAsJsonArray("journal").add(line);
    };
  }

  static Consumer<JsonObject> unsure(String kind, String why) {
    return json -> {
      json.addProperty("state", "unsure");
      var unknown = new JsonObject();
      unknown.addProperty("kind", kind);
      unknown.addProperty("why", why);
      json.getAsJsonArray("unknown").add(unknown);
    };
  }

  /** Made that long after noon, and told at once if it is heard then. */
  static Consumer<JsonObject> up(double secondsAfterNoon) {
    return json -> json.addProperty("uptime_seconds", UPTIME_AT_NOON + secondsAfterNoon);
  }

  static Consumer<JsonObject> boot(String id) {
    return json -> json.addProperty("boot_id", id);
  }

  static void hearAllHealthy(FleetState fleet, FleetPlan plan, Instant at, long sequence) {
    for (var node : plan.nodes()) {
      fleet.hear(at, topic(node), bytes(healthy(plan, node, sequence)));
    }
  }

  /** An event made that long after noon; more goes in by {@link #with}. */
  static JsonObject event(
      String node, long sequence, double secondsAfterNoon, String name, String about) {
    var json = new JsonObject();
    json.addProperty("schema", "kedge-event");
    json.addProperty("schema_version", 1);
    json.addProperty("node", node);
    json.addProperty("boot_id", "1f0c2a7e.3");
    json.addProperty("sequence", sequence);
    json.addProperty("event", name);
    json.addProperty("at", NOON.plusMillis((long) (secondsAfterNoon * 1_000)).toString());
    json.addProperty(name.startsWith("fault") ? "fault" : "remedy", about);
    json.addProperty("words", name + " " + about);
    up(secondsAfterNoon).accept(json);
    return json;
  }

  static JsonObject presence(String node, String boot, String state, String... why) {
    var json = new JsonObject();
    json.addProperty("schema", "kedge-state");
    json.addProperty("schema_version", 1);
    json.addProperty("node", node);
    json.addProperty("boot_id", boot);
    json.addProperty("state", state);
    var reasons = new JsonArray();
    for (var reason : why) {
      reasons.add(reason);
    }
    json.add("why", reasons);
    return json;
  }

  /** Topic of an event or a state. */
  static String topic(String node, String subject) {
    return "village/" + node + "/KEDGE-V1/" + subject;
  }

  static List<String> events(FleetState fleet, Instant at) {
    return fleet.view(at).events().stream()
        .map(event -> event.node() + " " + event.kind())
        .toList();
  }
}
