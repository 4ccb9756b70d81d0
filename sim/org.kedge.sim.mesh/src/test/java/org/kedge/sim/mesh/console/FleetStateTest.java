package org.kedge.sim.mesh.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.sim.mesh.console.MadeUp.NOON;
import static org.kedge.sim.mesh.console.MadeUp.babelSilent;
import static org.kedge.sim.mesh.console.MadeUp.boot;
import static org.kedge.sim.mesh.console.MadeUp.bytes;
import static org.kedge.sim.mesh.console.MadeUp.cost;
import static org.kedge.sim.mesh.console.MadeUp.healthy;
import static org.kedge.sim.mesh.console.MadeUp.hearAllHealthy;
import static org.kedge.sim.mesh.console.MadeUp.noonPlus;
import static org.kedge.sim.mesh.console.MadeUp.paused;
import static org.kedge.sim.mesh.console.MadeUp.remedy;
import static org.kedge.sim.mesh.console.MadeUp.told;
import static org.kedge.sim.mesh.console.MadeUp.topic;
import static org.kedge.sim.mesh.console.MadeUp.unsure;
import static org.kedge.sim.mesh.console.MadeUp.up;
import static org.kedge.sim.mesh.console.MadeUp.with;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.kedge.sim.mesh.console.FleetView.LinkState;
import org.kedge.sim.mesh.console.FleetView.NodeState;

class FleetStateTest {
  private final FleetPlan plan = MadeUp.diamond();
  private final FleetState fleet = new FleetState(plan);

  @Test
  void a_fleet_that_was_never_heard_is_waiting() {
    var view = fleet.view(NOON);
    assertThat(view.nodes()).extracting(node -> node.state()).containsOnly(NodeState.WAITING);
    assertThat(view.links()).extracting(link -> link.state()).containsOnly(LinkState.UNKNOWN);
    assertThat(view.sentence()).isEqualTo("4 of 4 nodes not heard yet: n1, n2, n3 and n4.");
  }

  @Test
  void a_healthy_fleet_says_so_and_all_its_links_are_good() {
    hearAllHealthy(fleet, plan, NOON, 1);
    var view = fleet.view(noonPlus(3));
    assertThat(view.sentence()).isEqualTo("All 4 nodes healthy.");
    assertThat(view.links()).extracting(link -> link.state()).containsOnly(LinkState.GOOD);
    assertThat(view.links().get(0).one().cost()).hasValue(96);
    assertThat(MadeUp.events(fleet, NOON))
        .containsExactly("n4 FIRST_HEARD", "n3 FIRST_HEARD", "n2 FIRST_HEARD", "n1 FIRST_HEARD");
  }

  @Test
  void a_fault_lasts_until_the_moment_it_is_asked_for() {
    hearAllHealthy(fleet, plan, NOON, 1);
    hear("n2", 30, 2, babelSilent(Duration.ofSeconds(12)));
    var view = fleet.view(noonPlus(35));
    assertThat(view.sentence())
        .startsWith("1 of 4 nodes faulty: n2 BABEL_SILENT, ours, for 17 s. Links n1–n2 and n2–n4");
    assertThat(view.node("n2").orElseThrow().sentence())
        .isEqualTo("n2 is faulty: BABEL_SILENT, ours, for 17 s.");
  }

  @Test
  void faults_are_raised_and_cleared_between_one_message_and_the_next() {
    hear("n2", 0, 1, json -> {});
    hear("n2", 30, 2, babelSilent(Duration.ofSeconds(12)));
    hear("n2", 40, 3, babelSilent(Duration.ofSeconds(22)));
    hear("n2", 60, 4, json -> {});
    assertThat(MadeUp.events(fleet, NOON))
        .containsExactly("n2 FAULT_CLEARED", "n2 FAULT_RAISED", "n2 FIRST_HEARD");
    var events = fleet.view(NOON).events();
    assertThat(events.get(0).text()).isEqualTo("BABEL_SILENT cleared after 42 s");
    assertThat(events.get(1).text()).startsWith("BABEL_SILENT, ours: babeld (pid 812) is stopped");
    assertThat(events.get(1).at()).isEqualTo(noonPlus(30));
  }

