package org.kedge.billing.internal.nft;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.metering.Meter;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.Positions;
import org.kedge.billing.internal.core.metering.WantedTable;
import org.kedge.billing.internal.nft.MeterTable.Applied;
import org.kedge.billing.internal.nft.MeterTable.Look;

@Tag("root")
@Tag("thorough")
class MeterCostTest {
  private static final int STATIONS = 10;
  private static final int TARGETS = 500;
  private static final int ROUNDS = 15;

  @Test
  void ten_thousand_counters_are_read_within_a_quarter_of_a_second_and_40_megabytes() {
    MeshLink.require("time");
    try (var mesh = MeshLink.make("nft")) {
      var inside = mesh.runnerIn(mesh.node);
      assertThat(new MeterTable(inside, "boot")
              .apply(new WantedTable(
                  List.of(new MeteredInterface("mesh0", MeteredInterface.Kind.ETHERNET)),
                  List.of(IpPrefix.of("2001:db8::/32").orElseThrow()),
                  List.of(),
                  List.of())))
          .isEqualTo(new Applied.Done(1));
      mesh.load(elements("in") + elements("out"));
      var nft = new Measured(inside);
      var measured = new MeterTable(nft, "boot");
      var plain = new MeterTable(inside, "boot");
      var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      var took = new ArrayList<Duration>();
      var worked = new ArrayList<Duration>();
      var allocated = 0L;
      for (var round = 0; round < ROUNDS; round++) {
        var before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        var work = threads.getCurrentThreadCpuTime();
        var start = System.nanoTime();
        var look = plain.read(new Uptime(1), Map.of());
        assertThat(look).isInstanceOf(Look.Read.class);
        var difference = Meter.difference(Positions.NONE, ((Look.Read) look).reading());
        took.add(Duration.ofNanos(System.nanoTime() - start));
        worked.add(Duration.ofNanos(threads.getCurrentThreadCpuTime() - work));
        allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertThat(difference.counts()).hasSize(STATIONS * TARGETS * 2);
      }
      var program = new ArrayList<Duration>();
      for (var round = 0; round < ROUNDS; round++) {
        assertThat(measured.read(new Uptime(1), Map.of())).isInstanceOf(Look.Read.class);
        program.add(nft.worked);
      }
      for (var times : List.of(took, worked, program)) {
        times.sort(Duration::compareTo);
      }
      var half = ROUNDS / 2;
      var kept = kept(plain);
      // The text is there three times at most: as it came, as its pieces grew, and as text.
      var extraKib = nft.residentKib + (3 * nft.characters + kept) / 1024;
      System.out.println("meter: 10000 counters in " + took.get(half).toMillis() + " ms (best "
          + took.get(0).toMillis() + ", worst " + took.get(ROUNDS - 1).toMillis()
          + "), processor: nft " + program.get(half).toMillis() + " ms, Java "
          + worked.get(half).toMillis() + " ms; memory: nft " + nft.residentKib + " KiB, Java "
          + (extraKib - nft.residentKib) + " KiB at once, " + allocated / 1024
          + " KiB in all; JSON " + nft.characters + " bytes");
      // Of the processor's time, since others work on this machine too.
      assertThat(program.get(half).plus(worked.get(half))).isLessThan(Duration.ofMillis(250));
      assertThat(extraKib).isLessThan(40 * 1024);
    }
  }

  /** What a reading and its difference take while they are held. */
  private static long kept(MeterTable table) {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    var before = memory.getHeapMemoryUsage().getUsed();
    var reading = ((Look.Read) table.read(new Uptime(1), Map.of())).reading();
    var difference = Meter.difference(Positions.NONE, reading);
    memory.gc();
    var kept = memory.getHeapMemoryUsage().getUsed() - before;
    assertThat(difference.positions().counts())
        .hasSizeGreaterThan(reading.counts().size() - 1);
    return Math.max(0, kept);
  }

  private static String elements(String direction) {
    var text = new StringBuilder("add element netdev kedge ether-" + direction + "-mesh6 {\n");
    for (var station = 0; station < STATIONS; station++) {
      for (var target = 0; target < TARGETS; target++) {
        text.append(String.format(
            "\"mesh0\" . 02:00:5e:00:01:%02x . 2001:db8:%x::%x counter packets %d bytes %d,%n",
            station, station, target, 1_000_000 + target, 1_400_000_000L + target));
      }
    }
    return text.append("}\n").toString();
  }

  /** Runs a program so that it tells what it took. */
  private static final class Measured implements CommandRunner {
    private final CommandRunner runner;
    private long characters;
    private long residentKib;
    private Duration worked = Duration.ZERO;

    Measured(CommandRunner runner) {
      this.runner = runner;
    }

    @Override
    public CommandResult run(Command command) {
      var words = new ArrayList<>(List.of("time", "-f", "%M %U %S"));
      words.addAll(command.arguments());
      var result =
          runner.run(new Command(words, command.limit(), command.outputLimit(), command.input()));
      if (result instanceof CommandResult.Ended ended) {
        var told = ended.errors().strip().split(" ", 3);
        characters = ended.output().length();
        residentKib = Long.parseLong(told[0]);
        worked = seconds(told[1]).plus(seconds(told[2]));
      }
      return result;
    }

    private static Duration seconds(String text) {
      return Duration.ofNanos(new BigDecimal(text).movePointRight(9).longValueExact());
    }
  }
}
