package org.kedge.billing.internal.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a charge costs at full durability; figures for {@code sim/bench ledger}. */
@Tag("thorough")
class LedgerCostTest {
  private static final long MINUTES_A_DAY = 1440;

  @TempDir
  Path folder;

  @ParameterizedTest
  @CsvSource({"10, 10, 1000", "10, 100, 1000", "100, 1000, 200", "1000, 1000, 50"})
  void a_charge_is_durable_within_a_second(int neighbours, int counters, int charges)
      throws IOException {
    var cost = LedgerCost.of(
        Files.createDirectory(folder.resolve("books")), charges, neighbours, counters);
    System.out.printf(
        Locale.ROOT,
        "ledger: a charge of %d neighbours, %d entries, %d counters: %.1f ms, %d entries a second, %d bytes to flash, %d MB a day%n",
        neighbours,
        cost.entries() / charges,
        counters,
        cost.eachCharge().toNanos() / 1e6,
        cost.entriesEachSecond(),
        cost.bytesWritten(),
        cost.bytesWritten() * MINUTES_A_DAY / 1_000_000);
    assertThat(cost.eachCharge()).isLessThan(Duration.ofSeconds(1));
  }
}