  @Test
  void a_fault_that_is_silenced_or_can_no_longer_be_judged_is_not_called_cleared() {
    hear("n2", 0, 1, fault("NO_ROUTES"));
    hear("n2", 5, 2, babelSilent(Duration.ofSeconds(1)));
    hear("n2", 10, 3, unsure("BABEL_SILENT", "no reading"));
    assertThat(MadeUp.events(fleet, NOON))
        .containsExactly(
            "n2 FAULT_UNKNOWN",
            "n2 FAULT_SILENCED",
            "n2 FAULT_RAISED",
            "n2 FAULT_RAISED",
            "n2 FIRST_HEARD");
  }

  @Test
  void a_list_of_faults_with_holes_clears_nothing() {
    hear("n2", 0, 1, fault("NO_ROUTES"));
    hear("n2", 5, 2, json -> json.addProperty("faults", "none"));
    hear("n2", 6, 3, json -> json.remove("faults"));
    hear("n2", 7, 4, json -> json.addProperty("state", "starting"));
    assertThat(MadeUp.events(fleet, NOON)).containsExactly("n2 FAULT_RAISED", "n2 FIRST_HEARD");
    hear("n2", 8, 5, json -> {});
    assertThat(fleet.view(NOON).events().get(0).text()).isEqualTo("NO_ROUTES cleared after 8 s");
  }

  @Test
  void a_restart_is_seen_by_the_boot_and_its_sequence_begins_anew() {
    hear("n1", 0, 40, json -> {});
    hear("n1", 5, 1, boot("1f0c2a7e.4"));
    assertThat(MadeUp.events(fleet, NOON)).containsExactly("n1 RESTARTED", "n1 FIRST_HEARD");
    var node = fleet.view(noonPlus(5)).node("n1").orElseThrow();
    assertThat(node.restartsCount()).isEqualTo(1);
    assertThat(node.report().orElseThrow().receivedAt()).isEqualTo(noonPlus(5));
  }

  @Test
  void repeats_are_dropped_and_what_comes_behind_something_newer_changes_nothing_of_the_present() {
    hear("n1", 0, 5, json -> {});
    hear("n1", 1, 5, json -> {});
    hear("n1", 2, 4, babelSilent(Duration.ofSeconds(2)));
    hear("n1", 3, 1, boot("1f0c2a7e.4"));
    hear("n1", 4, 6, json -> {});
    var view = fleet.view(noonPlus(10));
    assertThat(view.repeatsCount()).isEqualTo(1);
    assertThat(view.afterwardsCount()).isEqualTo(2);
    assertThat(view.node("n1").orElseThrow().report().orElseThrow().receivedAt())
        .isEqualTo(noonPlus(3));
    assertThat(MadeUp.events(fleet, NOON)).containsExactly("n1 RESTARTED", "n1 FIRST_HEARD");
  }

  @Test
  void a_node_is_late_after_ninety_seconds_and_its_links_are_then_unknown() {
    hearAllHealthy(fleet, plan, NOON, 1);
    for (var node : new String[] {"n1", "n2", "n4"}) {
      hear(node, 60, 2, json -> {});
    }
    assertThat(fleet.view(noonPlus(90)).sentence()).isEqualTo("All 4 nodes healthy.");
    var view = fleet.view(noonPlus(91));
    assertThat(view.sentence()).isEqualTo("1 of 4 nodes late: n3, last heard 1 min 31 s ago.");
    assertThat(view.links())
        .extracting(link -> link.state())
        .containsExactly(LinkState.GOOD, LinkState.UNKNOWN, LinkState.GOOD, LinkState.UNKNOWN);
    hear("n3", 100, 2, json -> {});
    assertThat(fleet.view(noonPlus(100)).events().get(0).text())
        .isEqualTo("Heard again after 1 min 40 s");
  }

