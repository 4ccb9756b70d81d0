package org.kedge.care.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Effect;

/**
 * What to do about which fault, in which order and how often; data, read by {@link LadderText}. Immutable.
 *
 * @param version names exactly this content, for telemetry
 */
public record Ladder(String version, List<Rule> rules, List<Budget> budgets) {
  /** The most that a rung or a limit can ask for; older ones than that many never count. */
  static final int TIMES_MAX = 100;

  /** The longest time over which a rung or a limit can count. */
  static final Duration WINDOW_MAX = Duration.ofDays(30);

  public Ladder {
    rules = List.copyOf(rules);
    budgets = List.copyOf(budgets);
  }

  /**
   * The rungs for one fault.
   *
   * @param lasting how long the fault has to stand before the first rung
   * @param lookAgain how long to rest after the last rung
   * @param line of the text it was read from, from 1
   */
  public record Rule(
      String fault, Blame blame, Duration lasting, List<Rung> rungs, Duration lookAgain, int line) {
    public Rule {
      rungs = List.copyOf(rungs);
    }
  }

  /**
   * One remedy of a rule.
   *
   * @param tries how often it may fail to help before the next rung's turn
   * @param per if there, the rung is also passed over once it was tried this often within this time, on whatever climb
   * @param settle how long a remedy is given to help
   */
  public record Rung(String remedy, int tries, Optional<Duration> per, Duration settle, int line) {}

  /** How often remedies of one effect may be carried out, whatever for. */
  public record Budget(Effect effect, List<Limit> limits, int line) {
    public Budget {
      limits = List.copyOf(limits);
    }
  }

  /** At most so many within a time, wherever it begins. */
  public record Limit(int times, Duration window) {}

  /** Why a ladder is refused. */
  public record Problem(int line, String words) {
    @Override
    public String toString() {
      return "line " + line + ": " + words;
    }
  }

  public Optional<Rule> rule(String fault, Blame blame) {
    return rules.stream()
        .filter(rule -> rule.fault().equals(fault) && rule.blame() == blame)
        .findFirst();
  }

  public List<Limit> limits(Effect effect) {
    return budgets.stream()
        .filter(budget -> budget.effect() == effect)
        .findFirst()
        .map(Budget::limits)
        .orElse(List.of());
  }

  /**
   * How long the carrying out of a remedy may count against something. What disturbs traffic or the node is remembered for the
   * ladder that comes next too: its windows may be longer, and after a start the built-in one is there first.
   */
  Duration remembered(String fault, String remedy, Effect effect) {
    if (effect.compareTo(Effect.TRAFFIC) >= 0) {
      return WINDOW_MAX;
    }
    var longest = Duration.ZERO;
    for (var limit : limits(effect)) {
      longest = longer(longest, limit.window());
    }
    for (var rule : rules) {
      for (var rung : rule.rungs()) {
        if (rule.fault().equals(fault) && rung.remedy().equals(remedy)) {
          longest = longer(longest, rung.per().orElse(Duration.ZERO));
        }
      }
    }
    return longest;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  /** Remedies it names that are not among these. */
  public List<Problem> unknown(Map<String, Effect> known) {
    var problems = new ArrayList<Problem>();
    for (var rule : rules) {
      for (var rung : rule.rungs()) {
        if (!known.containsKey(rung.remedy())) {
          problems.add(new Problem(
              rung.line(),
              "there is no remedy '" + rung.remedy() + "' on this node; known are "
                  + (known.isEmpty()
                      ? "none"
                      : String.join(", ", known.keySet().stream().sorted().toList()))));
        }
      }
    }
    return problems;
  }

  /**
   * What is wrong with it given what the remedies disturb: disruption may never fall on the way up, what disturbs traffic or the
   * node needs a budget, and only a fault of our own may lead to any disturbance. Rungs whose remedy is unknown are not judged.
   */
  public List<Problem> problems(Map<String, Effect> known) {
    var problems = new ArrayList<Problem>();
    for (var rule : rules) {
      var worst = Effect.NONE;
      var names = new HashSet<String>();
      for (var rung : rule.rungs()) {
        var effect = known.get(rung.remedy());
        if (!names.add(rung.remedy())) {
          problems.add(new Problem(
              rung.line(),
              "'" + rung.remedy() + "' stands twice for " + rule.fault() + "; raise its tries"));
        }
        if (effect == null) {
          continue;
        }
        if (effect.compareTo(worst) < 0) {
          problems.add(new Problem(
              rung.line(),
              "disruption falls from " + worst.word() + " to " + effect.word() + " at '"
                  + rung.remedy() + "'; put milder remedies first"));
        }
        worst = effect.compareTo(worst) > 0 ? effect : worst;
        if (effect != Effect.NONE && !rule.blame().isOurs()) {
          problems.add(new Problem(
              rung.line(),
              "'" + rung.remedy() + "' disturbs (" + effect.word()
                  + "), and only a fault of this node may lead to that"));
        }
        if (effect.compareTo(Effect.TRAFFIC) >= 0 && limits(effect).isEmpty()) {
          problems.add(new Problem(
              rung.line(),
              "'" + rung.remedy() + "' has effect " + effect.word()
                  + " and needs a line such as 'budget " + effect.word() + " 4 per 24 h'"));
        }
      }
    }
    return problems;
  }
}
