package org.kedge.telemetry.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.CareJournal;
import org.kedge.telemetry.internal.core.History.Measure;
import org.kedge.telemetry.internal.core.History.Point;

class HistoryJsonTest {
  private static final Instant NOON = Instant.parse("2027-03-14T12:00:00Z");

  @Test
  void points_are_lists_of_one_length_with_null_for_what_was_not_known() {
    var text = text(
        List.of(
            new Point(at(60), Map.of(Measure.AVAILABLE, 200L)),
            new Point(at(120), Map.of(Measure.AVAILABLE, 190L, Measure.RECEIVED, 7L))),
        List.of());
    assertThat(JsonParser.parseString(text)).isEqualTo(JsonParser.parseString("""
        {"schema": "kedge-history", "schema_version": 1, "node": "roof-7", "at": "2027-03-14T12:00:00Z",
         "period_seconds": 60,
         "points": {"age_seconds": [90, 30],
           "received_bytes_per_second": [null, 7], "sent_bytes_per_second": [null, null],
           "memory_available_bytes": [200, 190], "memory_resident_bytes": [null, null],
           "memory_heap_used_bytes": [null, null]},
         "journal": []}
        """));
  }

  @Test
  void the_journal_is_told_as_in_the_snapshot() {
    var text = text(
        List.of(),
        List.of(
            new CareJournal.Entry(
                7,
                NOON.minusSeconds(5),
                CareJournal.Topic.NOT_HELPED,
                Optional.of("BABEL_DEAD"),
                Optional.of("start-babeld"),
                "a \"word\"\n<b>"),
            new CareJournal.Entry(
                8, NOON, CareJournal.Topic.BOOT, Optional.empty(), Optional.empty(), "booted")));
    assertThat(JsonParser.parseString(text).getAsJsonObject().get("journal"))
        .isEqualTo(JsonParser.parseString("""
            [{"number": 7, "at": "2027-03-14T11:59:55Z", "kind": "not_helped", "fault": "BABEL_DEAD",
              "remedy": "start-babeld", "words": "a \\"word\\"\\n<b>"},
             {"number": 8, "at": "2027-03-14T12:00:00Z", "kind": "boot", "words": "booted"}]
            """));
  }

  private static String text(List<Point> points, List<CareJournal.Entry> journal) {
    return new String(
        HistoryJson.of(new NodeId("roof-7"), NOON, at(150), points, journal),
        StandardCharsets.UTF_8);
  }

  private static Uptime at(long seconds) {
    return Uptime.of(Duration.ofSeconds(seconds));
  }
}