  @Test
  void a_late_node_s_fault_does_not_go_on_lasting() {
    hear("n2", 0, 1, babelSilent(Duration.ofSeconds(12)));
    assertThat(
            fleet.view(noonPlus(200)).node("n2").orElseThrow().faults().get(0).lasting())
        .hasValue(Duration.ofSeconds(12));
  }

  @Test
  void a_link_is_broken_when_one_end_has_no_usable_neighbour() {
    hearAllHealthy(fleet, plan, NOON, 1);
    hear("n1", 1, 2, cost("to2", 65_535));
    hear("n3", 1, 2, cost("to4", 288));
    var view = fleet.view(noonPlus(2));
    assertThat(view.links())
        .extracting(link -> link.state())
        .containsExactly(LinkState.BROKEN, LinkState.GOOD, LinkState.GOOD, LinkState.GOOD);
    assertThat(view.links().get(3).one().cost()).hasValue(288);
    assertThat(view.links().get(3).other().cost()).hasValue(96);
    assertThat(view.node("n1").orElseThrow().neighboursCount()).hasValue(1);
    assertThat(view.sentence())
        .isEqualTo("All 4 nodes healthy. Link n1–n2 has no usable neighbour.");
  }

  @Test
  void fields_of_the_wrong_type_are_left_out_and_named() {
    hear("n1", 0, 1, json -> {
      json.addProperty("uptime_seconds", "long");
      json.add("memory", new JsonArray());
      json.remove("boot_id");
      json.addProperty("schema_version", 2);
      json.addProperty("from_the_future", true);
    });
    var node = fleet.view(NOON).node("n1").orElseThrow();
    assertThat(node.state()).isEqualTo(NodeState.HEALTHY);
    assertThat(node.report().orElseThrow().snapshot().oddities())
        .containsExactlyInAnyOrder(
            "uptime_seconds is a text, not a number",
            "memory is a list, not an object",
            "boot_id is missing",
            "schema_version is 2, this console knows 1");
  }

  @Test
  void messages_that_do_not_parse_are_counted_and_the_first_is_kept() {
    fleet.hear(NOON, topic("n1"), bytes("{\"node\":\"n1\",\u001b[2J"));
    fleet.hear(noonPlus(1), topic("n1"), bytes("[1]"));
    fleet.hear(noonPlus(2), topic("../n1"), bytes("{}"));
    fleet.hear(noonPlus(3), "village/n1/KEDGE-V1/other", bytes("no snapshot"));
    var view = fleet.view(noonPlus(4));
    assertThat(view.damagedCount()).isEqualTo(3);
    var first = view.damagedFirst().orElseThrow();
    assertThat(first.topic()).isEqualTo(topic("n1"));
    assertThat(first.receivedAt()).isEqualTo(NOON);
    assertThat(first.excerpt()).isEqualTo("{\"node\":\"n1\", [2J");
    assertThat(first.why()).startsWith("no JSON: ");
    assertThat(view.node("n1").orElseThrow().state()).isEqualTo(NodeState.WAITING);
  }

  @Test
  void a_message_under_another_node_s_topic_counts_for_the_topic() {
    fleet.hear(NOON, topic("n1"), bytes(healthy(plan, "n2", 1)));
    var view = fleet.view(NOON);
    assertThat(view.node("n2").orElseThrow().state()).isEqualTo(NodeState.WAITING);
    assertThat(view.node("n1").orElseThrow().report().orElseThrow().snapshot().oddities())
        .containsExactly("node says 'n2', the topic names another");
  }

  @Test
  void nodes_outside_the_plan_are_shown_but_not_without_end() {
    for (int i = 0; i < 100; i++) {
      fleet.hear(NOON, topic("stranger" + i), bytes(healthy(plan, "stranger" + i, 1)));
    }
    hearAllHealthy(fleet, plan, NOON, 1);
    var view = fleet.view(NOON);
    assertThat(view.nodes()).extracting(node -> node.name()).hasSize(54);
    assertThat(view.nodes(NodeState.WAITING)).isEmpty();
    assertThat(view.damagedCount()).isEqualTo(50);
  }

