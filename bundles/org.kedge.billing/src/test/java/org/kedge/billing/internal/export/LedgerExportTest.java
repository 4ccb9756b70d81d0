package org.kedge.billing.internal.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.LocalPage.Answer;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.EntryId;
import org.kedge.billing.internal.core.ledger.Gap;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.Traffic;
import org.kedge.billing.internal.sqlite.Opened;
import org.kedge.billing.internal.sqlite.SqliteBooks;

class LedgerExportTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final NeighbourId NEIGHBOUR = NeighbourId.ofLink("wg1", "fe80::1c");

  @TempDir
  Path folder;

  private Optional<SqliteBooks> books = Optional.empty();

  @BeforeEach
  void book() {
    var open = ((Opened.Ready) SqliteBooks.open(folder, NOON, true)).books();
    books = Optional.of(open);
    open.post(new Batch(
        List.of(
            entry("charge/1", NOON.minusSeconds(86400 * 3), "", 2_000_000_000_000_000_000L),
            entry("charge/2", NOON, "=HYPERLINK(\"x\", 1)", 5)),
        Optional.empty(),
        Optional.of(new Gap(NOON.minusSeconds(60), NOON, new Bytes(7), "test")),
        List.of()));
  }

  @AfterEach
  void close() {
    books.ifPresent(SqliteBooks::close);
  }

  private static LedgerEntry entry(String id, Instant at, String note, long wei) {
    return new LedgerEntry(
        new EntryId(id),
        Reason.CARRIED,
        new Account.Neighbour(NEIGHBOUR),
        Account.Own.INCOME,
        Wei.of(wei),
        new Bytes(10),
        Optional.of(Traffic.EXIT),
        at,
        true,
        note);
  }

  @Test
  void the_page_tells_the_last_day_as_csv_that_begins_no_formula() throws IOException {
    assertThat(told(Map.of()))
        .isEqualTo(
            "id,at,clock_trusted,reason,debit,credit,amount_wei,amount_coins,bytes,traffic,note\r\n"
                + "charge/2,2026-11-23T12:00:00Z,true,carried,link:wg1/fe80::1c,INCOME,5,0.000000000000000005,10,exit,"
                + "\"'=HYPERLINK(\"\"x\"\", 1)\"\r\n");
  }

  @Test
  void json_lines_hold_entries_and_gaps_of_the_span_asked_for() throws IOException {
    var lines = told(Map.of("from", "2026-11-20", "to", "2026-11-23", "format", "jsonl"))
        .lines()
        .map(line -> JsonParser.parseString(line).getAsJsonObject())
        .toList();
    assertThat(lines)
        .extracting(line -> line.get("type").getAsString())
        .containsExactly("entry", "entry", "gap");
    assertThat(lines.get(0).get("amount_wei").getAsString()).isEqualTo("2000000000000000000");
    assertThat(lines.get(0).get("amount_coins").getAsString()).isEqualTo("2.000000000000000000");
  }

  @Test
  void what_is_not_understood_is_told() {
    for (var query : List.of(
        Map.of("from", "yesterday"),
        Map.of("to", "2026-13-01"),
        Map.of("format", "xml"),
        Map.of("until", "2026-11-23"),
        Map.of("from", "+999999999-12-31"),
        Map.of("from", "2026-11-23", "to", "2026-11-21"))) {
      assertThat(page().answer(query)).isInstanceOf(Answer.Misunderstood.class);
    }
    assertThat(new LedgerPage(Optional::empty, () -> NOON).answer(Map.of()))
        .isInstanceOf(Answer.NotNow.class);
  }

  @Test
  void a_ledger_in_use_is_not_read_and_one_at_rest_is_and_stays_as_it_is() throws IOException {
    var file = folder.resolve("ledger.db");
    var request = List.of("export", "--file", file.toString(), "--from", "2026-11-23");
    assertThat(run(request).code()).isIn(3);
    close();
    books = Optional.empty();
    var before = Files.readAllBytes(file);
    var ran = run(request);
    assertThat(ran.code()).isZero();
    assertThat(ran.out()).contains("charge/2,").doesNotContain("charge/1,");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void a_damaged_ledger_is_read_as_far_as_can_be_and_the_exit_code_tells() throws IOException {
    close();
    books = Optional.empty();
    var damaged = folder.resolve("ledger-damaged-20261123T120000Z.db");
    Files.write(damaged, new byte[] {1, 2, 3});
    var ran = run(List.of("export", "--file", damaged.toString()));
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("is damaged");
  }

  @Test
  void a_request_that_is_not_understood_ends_with_two() throws IOException {
    for (var request : List.of(
        List.<String>of(),
        List.of("import"),
        List.of("export"),
        List.of("export", "--file"),
        List.of("export", "--file", "x", "--format", "xml"),
        List.of("export", "--file", "x", "--from", "never"))) {
      assertThat(run(request).code()).as(request.toString()).isEqualTo(2);
    }
    assertThat(run(List.of("--help")).code()).isZero();
    assertThat(run(List.of("export", "--file", "/nowhere/ledger.db")).code()).isEqualTo(3);
  }

  private record Ran(int code, String out, String err) {}

  private static Ran run(List<String> arguments) throws IOException {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var code = LedgerMain.run(
        arguments,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        NOON);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private LedgerPage page() {
    return new LedgerPage(() -> books, () -> NOON);
  }

  private String told(Map<String, String> query) throws IOException {
    var answer = page().answer(query);
    assertThat(answer).isInstanceOf(Answer.Told.class);
    var out = new ByteArrayOutputStream();
    ((Answer.Told) answer).body().write(out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
