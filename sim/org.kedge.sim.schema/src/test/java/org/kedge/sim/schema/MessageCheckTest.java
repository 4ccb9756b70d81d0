package org.kedge.sim.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Figures;

/** The check finds what is wrong, and nothing else. */
class MessageCheckTest {
  private static final String SNAPSHOT = """
      {"schema":"kedge-snapshot","schema_version":1,"node":"roof-7","boot_id":"0c1f.3","kernel_boot_id":"0c1f",
       "sequence":7,"at":"2026-11-22T12:00:00.250Z","uptime_seconds":500.0,"runtime_uptime_seconds":460.5,
       "state":"healthy","versions":{"kedge":"0.1.0","java":"17","kernel":"6.1"}}
      """;
  private static final String RAISED = """
      {"schema":"kedge-event","schema_version":1,"node":"roof-7","boot_id":"0c1f.3","kernel_boot_id":"0c1f",
       "sequence":8,"at":"2026-11-22T12:00:00Z","uptime_seconds":501.5,"event":"fault-raised","journal":12,
       "fault":"BABEL_SILENT","layer":"babel","blame":"ours","evidence":"no answer for 31 s",
       "advice":"Look at babeld's log.","words":"BABEL_SILENT: no answer for 31 s"}
      """;
  private static final String CHANGED = """
      {"schema":"kedge-event","schema_version":1,"node":"roof-7","boot_id":"0c1f.3","kernel_boot_id":"0c1f",
       "sequence":9,"at":"2026-11-22T12:00:00Z","uptime_seconds":501.5,"event":"settings-changed",
       "component":"org.kedge.babel","words":"Settings of org.kedge.babel changed"}
      """;
  private static final String ONLINE = """
      {"schema":"kedge-state","schema_version":1,"node":"roof-7","boot_id":"0c1f.3","state":"online"}
      """;

  private final MessageCheck check = MessageCheck.ofThisBuild();

  @Test
  void good_messages_have_no_problems() {
    assertThat(check.problems("snapshot", SNAPSHOT)).isEmpty();
    assertThat(check.problems("kedge/roof-7/KEDGE-V1/event", RAISED)).isEmpty();
    assertThat(check.problems("event", CHANGED)).isEmpty();
    assertThat(check.problems("state", ONLINE)).isEmpty();
    assertThat(check.problems(
            "state", ONLINE.replace("\"online\"", "\"reduced\",\"why\":[\"no flash\"]")))
        .isEmpty();
  }

  @Test
  void a_field_that_nobody_described_is_found_at_the_top_and_further_down() {
    assertThat(check.problems("snapshot", SNAPSHOT.replace("\"state\"", "\"mood\":1,\"state\"")))
        .singleElement()
        .asString()
        .contains("mood");
    assertThat(check.problems("snapshot", SNAPSHOT.replace("\"java\"", "\"rust\":\"1\",\"java\"")))
        .singleElement()
        .asString()
        .contains("/versions", "rust");
    var silent = Figures.builder().text("kind", "BABEL_SILENT").text("why", "stale");
    var unknown = Figures.builder()
        .list("unknown", List.of(silent.flag("loud", false).build()))
        .build();
    assertThat(check.problems("", unknown))
        .singleElement()
        .asString()
        .contains("/unknown/0", "loud");
  }

  @Test
  void a_field_that_is_missing_of_another_type_or_beyond_its_values_is_found() {
    assertThat(problem(SNAPSHOT.replace("\"node\":\"roof-7\",", ""))).contains("node");
    assertThat(problem(SNAPSHOT.replace("500.0", "\"500\""))).contains("uptime_seconds");
    assertThat(problem(SNAPSHOT.replace("\"sequence\":7", "\"sequence\":7.5")))
        .contains("sequence");
    assertThat(problem(SNAPSHOT.replace("healthy", "splendid"))).contains("state");
    assertThat(problem(SNAPSHOT.replace("2026-11-22T12", "2026-11-22 noon"))).contains("/at");
    assertThat(check.problems("snapshot", RAISED)).isNotEmpty();
  }

  @Test
  void an_event_has_what_its_kind_asks_for() {
    assertThat(event(RAISED.replace("\"journal\":12,", ""))).contains("journal");
    assertThat(event(RAISED.replace("\"fault\":\"BABEL_SILENT\",", ""))).contains("fault");
    assertThat(event(RAISED.replace("fault-raised", "remedy-done"))).contains("remedy");
    assertThat(event(RAISED.replace("fault-raised", "boot"))).contains("cause");
    assertThat(event(CHANGED.replace("\"component\":\"org.kedge.babel\",", "")))
        .contains("component");
    assertThat(check.problems("state", ONLINE.replace("online", "reduced")))
        .singleElement()
        .asString()
        .contains("why");
  }

  @Test
  void what_is_no_json_or_of_no_known_subject_is_a_problem_and_no_exception() {
    assertThat(check.problems("snapshot", "{\"schema\":")).isNotEmpty();
    assertThat(check.problems("snapshot", "")).isNotEmpty();
    assertThat(check.problems("kedge/roof-7/KEDGE-V1/gossip", "{}"))
        .singleElement()
        .asString()
        .contains("gossip", "snapshot");
  }

  @Test
  void a_section_is_checked_alone_and_says_what_nobody_has_made() {
    var clock =
        Figures.builder().flag("trusted", true).text("evidence", "plausible").build();
    assertThat(check.problems("clock", clock)).isEmpty();
    assertThat(check.missing("clock", List.of(clock))).isEmpty();
    assertThat(check.problems("clock", Figures.builder().build())).hasSize(2);
    assertThat(check.missing("flash", List.of(Figures.builder().count("free", 1).build())))
        .containsExactly("free_bytes", "total_bytes", "unseen");
    assertThatThrownBy(() -> check.problems("weather", clock)).hasMessageContaining("weather");
  }

  private String problem(String snapshot) {
    return String.join("\n", check.problems("snapshot", snapshot));
  }

  private String event(String event) {
    return String.join("\n", check.problems("event", event));
  }
}