  @Test
  void events_are_bounded_and_numbered_on() {
    for (int i = 1; i <= 150; i++) {
      hear("n1", i, 2L * i, fault("NO_ROUTES"));
      hear("n1", i, 2L * i + 1, json -> {});
    }
    var events = fleet.view(NOON).events();
    assertThat(events).hasSize(FleetState.EVENTS_LIMIT);
    assertThat(events.get(0).number()).isEqualTo(301);
  }

  @Test
  void the_journals_of_all_nodes_stand_together_newest_first() {
    hear("n1", 10, 1, told(4, noonPlus(2), "found", "found BABEL_DEAD"));
    hear(
        "n2",
        11,
        1,
        told(9, noonPlus(1), "rest", "rests").andThen(told(10, noonPlus(11), "x", "looks again")));
    assertThat(journal())
        .containsExactly("n2 10 looks again", "n1 4 found BABEL_DEAD", "n2 9 rests");
    assertThat(fleet.view(NOON).journal().get(0).at()).isEqualTo(noonPlus(11));
  }

  @Test
  void a_line_of_a_journal_is_told_once_however_often_messages_repeat_it() {
    var two = told(1, NOON, "found", "found").andThen(told(2, NOON, "ordered", "orders"));
    hear("n1", 1, 1, two);
    hear("n1", 2, 2, two);
    hear("n1", 3, 3, two.andThen(told(3, noonPlus(3), "helped", "helped")));
    hear("n1", 4, 4, json -> {});
    hear("n1", 5, 5, two);
    assertThat(journal()).containsExactly("n1 3 helped", "n1 2 orders", "n1 1 found");
  }

  @Test
  void
      a_journal_goes_on_over_a_restart_and_a_number_that_comes_again_with_another_time_is_another_line() {
    hear("n1", 1, 40, told(7, NOON, "ordered", "orders reboot-node"));
    hear("n1", 2, 1, boot("b.2").andThen(told(7, NOON, "ordered", "orders reboot-node")));
    hear("n1", 3, 2, boot("b.2").andThen(told(8, noonPlus(3), "boot", "booted")));
    hear(
        "n1",
        4,
        3,
        boot("b.2").andThen(told(8, noonPlus(4), "found", "under a number that was lost")));
    hear("n1", 5, 1, boot("b.3"));
    hear("n1", 6, 2, boot("b.3").andThen(told(1, noonPlus(6), "boot", "first of an empty flash")));
    assertThat(journal())
        .containsExactly(
            "n1 1 first of an empty flash",
            "n1 8 under a number that was lost",
            "n1 8 booted",
            "n1 7 orders reboot-node");
  }

  @Test
  void the_time_of_a_line_is_that_of_its_receipt_where_the_node_s_clock_cannot_be_right() {
    hear("n1", 1, 1, told(1, Instant.parse("9999-01-01T00:00:00Z"), "found", "in the future"));
    hear(
        "n2",
        2,
        1,
        told(1, Instant.EPOCH, "boot", "in 1970").andThen(json -> json.remove("clock")));
    hear(
        "n3",
        3,
        1,
        told(1, NOON, "boot", "no time")
            .andThen(json -> journalOf(json).get(0).getAsJsonObject().addProperty("at", "noon")));
    assertThat(fleet.view(NOON).journal())
        .extracting(entry -> entry.at())
        .containsExactly(noonPlus(3), noonPlus(2), noonPlus(1));
  }

