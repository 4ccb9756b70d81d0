package org.kedge.billing.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.Ledger;
import org.kedge.billing.api.NeighbourAccount;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.sqlite.Opened;
import org.kedge.billing.internal.sqlite.SmallDisk;

class BillingLoopTest {
  private static final Target AT_ONE =
      new Target.Mesh(IpPrefix.of("2001:db8:1::1").orElseThrow());
  private static final Target AT_TWO =
      new Target.Mesh(IpPrefix.of("2001:db8:2::1").orElseThrow());
  private static final Price FEE = TwoNodes.rules("3").fee();

  @TempDir
  Path folder;

  /** Statements as often as charges, so that kills meet all that goes on. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void killed_again_and_again_both_bill_each_byte_once_and_agree_to_the_wei(long seed) {
    var period = Duration.ofSeconds(10 + 10 * seed);
    try (var nodes = new TwoNodes(folder, seed, 5, TwoNodes.rules("3", "0.02", period))) {
      nodes.begin();
      killed(nodes, 250, () -> {}, new Random(seed));

      assertSame(nodes.one.account(), nodes.two.account());
      assertThat(nodes.one.account().agreed().orElseThrow().number()).isGreaterThan(10);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void killed_while_prices_change_both_bill_each_byte_once_and_do_not_quarrel(long seed) {
    var random = new Random(seed);
    try (var nodes = new TwoNodes(folder, seed, 5)) {
      nodes.begin();
      Runnable change = () -> {
        if (random.nextInt(20) == 0) {
          nodes.two.rules(TwoNodes.rules("3", "0.0" + random.nextInt(1, 9), TwoNodes.PERIOD));
        }
      };
      killed(nodes, 250, change, random);

      // What was charged around a change is by the clock of each; they agreed on the smaller.
      assertThat(nodes.two.account().earned()).isEqualTo(nodes.one.account().spent());
    }
  }

  private static void killed(TwoNodes nodes, int times, Runnable change, Random random) {
    var out = 0L;
    var in = 0L;
    for (var kill = 0; kill < times; kill++) {
      var millis = random.nextInt(random.nextInt(4) == 0 ? 150_000 : 15_000);
      for (var at = 0; at < millis; at += 500) {
        var bytes = random.nextInt(2_000_000);
        nodes.carry(nodes.one, random.nextInt(5) == 0 ? AT_TWO : TwoNodes.ELSEWHERE, bytes);
        nodes.carry(nodes.two, AT_ONE, bytes / 2);
        out += bytes;
        in += bytes / 2;
        nodes.pass(Duration.ofMillis(Math.min(500, millis - at)));
      }
      var node = random.nextInt(3) == 0 ? nodes.one : nodes.two;
      if (random.nextInt(20) == 0) {
        node.kernel.trouble = Optional.of("nft: no memory");
        nodes.pass(Duration.ofSeconds(random.nextInt(100)));
        node.kernel.trouble = Optional.empty();
      }
      node.kill();
      change.run();
      nodes.pass(Duration.ofMillis(random.nextInt(3000)));
      node.start();
    }
    nodes.pass(TwoNodes.PERIOD.multipliedBy(3));
    assertThat(nodes.one.account().handed()).isEqualTo(new Bytes(out));
    assertThat(nodes.two.account().carried()).isEqualTo(new Bytes(out));
    assertThat(nodes.one.account().carried()).isEqualTo(new Bytes(in));
    assertThat(nodes.two.account().handed()).isEqualTo(new Bytes(in));
    assertThat(nodes.one.account().spent()).isNotEqualTo(Wei.NONE);
    assertThat(nodes.one.faults()).isEmpty();
    assertThat(nodes.two.faults()).isEmpty();
  }

  private static void assertSame(NeighbourAccount one, NeighbourAccount two) {
    assertThat(two.carried()).isEqualTo(one.handed());
    assertThat(two.handed()).isEqualTo(one.carried());
    assertThat(two.earned()).isEqualTo(one.spent());
    assertThat(two.spent()).isEqualTo(one.earned());
  }

  @Test
  void what_is_carried_while_nothing_can_be_booked_or_counted_is_charged_afterwards() {
    try (var nodes = new TwoNodes(folder, 1, 0)) {
      nodes.begin();
      nodes.one.kill();
      var isWritable = new AtomicBoolean();
      nodes.one.start(
          () -> isWritable.get() ? nodes.one.open() : new Opened.NotNow("the disk is read-only"));
      for (var minute = 0; minute < 90; minute++) {
        nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 1_000_000);
        nodes.pass(Duration.ofMinutes(1));
      }
      assertThat(nodes.one.faults()).containsExactly("LEDGER_STALLED");
      assertThat(nodes.two.account().carried()).isEqualTo(new Bytes(90_000_000));

      isWritable.set(true);
      nodes.pass(Duration.ofMinutes(30));

      assertSame(nodes.one.account(), nodes.two.account());
      assertThat(nodes.one.faults()).isEmpty();

      nodes.one.kernel.trouble = Optional.of("nft: killed");
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 7_000_000);
      nodes.pass(Duration.ofMinutes(30));
      assertThat(nodes.one.account().handed()).isEqualTo(new Bytes(90_000_000));
      assertThat(nodes.one.faults()).containsExactly("COUNTERS_SILENT");

      nodes.one.kernel.trouble = Optional.empty();
      nodes.pass(Duration.ofMinutes(30));
      assertSame(nodes.one.account(), nodes.two.account());
      assertThat(nodes.one.account().spent()).isEqualTo(FEE.of(new Bytes(97_000_000)));
      assertThat(nodes.one.faults()).isEmpty();
    }
  }

  @Test
  void while_flash_is_full_an_hour_waits_in_memory_and_the_rest_in_the_kernel_and_all_is_charged()
      throws Exception {
    try (var disk = SmallDisk.mount(folder);
        var nodes = new TwoNodes(disk.folder(), 1, 0)) {
      nodes.begin();
      var filler = disk.fill();
      var most = 0L;
      var minutes = 0;
      for (; minutes < 150; minutes++) {
        nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 1_000_000);
        nodes.carry(nodes.two, AT_ONE, 500_000);
        nodes.two.rules(TwoNodes.rules("3", minutes % 2 == 0 ? "0.02" : "0.03", TwoNodes.PERIOD));
        nodes.pass(Duration.ofMinutes(1));
        most = Math.max(most, nodes.one.loop.orElseThrow().findings().summary().held());
      }
      assertThat(nodes.one.faults()).contains("LEDGER_STALLED");
      assertThat(nodes.one.loop.orElseThrow().findings().summary().heldFor())
          .isGreaterThan(Duration.ofHours(1));
      assertThat(most).isBetween(110L, 130L);

      Files.delete(filler);
      nodes.pass(Duration.ofMinutes(30));

      assertThat(nodes.one.faults()).doesNotContain("LEDGER_STALLED");
      assertThat(nodes.one.account().handed()).isEqualTo(new Bytes(minutes * 1_000_000L));
      assertThat(nodes.one.account().carried()).isEqualTo(new Bytes(minutes * 500_000L));
      assertThat(nodes.two.account().carried()).isEqualTo(nodes.one.account().handed());
    }
  }

  /** What this node itself uses would count as carried for others. */
  @Test
  void where_own_addresses_cannot_be_listed_nothing_is_charged_before_they_can() {
    try (var nodes = new TwoNodes(folder, 1, 0)) {
      nodes.begin();
      nodes.one.kill();
      nodes.one.kernel.isListing = false;
      nodes.one.start();
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 1_000_000);
      nodes.pass(Duration.ofMinutes(5));
      assertThat(nodes.one.faults()).containsExactly("COUNTERS_SILENT");
      assertThat(nodes.one.account().handed()).isEqualTo(Bytes.NONE);

      nodes.one.kernel.isListing = true;
      nodes.pass(Duration.ofMinutes(5));
      assertThat(nodes.one.faults()).isEmpty();
      assertThat(nodes.one.account().handed()).isEqualTo(new Bytes(1_000_000));
    }
  }

  @Test
  void counters_that_somebody_removed_are_a_gap_that_is_told_and_what_comes_after_is_charged() {
    try (var nodes = new TwoNodes(folder, 1, 0)) {
      nodes.begin();
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 5_000_000);
      nodes.pass(Duration.ofMinutes(2));
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 40_000);
      nodes.one.kernel.lose();
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 2_000_000);
      nodes.pass(Duration.ofMinutes(2));

      assertThat(nodes.one.account().handed()).isEqualTo(new Bytes(7_000_000));
      assertThat(nodes.two.account().carried()).isEqualTo(new Bytes(7_040_000));
      assertThat(nodes.one.faults()).containsExactly("COUNTERS_LOST");
      assertThat(nodes.one.loop.orElseThrow().findings().summary().gaps())
          .isEqualTo(new Bytes(40_000));
    }
  }

  /** Power takes the counters along: only what was charged before is left of what was carried. */
  @Test
  void whenever_power_fails_at_most_a_minute_is_not_charged() {
    var worst = 0L;
    try (var nodes = new TwoNodes(folder, 1, 0)) {
      nodes.begin();
      var random = new Random(1);
      for (var cut = 0; cut < 100; cut++) {
        var before = nodes.one.account().handed().count();
        var seconds = 15 + random.nextInt(300);
        for (var second = 0; second < seconds; second++) {
          nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 1000);
          nodes.pass(Duration.ofSeconds(1));
        }
        nodes.one.kill();
        nodes.one.kernel.reboot();
        nodes.one.start();
        nodes.pass(Duration.ofSeconds(5));
        var charged = (nodes.one.account().handed().count() - before) / 1000;
        worst = Math.max(worst, seconds - charged);
      }
    }
    System.out.println(
        "ledger: power cut 100 times, at most " + worst + " s of traffic not charged");
    assertThat(worst).isLessThanOrEqualTo(60);
  }

  @Test
  void counters_of_a_new_boot_begin_at_nothing_and_are_no_fault() {
    try (var nodes = new TwoNodes(folder, 1, 0)) {
      nodes.begin();
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 5_000_000);
      nodes.pass(Duration.ofMinutes(2));
      nodes.one.kill();
      nodes.one.kernel.reboot();
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 2_000_000);
      nodes.one.start();
      nodes.pass(Duration.ofMinutes(2));

      assertThat(nodes.one.account().handed()).isEqualTo(new Bytes(7_000_000));
      assertThat(nodes.one.faults()).isEmpty();
    }
  }

  @Test
  void a_damaged_ledger_begins_anew_from_what_was_agreed_and_no_byte_is_charged_twice()
      throws IOException {
    try (var nodes = new TwoNodes(folder, 1, 0)) {
      nodes.begin();
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 5_000_000);
      nodes.pass(TwoNodes.PERIOD.multipliedBy(2));
      nodes.one.kill();
      Files.write(nodes.one.folder.resolve("ledger.db"), new byte[3000], StandardOpenOption.WRITE);
      nodes.one.start();
      nodes.pass(Duration.ofMinutes(2));

      assertThat(nodes.one.faults()).contains("LEDGER_DAMAGED");
      assertSame(nodes.one.account(), nodes.two.account());

      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 3_000_000);
      nodes.pass(TwoNodes.PERIOD.multipliedBy(2));
      assertThat(nodes.one.account().handed()).isEqualTo(new Bytes(8_000_000));
      assertSame(nodes.one.account(), nodes.two.account());
    }
  }

  @Test
  void who_owes_too_much_is_slowed_unless_something_is_in_doubt_and_released_by_its_payment() {
    try (var nodes = new TwoNodes(folder, 1, 0, TwoNodes.rules("0.001"))) {
      nodes.begin();
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 100_000_000);
      nodes.pass(Duration.ofMinutes(2));
      assertThat(nodes.two.account().isShaped()).isTrue();
      assertThat(nodes.two.kernel.wanted.slowed()).hasSize(1);
      assertThat(nodes.one.account().isShaped()).isFalse();

      nodes.two.clockAhead = Duration.ofDays(1);
      nodes.pass(Duration.ofSeconds(5));
      assertThat(nodes.two.kernel.wanted.slowed()).isEmpty();
      assertThat(nodes.two.account().why()).contains("the clock stepped");
      nodes.pass(Duration.ofMinutes(11));
      assertThat(nodes.two.kernel.wanted.slowed()).hasSize(1);

      nodes.two.kernel.trouble = Optional.of("nft: killed");
      nodes.pass(Duration.ofMinutes(5));
      assertThat(nodes.two.account().isShaped()).isFalse();
      nodes.two.kernel.trouble = Optional.empty();
      nodes.pass(Duration.ofMinutes(2));
      assertThat(nodes.two.kernel.wanted.slowed()).hasSize(1);

      nodes.two.kill();
      nodes.two.start();
      nodes.pass(Duration.ofMinutes(2));
      assertThat(nodes.two.kernel.wanted.slowed()).hasSize(1);

      nodes.one.kill();
      nodes.pass(Duration.ofMinutes(5));
      assertThat(nodes.two.account().why()).contains("it has said no prices for");
      assertThat(nodes.two.kernel.wanted.slowed()).isEmpty();
      nodes.one.start();
      nodes.pass(Duration.ofSeconds(30));
      assertThat(nodes.two.kernel.wanted.slowed()).hasSize(1);

      assertThat(nodes.two.settle("first", "0.5")).containsExactly(new Ledger.Booked.Done());
      nodes.pass(Duration.ofSeconds(5));
      assertThat(nodes.two.kernel.wanted.slowed()).isEmpty();
      assertThat(nodes.two.settle("first", "0.5")).containsExactly(new Ledger.Booked.Before());
      assertThat(nodes.two.account().received()).isEqualTo(Wei.ofCoins(new BigDecimal("0.5")));
    }
  }

  @Test
  void a_clean_stop_releases_who_is_slowed() {
    try (var nodes = new TwoNodes(folder, 1, 0, TwoNodes.rules("0.001"))) {
      nodes.begin();
      nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 100_000_000);
      nodes.pass(Duration.ofMinutes(2));
      assertThat(nodes.two.kernel.wanted.slowed()).hasSize(1);

      nodes.two.stop();

      assertThat(nodes.two.kernel.wanted.slowed()).isEmpty();
    }
  }

  @Test
  void dearer_fees_cost_nothing_for_what_was_carried_before_and_both_sides_raise_them_alike() {
    try (var nodes = new TwoNodes(folder, 1, 0)) {
      nodes.begin();
      var dear = TwoNodes.rules("3", "0.10", TwoNodes.PERIOD);
      nodes.two.rules(dear);
      for (var minute = 0; minute < 30; minute++) {
        nodes.carry(nodes.one, TwoNodes.ELSEWHERE, 1_000_000);
        nodes.pass(Duration.ofMinutes(1));
      }
      nodes.pass(TwoNodes.PERIOD.multipliedBy(2));

      assertSame(nodes.one.account(), nodes.two.account());
      var cheapest = FEE.of(new Bytes(10_000_000)).plus(dear.fee().of(new Bytes(20_000_000)));
      assertThat(nodes.one.account().spent())
          .isLessThanOrEqualTo(cheapest)
          .isGreaterThan(dear.fee().of(new Bytes(18_000_000)));
      assertThat(nodes.one.account().agreed().orElseThrow().handed())
          .isEqualTo(new Bytes(30_000_000));
    }
  }
}
