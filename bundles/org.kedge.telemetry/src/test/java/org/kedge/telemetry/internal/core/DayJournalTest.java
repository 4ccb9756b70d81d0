package org.kedge.telemetry.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.kedge.care.api.CareJournal;

class DayJournalTest {
  private static final Instant NOON = Instant.parse("2027-03-14T12:00:00Z");

  private final DayJournal day = new DayJournal();

  @Test
  void entries_that_care_has_dropped_since_are_still_there_and_none_twice() {
    day.note(new CareJournal(0, List.of(entry(1, NOON), entry(2, NOON), entry(3, NOON))));
    day.note(new CareJournal(0, List.of(entry(3, NOON), entry(4, NOON))));
    assertThat(day.entries(NOON))
        .extracting(CareJournal.Entry::number)
        .containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void what_is_older_than_a_day_is_not_told() {
    day.note(new CareJournal(
        0,
        List.of(
            entry(1, NOON.minusSeconds(86_401)),
            entry(2, NOON.minusSeconds(86_399)),
            entry(3, NOON.plusSeconds(60)))));
    assertThat(day.entries(NOON)).extracting(CareJournal.Entry::number).containsExactly(2L, 3L);
  }

  @Test
  void of_too_many_the_latest_stay() {
    for (var first = 1L; first < 1_000; first += 50) {
      day.note(new CareJournal(
          0,
          LongStream.range(first, first + 50)
              .mapToObj(number -> entry(number, NOON))
              .toList()));
    }
    assertThat(day.entries(NOON))
        .hasSize(DayJournal.ENTRIES)
        .last()
        .extracting(CareJournal.Entry::number)
        .isEqualTo(1_000L);
  }

  private static CareJournal.Entry entry(long number, Instant at) {
    return new CareJournal.Entry(
        number, at, CareJournal.Topic.FOUND, Optional.of("BABEL_DEAD"), Optional.empty(), "found");
  }
}