  @Test
  void the_journal_is_bounded_and_no_message_brings_more_than_its_end() {
    hear("n1", 0, 1, json -> {
      for (int number = 1; number <= 500; number++) {
        told(number, NOON, "found", "line").accept(json);
      }
    });
    assertThat(journal()).hasSize(20).startsWith("n1 500 line").endsWith("n1 481 line");
    for (int i = 1; i <= 300; i++) {
      hear("n2", i, i, told(i, noonPlus(i), "found", "line"));
    }
    assertThat(journal()).hasSize(FleetState.JOURNAL_LIMIT).startsWith("n2 300 line");
    assertThat(fleet.view(NOON).journal().get(0).number()).isEqualTo(320);
  }

  @Test
  void a_remedy_under_way_lasts_until_now_and_is_told_after_the_faults() {
    hearAllHealthy(fleet, plan, NOON, 1);
    hear(
        "n2",
        0,
        2,
        babelSilent(Duration.ofSeconds(12)).andThen(remedy("restart-babeld", "acting", 1.5)));
    var view = fleet.view(noonPlus(3));
    assertThat(view.node("n2").orElseThrow().remedy().orElseThrow().lasting())
        .hasValue(Duration.ofMillis(4_500));
    assertThat(view.sentence())
        .startsWith("1 of 4 nodes faulty: n2 BABEL_SILENT, ours, for 15 s."
            + " Remedy under way: n2 restart-babeld for BABEL_SILENT, rung 2 of 4. Links ");
    assertThat(view.node("n2").orElseThrow().sentence())
        .endsWith(" Remedy under way: restart-babeld for BABEL_SILENT, rung 2 of 4.");
    hear("n2", 4, 3, remedy("restart-babeld", "settling", 5));
    hear("n3", 4, 2, remedy("restart-babeld", "acting", 0).andThen(json -> {
      var remedy = json.getAsJsonObject("care").getAsJsonObject("remedy");
      List.of("fault", "rung", "rungs", "stage").forEach(remedy::remove);
      remedy.addProperty("try", 2);
    }));
    assertThat(fleet.view(noonPlus(5)).sentence())
        .isEqualTo(
            "All 4 nodes healthy. Remedies under way: n2 restart-babeld for BABEL_SILENT, rung 2 of 4, settling;"
                + " n3 restart-babeld, try 2.");
    assertThat(fleet.view(noonPlus(100)).node("n2").orElseThrow().remedy()).isEmpty();
    assertThat(fleet.view(noonPlus(100)).sentence()).doesNotContain("under way");
  }

  @Test
  void a_pause_ends_by_itself() {
    hearAllHealthy(fleet, plan, NOON, 1);
    hear("n3", 0, 2, paused(60, "new antenna"));
    assertThat(fleet.view(noonPlus(40)).sentence())
        .isEqualTo("All 4 nodes healthy. Remedies are paused on n3.");
    assertThat(fleet.view(noonPlus(40)).node("n3").orElseThrow().sentence())
        .isEqualTo("n3 is healthy. Its remedies are paused for 20 s.");
    assertThat(fleet.view(noonPlus(60)).sentence()).isEqualTo("All 4 nodes healthy.");
  }

  @Test
  void what_care_says_in_the_wrong_type_is_left_out_and_named_and_the_rest_is_shown() {
    hear(
        "n1",
        0,
        1,
        remedy("restart-babeld", "acting", 1)
            .andThen(told(1, NOON, "found", "found"))
            .andThen(json -> {
              var care = json.getAsJsonObject("care");
              care.addProperty("climbs", "none");
              care.getAsJsonObject("remedy").addProperty("rung", "two");
              care.getAsJsonArray("budgets").add("many");
              var nameless = new JsonObject();
              nameless.addProperty("words", "no number");
              journalOf(json).add(nameless);
              var wordless = new JsonObject();
              wordless.addProperty("number", 2);
              journalOf(json).add(wordless);
              journalOf(json).add(7);
            }));
    var node = fleet.view(NOON).node("n1").orElseThrow();
    assertThat(node.report().orElseThrow().snapshot().oddities())
        .containsExactlyInAnyOrder(
            "care.climbs is a text, not a list",
            "care.remedy.rung is a text, not a number",
            "care.budgets[3] is a text, not an object",
            "care.journal[3] is a number, not an object");
    assertThat(node.remedy().orElseThrow().rung()).isEmpty();
    assertThat(journal()).containsExactly("n1 1 found");
    hear("n1", 1, 2, json -> json.addProperty("care", 7));
    assertThat(fleet.view(noonPlus(1)).node("n1").orElseThrow().remedy()).isEmpty();
  }

