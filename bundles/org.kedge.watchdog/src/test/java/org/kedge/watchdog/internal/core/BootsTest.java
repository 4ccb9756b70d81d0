package org.kedge.watchdog.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kedge.base.api.Start.Cause;
import org.kedge.base.api.Uptime;
import org.kedge.watchdog.internal.core.Boots.Clues;
import org.kedge.watchdog.internal.core.Boots.End;

class BootsTest {
  private static final Optional<Boolean> MUTE = Optional.empty();
  private static final Optional<Boolean> ACTED = Optional.of(true);
  private static final Optional<Boolean> DID_NOT = Optional.of(false);

  private int runs;

  static Stream<Arguments> ends() {
    return Stream.of(
        // end of the run before, guarded, kernel booted, what the timer says, remedy under way
        Arguments.of(End.STOPPED, true, false, MUTE, "", Cause.PLANNED),
        Arguments.of(End.STOPPED, true, true, DID_NOT, "", Cause.PLANNED),
        Arguments.of(End.STOPPED, false, true, MUTE, "", Cause.PLANNED),
        Arguments.of(End.OPEN, true, false, MUTE, "", Cause.UNKNOWN),
        Arguments.of(End.OPEN, true, false, ACTED, "", Cause.UNKNOWN),
        Arguments.of(End.OPEN, true, true, ACTED, "", Cause.WATCHDOG),
        Arguments.of(End.OPEN, true, true, DID_NOT, "", Cause.POWER),
        Arguments.of(End.OPEN, true, true, MUTE, "", Cause.UNKNOWN),
        Arguments.of(End.OPEN, false, true, MUTE, "", Cause.POWER),
        Arguments.of(End.UNPETTED, true, true, MUTE, "", Cause.WATCHDOG),
        Arguments.of(End.UNPETTED, true, true, DID_NOT, "", Cause.POWER),
        Arguments.of(End.UNPETTED, true, false, MUTE, "", Cause.WATCHDOG),
        Arguments.of(End.STOPPED, true, true, ACTED, "", Cause.WATCHDOG),
        Arguments.of(End.STOPPED, true, true, DID_NOT, "reboot-node", Cause.REMEDY),
        Arguments.of(End.OPEN, true, true, ACTED, "let-timer-bite", Cause.REMEDY),
        Arguments.of(End.UNPETTED, true, true, MUTE, "let-timer-bite", Cause.REMEDY),
        Arguments.of(End.OPEN, true, false, MUTE, "restart-runtime", Cause.REMEDY),
        // Of a reboot nothing came, or of a restart: something else was the end.
        Arguments.of(End.STOPPED, true, false, MUTE, "reboot-node", Cause.PLANNED),
        Arguments.of(End.OPEN, true, true, DID_NOT, "restart-runtime", Cause.POWER),
        // A milder remedy that was under way did not end anything.
        Arguments.of(End.OPEN, true, true, ACTED, "restart-babeld", Cause.WATCHDOG),
        Arguments.of(End.OPEN, true, true, DID_NOT, "restart-babeld", Cause.POWER));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void the_cause_of_a_start_is_told_by_what_is_known_of_the_end_before(
      End end,
      boolean isGuarded,
      boolean hasBooted,
      Optional<Boolean> hasReset,
      String remedy,
      Cause cause) {
    var before = first().guarded(isGuarded).ended(end);
    var now = Boots.begin(
        Optional.of(before),
        "",
        new Clues(
            "run-b",
            hasBooted ? "kernel-2" : before.kernelBoot(),
            hasReset,
            Optional.of(remedy).filter(name -> !name.isEmpty())));
    assertThat(now.cause()).as(now.evidence()).isEqualTo(cause);
    assertThat(now.counts().get(cause)).isEqualTo(cause == Cause.UNKNOWN ? 2 : 1);
    assertThat(now.end()).isEqualTo(End.OPEN);
    if (cause == Cause.REMEDY) {
      assertThat(now.evidence()).contains(remedy);
    }
  }

  @Test
  void the_very_first_start_and_one_whose_book_is_lost_are_unknown_and_say_so() {
    assertThat(first().evidence()).isEqualTo("Kedge runs on this node for the first time");
    var lost = Boots.begin(
        Optional.empty(),
        "the book of starts is damaged",
        new Clues("r", "k", ACTED, Optional.empty()));
    assertThat(lost.cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(lost.evidence()).isEqualTo("the book of starts is damaged");
  }

  @Test
  void the_third_start_in_a_row_that_did_not_settle_is_reduced() {
    var book = first();
    assertThat(book.start().isReduced()).isFalse();
    book = next(book, DID_NOT);
    assertThat(book.start().isReduced()).isFalse();
    book = next(book, DID_NOT);
    assertThat(book.start().unsettled()).isEqualTo(3);
    assertThat(book.start().isReduced()).isTrue();
    book = next(book, ACTED);
    assertThat(book.start().isReduced()).isTrue();
  }

  @Test
  void a_start_that_settled_or_was_stopped_by_somebody_begins_the_row_anew() {
    var third = next(next(first(), DID_NOT), DID_NOT);
    assertThat(next(third.settled(), DID_NOT).unsettled()).isEqualTo(1);
    assertThat(next(third.ended(End.STOPPED), DID_NOT).unsettled()).isEqualTo(1);
  }

  @Test
  void the_bundle_alone_being_away_is_no_start() {
    var book = next(first(), DID_NOT).settled();
    var again = Boots.begin(
        Optional.of(book.ended(End.STOPPED)),
        "",
        new Clues(book.run(), book.kernelBoot(), DID_NOT, Optional.of("restart-runtime")));
    assertThat(again).isEqualTo(book);
    assertThat(again.start().isReduced()).isFalse();
  }

  @Test
  void resets_by_the_timer_are_at_most_one_in_half_an_hour_and_four_in_a_day() {
    var book = first();
    var resets = new ArrayList<Duration>();
    var clock = Duration.ZERO;
    // Care hangs for good a minute after every start: the worst there can be.
    while (clock.compareTo(Duration.ofDays(30)) < 0) {
      var patient = Duration.ofNanos(book.patientUntil().nanos());
      var hang = Duration.ofMinutes(1);
      var run = patient.compareTo(hang) > 0 ? patient : hang;
      if (run.compareTo(Duration.ofHours(24)) >= 0) {
        book = book.lasted();
      }
      clock = clock.plus(run);
      resets.add(clock);
      book = next(book, ACTED);
    }
    for (var at : resets) {
      assertThat(resets.stream().filter(other -> within(at, other, Duration.ofMinutes(30))))
          .hasSizeLessThanOrEqualTo(1);
      assertThat(resets.stream().filter(other -> within(at, other, Duration.ofHours(24))))
          .hasSizeLessThanOrEqualTo(4);
    }
  }

  @Test
  void after_a_day_that_it_ran_the_timer_is_trusted_at_once_again() {
    var book = next(next(first(), ACTED), ACTED);
    assertThat(book.patientUntil()).isEqualTo(Uptime.of(Duration.ofHours(8)));
    assertThat(book.lasted().patientUntil()).isEqualTo(Uptime.of(Duration.ZERO));
  }

  @Test
  void what_is_written_is_read_back_whole() {
    var book = next(first(), ACTED).guarded(true).ended(End.UNPETTED);
    assertThat(Boots.parse(book.text())).hasValue(book);
  }

  @Test
  void a_text_that_lacks_or_doubles_a_line_or_is_of_another_version_is_no_book() {
    var text = first().text();
    assertThat(Boots.parse("")).isEmpty();
    assertThat(Boots.parse(text.replace("starts 1", "starts 2"))).isEmpty();
    text.lines()
        .skip(1)
        .filter(line -> !line.startsWith("guarded"))
        .forEach(line ->
            assertThat(Boots.parse(text.replace(line + "\n", ""))).as(line).isEmpty());
    assertThat(Boots.parse(text + "unsettled 7\n")).isEmpty();
    assertThat(Boots.parse(text.replace("unsettled 1", "unsettled many"))).isEmpty();
  }

  private static boolean within(Duration from, Duration other, Duration window) {
    return other.compareTo(from) >= 0 && other.compareTo(from.plus(window)) < 0;
  }

  private static Boots first() {
    return Boots.begin(
        Optional.empty(), "", new Clues("run-a", "kernel-1", DID_NOT, Optional.empty()));
  }

  private Boots next(Boots before, Optional<Boolean> hasReset) {
    runs++;
    return Boots.begin(
        Optional.of(before),
        "",
        new Clues("run-" + runs, "kernel-" + (runs + 1), hasReset, Optional.empty()));
  }
}
