package org.kedge.telemetry.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kedge.base.api.Node;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.Start;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;

class EventTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");
  private static final Snapshot.Stamp STAMP = new Snapshot.Stamp(
      new Node(new NodeId("roof-7"), "0c1f.3", "0c1f", Path.of("/data"), new SimulatedFlash()),
      17,
      AT.plusSeconds(9),
      new Uptime(90_000_000_000L),
      new Uptime(0),
      new Snapshot.Versions("0.1.0", "17", "6.1"));

  @Test
  void a_fault_that_stands_is_told_with_its_evidence_and_what_to_do() {
    var kind = new FaultKind(
        "BABEL_DEAD",
        Layer.BABEL,
        Duration.ZERO,
        Duration.ofSeconds(15),
        Set.of(),
        false,
        "Start babeld.");
    var report = new CareReport(
        new Uptime(1),
        List.of(new Fault(kind, Blame.OURS, new Uptime(0), "nobody answers")),
        List.of(),
        List.of());
    var event = Event.of(
        STAMP,
        entry(4, Topic.FOUND, kind.name(), "", "it is dead"),
        Optional.of(report),
        Optional.empty());
    assertThat(event.values())
        .containsEntry("schema", "kedge-event")
        .containsEntry("schema_version", 1L)
        .containsEntry("node", "roof-7")
        .containsEntry("boot_id", "0c1f.3")
        .containsEntry("kernel_boot_id", "0c1f")
        .containsEntry("sequence", 17L)
        .containsEntry("at", AT.toString())
        .containsEntry("uptime_seconds", 90.0)
        .containsEntry("event", "fault-raised")
        .containsEntry("journal", 4L)
        .containsEntry("fault", kind.name())
        .containsEntry("blame", "ours")
        .containsEntry("evidence", "nobody answers")
        .containsEntry("advice", kind.advice())
        .containsEntry("words", "it is dead");
  }

  @Test
  void a_fault_that_is_over_meanwhile_is_told_without_what_is_not_known_any_more() {
    var event = Event.of(
        STAMP,
        entry(4, Topic.FOUND, "GONE", "", "it was dead"),
        Optional.empty(),
        Optional.empty());
    assertThat(event.values())
        .containsEntry("fault", "GONE")
        .doesNotContainKeys("evidence", "advice", "remedy", "cause");
  }

  @Test
  void a_boot_names_its_cause_where_a_remedy_was_it() {
    assertThat(Event.of(
                STAMP, entry(1, Topic.BOOT, "", "", "booted"), Optional.empty(), Optional.empty())
            .values())
        .containsEntry("event", "boot")
        .containsEntry("cause", "unknown");
    assertThat(Event.of(
                STAMP,
                entry(1, Topic.BOOT, "DEAD", "reboot-node", "booted"),
                Optional.empty(),
                Optional.empty())
            .values())
        .containsEntry("cause", "remedy")
        .containsEntry("remedy", "reboot-node");
  }

  @Test
  void a_boot_names_the_cause_that_the_start_is_known_to_have() {
    var start = new Start(Start.Cause.WATCHDOG, "the timer says it reset the node", 2, false);
    assertThat(Event.of(
                STAMP,
                entry(1, Topic.BOOT, "DEAD", "reopen-babel-socket", "booted"),
                Optional.empty(),
                Optional.of(start))
            .values())
        .containsEntry("cause", "watchdog")
        .containsEntry("evidence", "the timer says it reset the node");
  }

  @ParameterizedTest
  @EnumSource(Topic.class)
  void every_topic_of_the_journal_has_a_name(Topic topic) {
    assertThat(Event.of(STAMP, entry(1, topic, "", "", "words"), Optional.empty(), Optional.empty())
            .values())
        .hasEntrySatisfying("event", name -> assertThat((String) name).matches("[a-z-]+"));
  }

  @Test
  void settings_are_told_with_their_component() {
    var changed = new SettingsNews.Item(
        1, "org.kedge.care", false, List.of("pause.minutes is '5', was '0'", "ladder is ''"));
    assertThat(Event.of(STAMP, changed).values())
        .containsEntry("event", "settings-changed")
        .containsEntry("component", "org.kedge.care")
        .containsEntry("words", "pause.minutes is '5', was '0'; ladder is ''")
        .containsEntry("at", AT.plusSeconds(9).toString())
        .doesNotContainKey("journal");
    assertThat(
            Event.of(STAMP, new SettingsNews.Item(2, "x", true, List.of("bad"))).values())
        .containsEntry("event", "settings-refused");
  }

  @Test
  void each_entry_of_the_journal_is_told_once() {
    var journal = journal(2, 1, 2, 3, 4);
    assertThat(untold(journal, Told.NOTHING)).containsExactly(1L, 2L, 3L, 4L);
    assertThat(untold(journal, new Told("this", 3))).containsExactly(4L);
    assertThat(untold(journal, new Told("this", 4))).isEmpty();
  }

  @Test
  void what_an_earlier_run_wrote_but_did_not_tell_is_told_by_this_one() {
    assertThat(untold(journal(3, 1, 2, 3, 4), new Told("earlier", 1))).containsExactly(2L, 3L, 4L);
  }

  @Test
  void a_number_that_a_killed_run_told_and_lost_is_not_taken_for_told_when_it_comes_again() {
    // The run before told up to 7, but only 5 of them had reached flash.
    assertThat(untold(journal(5, 4, 5, 6), new Told("earlier", 7))).containsExactly(6L);
  }

  private static List<Long> untold(CareJournal journal, Told told) {
    return Event.untold(journal, told, "this").stream()
        .map(CareJournal.Entry::number)
        .toList();
  }

  private static CareJournal journal(long before, long... numbers) {
    return new CareJournal(
        before,
        Arrays.stream(numbers)
            .mapToObj(number -> entry(number, Topic.HELD, "", "", "words"))
            .toList());
  }

  private static CareJournal.Entry entry(
      long number, Topic topic, String fault, String remedy, String words) {
    return new CareJournal.Entry(number, AT, topic, given(fault), given(remedy), words);
  }

  private static Optional<String> given(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