  @Test
  void a_lost_broker_is_told_before_all_else() {
    hearAllHealthy(fleet, plan, NOON, 1);
    fleet.loseBroker(noonPlus(10), "connection refused");
    assertThat(fleet.view(noonPlus(50)).sentence())
        .startsWith("The console has had no connection to the broker for 40 s;");
    fleet.findBroker();
    assertThat(fleet.view(noonPlus(51)).sentence()).isEqualTo("All 4 nodes healthy.");
  }

  @Test
  void a_deeply_nested_message_and_a_huge_one_do_no_harm() {
    fleet.hear(NOON, topic("n1"), bytes("{\"a\":" + "[".repeat(200_000)));
    fleet.hear(
        NOON, topic("n1"), bytes("{\"faults\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}"));
    fleet.hear(NOON, topic("n1"), new byte[1_000_000]);
    assertThat(fleet.view(NOON).damagedCount()).isEqualTo(2);
    assertThat(fleet.view(NOON).node("n1").orElseThrow().state()).isEqualTo(NodeState.UNSURE);
  }

  @Test
  void no_damage_to_a_message_breaks_the_console() {
    for (long seed = 0; seed < 3_000; seed++) {
      var random = new Random(seed);
      var payload = bytes(with(
          healthy(plan, "n1", seed),
          babelSilent(Duration.ofSeconds(seed))
              .andThen(remedy("restart-babeld", "acting", 1))
              .andThen(told(seed + 1, noonPlus(seed), "found", "found BABEL_SILENT"))));
      damage(payload, random);
      fleet.hear(noonPlus(seed), topic("n1"), payload);
      var view = fleet.view(noonPlus(seed + random.nextInt(200)));
      assertThat(FleetJson.of(view).toString()).as("seed %d", seed).doesNotContain("\u001b");
      assertThat(ConsoleTable.live(80).lines(view))
          .as("seed %d", seed)
          .allMatch(line -> line.length() <= 80);
    }
  }

  // Half of the time bytes, half of the time a value of another type in the place of one that was
  // right.
  private static void damage(byte[] payload, Random random) {
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(payload.length);
      if (random.nextBoolean()) {
        payload[at] = (byte) random.nextInt();
      } else {
        while (at < payload.length && payload[at] != ':') {
          at++;
        }
        if (at + 1 < payload.length && Character.isDigit(payload[at + 1])) {
          payload[at + 1] = '-';
        } else if (at + 4 < payload.length && payload[at + 1] == '"') {
          payload[at + 1] = '9';
          payload[at + 2] = 'e';
          payload[at + 3] = '9';
        }
      }
    }
  }

  private void hear(String node, long second, long sequence, Consumer<JsonObject> change) {
    Instant at = noonPlus(second);
    fleet.hear(
        at, topic(node), bytes(with(healthy(plan, node, sequence), up(second).andThen(change))));
  }

  private List<String> journal() {
    return fleet.view(NOON).journal().stream()
        .map(entry ->
            entry.node() + " " + entry.line().number() + " " + entry.line().words())
        .toList();
  }

  private static JsonArray journalOf(JsonObject json) {
    return json.getAsJsonObject("care").getAsJsonArray("journal");
  }

  private static Consumer<JsonObject> fault(String kind) {
    return json -> {
      json.addProperty("state", "faulty");
      var fault = new JsonObject();
      fault.addProperty("kind", kind);
      json.getAsJsonArray("faults").add(fault);
    };
  }
}
