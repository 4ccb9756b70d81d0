package org.kedge.billing.internal.core.metering;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.kedge.base.api.Bytes;

/**
 * Turns absolute counters into what is to be booked, so that each byte is booked once, whatever ends in between.
 *
 * <p>A station's counter of {@link Target.Any} and its counters of single targets are not read at the same moment. The kernel counts a packet
 * by its target first and by any last, and any is read first: so any less the targets is never more than what truly found no counter
 * of its own, and what is missing now shows in a later reading. The position of any is kept as what has been booked of the station in
 * all; it runs ahead of the counter by what passed while it was read, and is never more than the counter of the next reading.
 */
public final class Meter {
  private static final Target ANY = new Target.Any();

  private Meter() {}

  /**
   * What is to be booked between what was booked and this reading.
   *
   * @param before {@link Positions#NONE} books all that was counted so far
   */
  public static Difference difference(Positions before, MeterReading now) {
    var isSame = before.generation().equals(now.generation());
    var pass = new Pass(isSame ? before.counts() : Map.of(), now);
    pass.targets();
    pass.stations();
    Optional<Gapped> gap = before.generation().isEmpty()
        ? Optional.empty()
        : isSame ? pass.reset(before) : Optional.of(replaced(before, now, pass.booked));
    return new Difference(
        pass.booked, gap, new Positions(now.generation(), pass.positions, now.links()));
  }

  /** Where to begin so that nothing counted until this reading is booked any more: for new books in the place of lost ones. */
  public static Positions startAt(MeterReading now) {
    return difference(Positions.NONE, now).positions();
  }

  private static Gapped replaced(Positions before, MeterReading now, Map<MeterKey, Count> booked) {
    var isReboot = !boot(before.generation()).equals(boot(now.generation()));
    var counted = booked.values().stream().mapToLong(Count::bytes).sum();
    // After a reboot the interfaces count from zero, all of them.
    var carried = isReboot
        ? now.links().values().stream().mapToLong(Long::longValue).sum()
        : carried(before, now, before.links().keySet());
    var atMost = new Bytes(Math.max(0, carried - counted));
    return isReboot
        ? new Gapped(
            Gapped.Cause.REBOOTED,
            atMost,
            "the node was off; what it carried after the last charge before that is in no counter")
        : new Gapped(
            Gapped.Cause.TABLE_REMOVED,
            atMost,
            "somebody removed the table of counters, and it was made again");
  }

  private static String boot(String generation) {
    return generation.substring(0, Math.max(0, generation.lastIndexOf('/')));
  }

  private static long carried(Positions before, MeterReading now, Set<String> interfaces) {
    var sum = 0L;
    for (var name : interfaces) {
      var bytes = now.links().getOrDefault(name, 0L);
      var then = before.links().getOrDefault(name, 0L);
      // An interface that was made anew counts from zero.
      sum += bytes < then ? bytes : bytes - then;
    }
    return sum;
  }

  private record Side(Direction direction, Station station) {
    MeterKey any() {
      return new MeterKey(direction, station, ANY);
    }
  }

  private static Side side(MeterKey key) {
    return new Side(key.direction(), key.station());
  }

  /** What one station's targets came to. */
  private static final class Tally {
    private Count more = Count.NONE;
    private int continued;
  }

  /** One comparison. */
  private static final class Pass {
    private final Map<MeterKey, Count> before;
    private final MeterReading now;
    private final Map<MeterKey, Count> booked = new HashMap<>();
    private final Map<MeterKey, Count> positions = new HashMap<>();
    private final Map<Side, Tally> tallies = new HashMap<>();
    private final Set<Side> sides = new LinkedHashSet<>();
    private final Set<MeterKey> reset = new HashSet<>();

    Pass(Map<MeterKey, Count> before, MeterReading now) {
      this.before = before;
      this.now = now;
    }

    void targets() {
      now.counts().forEach((key, count) -> {
        sides.add(side(key));
        if (!key.target().equals(ANY)) {
          target(key, count);
        }
      });
      before.keySet().forEach(key -> {
        sides.add(side(key));
        if (!key.target().equals(ANY) && !now.counts().containsKey(key)) {
          reset.add(key);
        }
      });
    }

    private void target(MeterKey key, Count count) {
      var then = before.getOrDefault(key, Count.NONE);
      var tally = tallies.computeIfAbsent(side(key), none -> new Tally());
      var more = count;
      if (reaches(count, then)) {
        more = rest(count, then);
        tally.continued += before.containsKey(key) ? 1 : 0;
      } else {
        reset.add(key);
      }
      tally.more = tally.more.plus(more);
      positions.put(key, count);
      book(key, more);
    }

    void stations() {
      for (var side : sides) {
        var tally = tallies.getOrDefault(side, new Tally());
        var any = side.any();
        var then = Optional.ofNullable(before.get(any));
        var counted = Optional.ofNullable(now.counts().get(any));
        if (counted.isEmpty()) {
          absent(any, then, tally);
        } else {
          present(any, then.orElse(Count.NONE), counted.get(), tally);
        }
      }
    }

    private void present(MeterKey any, Count then, Count counted, Tally tally) {
      if (reaches(counted, then)) {
        settle(any, then, counted, tally.more);
      } else {
        reset.add(any);
        if (tally.continued == 0) {
          settle(any, Count.NONE, counted, tally.more);
        } else {
          // Any began anew, its targets did not: how much of theirs is in it cannot be told, and
          // nothing is booked twice.
          positions.put(any, counted);
        }
      }
    }

    private void settle(MeterKey any, Count then, Count counted, Count targets) {
      var bookedByTarget = then.plus(targets);
      book(any, rest(counted, bookedByTarget));
      positions.put(any, most(counted, bookedByTarget));
    }

    /** Its first packet came after any was read, or the set was full when it came: its targets alone tell of it. */
    private void absent(MeterKey any, Optional<Count> then, Tally tally) {
      if (then.isPresent() && now.full().isEmpty()) {
        reset.add(any);
      } else {
        positions.put(any, then.orElse(Count.NONE).plus(tally.more));
      }
    }

    private void book(MeterKey key, Count more) {
      if (!more.equals(Count.NONE)) {
        booked.put(key, more);
      }
    }

    Optional<Gapped> reset(Positions then) {
      if (reset.isEmpty()) {
        return Optional.empty();
      }
      // Where any goes on, what its targets lost is booked under any.
      var interfaces = new TreeSet<String>();
      reset.stream()
          .filter(key -> key.target().equals(ANY))
          .forEach(key -> interfaces.add(key.station().interfaceName()));
      var counted = booked.entrySet().stream()
          .filter(entry -> interfaces.contains(entry.getKey().station().interfaceName()))
          .mapToLong(entry -> entry.getValue().bytes())
          .sum();
      return Optional.of(new Gapped(
          Gapped.Cause.COUNTERS_RESET,
          new Bytes(Math.max(0, carried(then, now, interfaces) - counted)),
          "somebody set " + reset.size() + " of " + then.counts().size()
              + " counters back, or took them away"));
    }

    private static boolean reaches(Count count, Count then) {
      return count.packets() >= then.packets() && count.bytes() >= then.bytes();
    }

    private static Count rest(Count count, Count less) {
      return new Count(
          Math.max(0, count.packets() - less.packets()), Math.max(0, count.bytes() - less.bytes()));
    }

    private static Count most(Count one, Count other) {
      return new Count(
          Math.max(one.packets(), other.packets()), Math.max(one.bytes(), other.bytes()));
    }
  }
}
