package org.kedge.telemetry.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kedge.base.api.Figures;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.Start;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;
import org.kedge.sim.schema.MessageCheck;
import org.kedge.telemetry.internal.json.Json;

/** Events and states are what their schemas say. */
class EventSchemaTest {
  private static final MessageCheck CHECK = MessageCheck.ofThisBuild();
  private static final Uptime NOW = Uptime.of(Duration.ofSeconds(500));
  private static final Path NOWHERE = Path.of("/nowhere");
  private static final Node NODE =
      new Node(new NodeId("roof-7"), "0c1f.3", "0c1f-kernel", NOWHERE, new FolderFlash(NOWHERE));
  private static final Snapshot.Stamp STAMP = new Snapshot.Stamp(
      NODE,
      42,
      Instant.parse("2026-11-22T12:00:00Z"),
      NOW,
      Uptime.of(Duration.ofSeconds(40)),
      new Snapshot.Versions("0.1.0", "17.0.9", "6.1.0"));
  private static final FaultKind SILENT = new FaultKind(
      "BABEL_SILENT",
      Layer.BABEL,
      Duration.ZERO,
      Duration.ofSeconds(15),
      Set.of(),
      false,
      "Look at babeld's log.");
  private static final CareReport FAULTY = new CareReport(
      NOW, List.of(new Fault(SILENT, Blame.OURS, NOW, "no answer")), List.of(), List.of());

  @ParameterizedTest
  @EnumSource
  void every_topic_of_cares_journal_has_its_event_in_the_schema(Topic topic) {
    var entry = entry(topic, Optional.of("BABEL_SILENT"), Optional.of("restart-babeld"));
    assertThat(problems("event", Event.of(STAMP, entry, Optional.of(FAULTY), Optional.empty())))
        .isEmpty();
    assertThat(problems("event", Event.of(STAMP, entry, Optional.empty(), Optional.empty())))
        .isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"BOOT", "LADDER", "PAUSE"})
  void what_is_about_no_fault_and_no_remedy_names_none(Topic topic) {
    var event = Event.of(
        STAMP,
        entry(topic, Optional.empty(), Optional.empty()),
        Optional.of(FAULTY),
        Optional.of(new Start(Start.Cause.POWER, "nothing stopped Kedge", 1, false)));
    assertThat(problems("event", event)).isEmpty();
    assertThat(event.values()).doesNotContainKeys("fault", "remedy");
  }

  @Test
  void settings_that_changed_or_were_refused_are_told_as_the_schema_says() {
    var words = List.of("interfaces: 'wg1' instead of ''");
    assertThat(problems("event", Event.of(STAMP, item(words, false)))).isEmpty();
    assertThat(problems("event", Event.of(STAMP, item(words, true)))).isEmpty();
  }

  @Test
  void every_state_is_told_as_the_schema_says() {
    assertThat(problems("state", State.connected(NODE, List.of()))).isEmpty();
    assertThat(problems("state", State.connected(NODE, List.of("flash cannot be written"))))
        .isEmpty();
    assertThat(problems("state", State.offline(NODE))).isEmpty();
  }

  private static SettingsNews.Item item(List<String> words, boolean isRefused) {
    return new SettingsNews.Item(1, "org.kedge.babel", isRefused, words);
  }

  private static CareJournal.Entry entry(
      Topic topic, Optional<String> fault, Optional<String> remedy) {
    return new CareJournal.Entry(
        12, Instant.parse("2026-11-22T11:59:59.5Z"), topic, fault, remedy, "it happened");
  }

  private static List<String> problems(String subject, Figures figures) {
    return CHECK.problems(subject, new String(Json.of(figures), StandardCharsets.UTF_8));
  }
}
