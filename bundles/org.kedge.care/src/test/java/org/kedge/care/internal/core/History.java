package org.kedge.care.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Effect;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;

/**
 * A ladder, the faults it is for, and what befalls a node with it; all of it from one seed.
 *
 * @param blames of each kind of fault, fixed
 */
record History(long seed, String ladder, Map<FaultKind, Blame> blames, List<History.Step> steps) {
  static final Map<String, Effect> REMEDIES = new TreeMap<>(Map.of(
      "soothe", Effect.NONE,
      "stroke", Effect.NONE,
      "nudge", Effect.CAPABILITY,
      "shake", Effect.TRAFFIC,
      "restart", Effect.TRAFFIC,
      "leave", Effect.NODE,
      "reboot", Effect.NODE));

  private static final Map<Blame, String> WORDS = Map.of(
      Blame.OURS, "ours",
      Blame.OURS_HARDWARE, "hardware",
      Blame.EXIT, "exit",
      Blame.UPSTREAM, "upstream",
      Blame.UNKNOWN, "unknown");
  private static final List<String> WINDOWS =
      List.of("20 s", "1 min", "7 min", "30 min", "2 h", "6 h");

  enum Answer {
    DONE,
    FAILED,
    USELESS,
    NEVER
  }

  /** One thing that happens. */
  sealed interface Step {
    /** Time passes, with looks. */
    record Pass(int looks, int everySeconds) implements Step {}

    record Fault(int kind, boolean there) implements Step {}

    record Sight(int kind, boolean seen) implements Step {}

    /** How remedies end from now on. */
    record Remedies(Answer answer, int delaySeconds, boolean cure) implements Step {}

    /** What changed reaches the flash. */
    record Save() implements Step {}

    record Durable(boolean now) implements Step {}

    record Pause(int minutes) implements Step {}

    record WallClock(int jumpYears) implements Step {}

    /** Kedge alone starts again. */
    record Restart(int awaySeconds) implements Step {}

    /** The power goes; what was not saved is lost. */
    record PowerCut(int darkSeconds) implements Step {}

    /** The power goes between the writing of the next order and its act. */
    record CutBeforeAct() implements Step {}
  }

  static History of(long seed) {
    var random = new Random(seed);
    var blames = new TreeMap<FaultKind, Blame>((one, other) -> one.name().compareTo(other.name()));
    var ladder = new StringBuilder();
    for (var name : List.of("A", "B", "C", "D")) {
      var kind = new FaultKind(
          name,
          any(random, List.of(Layer.values())),
          Duration.ofSeconds(random.nextInt(3) * 4L),
          Duration.ofMinutes(2),
          random.nextInt(4) == 0 && !name.equals("A") ? Set.of("A") : Set.of(),
          random.nextInt(4) == 0,
          "Ask.");
      var blame = random.nextInt(3) > 0
          ? Blame.OURS
          : any(random, List.copyOf(WORDS.keySet().stream().sorted().toList()));
      blames.put(kind, blame);
      ladder.append(rule(random, name, blame));
    }
    for (var effect : Effect.values()) {
      if (effect.compareTo(Effect.TRAFFIC) >= 0 || random.nextBoolean()) {
        ladder
            .append("budget ")
            .append(effect.word())
            .append(' ')
            .append(limit(random))
            .append(random.nextBoolean() ? ", " + limit(random) : "")
            .append('\n');
      }
    }
    var steps = new ArrayList<Step>();
    for (var left = 40 + random.nextInt(80); left > 0; left--) {
      steps.add(step(random));
    }
    return new History(seed, ladder.toString(), blames, List.copyOf(steps));
  }

  private static String rule(Random random, String name, Blame blame) {
    var text = new StringBuilder("fault " + name + " blamed " + WORDS.get(blame) + " lasting "
        + random.nextInt(3) * 7 + " s\n");
    for (var effect : Effect.values()) {
      for (var remedy : REMEDIES.entrySet()) {
        if (remedy.getValue() == effect
            && (effect == Effect.NONE || blame.isOurs())
            && random.nextBoolean()) {
          text.append("  rung " + remedy.getKey() + " tries " + (1 + random.nextInt(3))
              + (random.nextInt(3) == 0 ? " per " + any(random, WINDOWS) : "") + " settle "
              + (1 + random.nextInt(60)) + " s\n");
        }
      }
    }
    return text + "  then rest look again every " + (1 + random.nextInt(30)) + " min\n";
  }

  private static String limit(Random random) {
    return 1 + random.nextInt(5) + " per " + any(random, WINDOWS);
  }

  private static Step step(Random random) {
    return switch (random.nextInt(22)) {
      case 0, 1, 2 -> new Step.Fault(random.nextInt(4), true);
      case 3 -> new Step.Fault(random.nextInt(4), false);
      case 4 -> new Step.Sight(random.nextInt(4), false);
      case 5, 6 -> new Step.Sight(random.nextInt(4), true);
      case 7, 8 ->
        new Step.Remedies(
            any(random, List.of(Answer.values())), random.nextInt(40), random.nextInt(3) == 0);
      case 9 -> new Step.Save();
      case 10 -> new Step.Durable(random.nextInt(3) > 0);
      case 11 -> new Step.Pause(random.nextInt(3) * 5);
      case 12 -> new Step.WallClock(random.nextInt(21) - 10);
      case 13 -> new Step.Restart(random.nextInt(30));
      case 14 -> new Step.PowerCut(random.nextInt(7200));
      case 15 -> new Step.CutBeforeAct();
      default ->
        new Step.Pass(1 + random.nextInt(20), 1 + random.nextInt(random.nextBoolean() ? 5 : 120));
    };
  }

  private static <T> T any(Random random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  /** The same with as few steps as still fail: halves are taken out first, single steps last. */
  History shrunk(Predicate<History> fails) {
    var left = steps;
    for (var size = Math.max(1, left.size() / 2); size > 0; size /= 2) {
      for (var at = 0; at < left.size(); ) {
        var fewer = new ArrayList<>(left);
        fewer.subList(at, Math.min(left.size(), at + size)).clear();
        if (fails.test(with(fewer))) {
          left = List.copyOf(fewer);
        } else {
          at += size;
        }
      }
    }
    return with(left);
  }

  private History with(List<Step> others) {
    return new History(seed, ladder, blames, List.copyOf(others));
  }

  @Override
  public String toString() {
    var text = new StringBuilder("seed " + seed + "\n" + ladder);
    blames.forEach((kind, blame) -> text.append(kind.name() + " " + kind.layer() + " patience "
        + kind.patience() + " causes " + kind.causes() + (kind.fades() ? " fades\n" : "\n")));
    steps.forEach(step -> text.append(step).append('\n'));
    return text.toString();
  }
}
