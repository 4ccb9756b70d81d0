package org.kedge.sim.village;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Remedy;
import org.kedge.care.api.RemedyOrder;
import org.kedge.care.api.RemedyOutcome;

/**
 * Sees each remedy as it is carried out, under the true time of the village, and knows what is truly wrong with its machine. Shares
 * no code with what orders remedies.
 */
final class Auditor {
  /** A remedy may come this long after what it is for has passed by itself: Kedge saw it a moment ago. */
  private static final Duration LATE = Duration.ofSeconds(20);

  private static final Duration HALF_HOUR = Duration.ofMinutes(30);
  private static final Duration DAY = Duration.ofHours(24);
  private static final int NODE_A_DAY = 4;
  private static final int TRAFFIC_A_DAY = 6;

  /** Ours until one remedy has failed: nobody can tell at first whether the neighbour or the node itself is mute. */
  private static final Set<String> FADING = Set.of("NEIGHBOURS_LOST", "NO_ROUTES");

  private final Village village;
  private final Map<Machine, Deque<Deed>> disruptive = new HashMap<>();
  private final Map<Machine, Acting> acting = new HashMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<Deed> deeds = new ArrayList<>();
  private Optional<String> violation = Optional.empty();

  /** A remedy that was carried out. */
  record Deed(Machine machine, String remedy, Effect effect, String fault, Uptime at) {}

  private record Acting(Kedge kedge, String remedy, Uptime until) {}

  Auditor(Village village) {
    this.village = village;
  }

  /** The first promise that was broken. */
  Optional<String> violation() {
    return violation;
  }

  void violated(String what) {
    if (violation.isEmpty()) {
      violation = Optional.of(what);
      village.diary().note("VIOLATION", what);
    }
  }

  /** How often each remedy was carried out. */
  Map<String, Integer> counts() {
    return counts;
  }

  List<Deed> deeds() {
    return deeds;
  }

  /** Whether the machine may disturb traffic no more today. */
  boolean isSpent(Machine machine) {
    return count(machine, Effect.TRAFFIC, DAY) >= TRAFFIC_A_DAY;
  }

  Remedy watched(Machine machine, Remedy remedy) {
    return new Watched(machine, remedy);
  }

  private void began(Machine machine, Remedy remedy, RemedyOrder order) {
    var now = village.now();
    var kedge = machine.kedge.orElseThrow();
    var effect = remedy.effect();
    var what =
        machine + " carries out " + remedy.name() + " (" + effect.word() + ") for " + order.fault();
    village
        .diary()
        .note(
            machine,
            "carries out " + remedy.name() + " for " + order.fault() + ": " + order.evidence());
    counts.merge(remedy.name(), 1, Integer::sum);
    deeds.add(new Deed(machine, remedy.name(), effect, order.fault(), now));
    var before = acting.put(machine, new Acting(kedge, remedy.name(), now.plus(remedy.limit())));
    if (before != null && before.kedge() == kedge && now.isBefore(before.until())) {
      violated(what + " while " + before.remedy() + " is under way");
    }
    judgeCause(machine, effect, order, what);
    if (effect.compareTo(Effect.TRAFFIC) >= 0) {
      judgeBudget(new Deed(machine, remedy.name(), effect, order.fault(), now), what);
    }
  }

  private void judgeCause(Machine machine, Effect effect, RemedyOrder order, String what) {
    if (village.ailedWithin(machine, LATE)) {
      return;
    }
    if (effect == Effect.NONE) {
      if (village.isQuiet()) {
        violated(what + ", but nothing is wrong");
      }
    } else if (!FADING.contains(order.fault()) || machine.hearsAnybody()) {
      violated(what + ", but nothing is wrong that is its own");
    }
  }

  private void judgeBudget(Deed deed, String what) {
    var known = disruptive.computeIfAbsent(deed.machine(), machine -> new ArrayDeque<>());
    known.add(deed);
    var machine = deed.machine();
    if (deed.effect() == Effect.NODE) {
      if (count(machine, Effect.NODE, HALF_HOUR) > 1) {
        violated(what + ", the second within 30 min: " + known);
      }
      if (count(machine, Effect.NODE, DAY) > NODE_A_DAY) {
        violated(what + ", the fifth within 24 h: " + known);
      }
    } else if (count(machine, Effect.TRAFFIC, DAY) > TRAFFIC_A_DAY) {
      violated(what + ", the seventh within 24 h: " + known);
    }
  }

  private long count(Machine machine, Effect effect, Duration within) {
    var now = village.now();
    var known = disruptive.getOrDefault(machine, new ArrayDeque<>());
    known.removeIf(deed -> now.since(deed.at()).compareTo(DAY) >= 0);
    return known.stream()
        .filter(deed -> deed.effect() == effect && now.since(deed.at()).compareTo(within) < 0)
        .count();
  }

  private final class Watched implements Remedy {
    private final Machine machine;
    private final Remedy remedy;

    Watched(Machine machine, Remedy remedy) {
      this.machine = machine;
      this.remedy = remedy;
    }

    @Override
    public String name() {
      return remedy.name();
    }

    @Override
    public Effect effect() {
      return remedy.effect();
    }

    @Override
    public Duration limit() {
      return remedy.limit();
    }

    @Override
    public String deed() {
      return remedy.deed();
    }

    @Override
    public void carryOut(RemedyOrder order, Consumer<RemedyOutcome> done) {
      began(machine, remedy, order);
      remedy.carryOut(order, outcome -> {
        acting.remove(machine);
        village.diary().note(machine, remedy.name() + " ended: " + outcome.words());
        done.accept(outcome);
      });
    }
  }
}
