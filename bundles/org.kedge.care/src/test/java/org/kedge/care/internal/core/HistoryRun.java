package org.kedge.care.internal.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.Effect;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Reading;
import org.kedge.care.api.RemedyOutcome;
import org.kedge.care.internal.core.History.Answer;
import org.kedge.care.internal.core.History.Step;
import org.kedge.care.internal.core.Recovery.KnownRemedy;
import org.kedge.care.internal.core.RecoveryMemory.Order;

/**
 * A node that lives through a history, and an auditor beside it who has a clock that never stops and believes nothing the recovery
 * says about itself. What breaks a rule is an {@link AssertionError}.
 */
final class HistoryRun {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Ladder ladder;
  private final List<FaultKind> kinds;
  private final History history;
  private final Map<String, KnownRemedy> known = new HashMap<>();
  private final boolean[] there = new boolean[4];
  private final boolean[] seen = {true, true, true, true};
  private Recovery recovery;
  private Diagnosis diagnosis;
  private Duration truth = Duration.ofSeconds(50);
  private Duration uptime = Duration.ofSeconds(50);
  private Instant wall = Instant.parse("2026-11-22T12:00:00Z");
  private String saved = "";
  private int boot = 1;
  private boolean durable = true;
  private boolean cutBeforeAct;
  private Step.Remedies remedies = new Step.Remedies(Answer.DONE, 1, false);

  // The auditor's books, in true time.
  private record Act(Duration at, Order order) {}

  private final List<Act> acts = new ArrayList<>();
  private Optional<Act> acting = Optional.empty();
  private Optional<Order> settling = Optional.empty();
  private Duration settlesFrom = Duration.ZERO;
  private Duration endsAt = Duration.ZERO;
  private Duration pausedUntil = Duration.ZERO;
  private final Map<String, Effect> climbed = new HashMap<>();
  private final Set<String> failed = new HashSet<>();
  private long journalRead;

  HistoryRun(History history) {
    this.history = history;
    if (!(LadderText.parse(history.ladder()) instanceof LadderText.Reading.Read read)) {
      throw new AssertionError("a valid ladder is refused: " + LadderText.parse(history.ladder()));
    }
    ladder = read.ladder();
    check(ladder.problems(History.REMEDIES).isEmpty(), "a valid ladder has problems");
    kinds = List.copyOf(history.blames().keySet());
    History.REMEDIES.forEach(
        (name, effect) -> known.put(name, new KnownRemedy(effect, "did " + name)));
    diagnosis = Diagnosis.begin(now());
    recovery = Recovery.resume("", "boot-1", now(), wall).orElseThrow();
  }

  void live() {
    history.steps().forEach(this::take);
  }

  /** Everything is well and seen from now on, and remedies end. */
  void heal() {
    for (var kind = 0; kind < kinds.size(); kind++) {
      there[kind] = false;
      seen[kind] = true;
    }
    durable = true;
    cutBeforeAct = false;
    pass(120, 5);
    check(recovery.memory().climbs().isEmpty(), "a healed node stands on a rung");
    check(recovery.memory().order().isEmpty(), "a healed node has a remedy under way");
    check(recovery.memory().faultSince().isEmpty(), "a healed node has a fault");
  }

  /** One fault stands alone and nothing cures it. */
  void despair(int kind) {
    there[kind] = true;
    remedies = new Step.Remedies(Answer.DONE, 1, false);
    var name = kinds.get(kind).name();
    for (var look = 0; look < 3_000; look++) {
      pass(1, look % 2 == 0 ? 61 : 240);
      if (recovery.memory().climbs().stream()
          .anyMatch(climb -> climb.fault().equals(name) && climb.restUntil().isPresent())) {
        return;
      }
    }
    throw new AssertionError(name + " never came to rest");
  }

  private void take(Step step) {
    if (step instanceof Step.Pass pass) {
      pass(pass.looks(), pass.everySeconds());
    } else if (step instanceof Step.Fault fault) {
      there[fault.kind()] = fault.there();
    } else if (step instanceof Step.Sight sight) {
      seen[sight.kind()] = sight.seen();
    } else if (step instanceof Step.Remedies next) {
      remedies = next;
    } else if (step instanceof Step.Save) {
      save();
    } else if (step instanceof Step.Durable now) {
      durable = now.now();
      save();
    } else if (step instanceof Step.Pause pause) {
      pause(pause.minutes());
    } else if (step instanceof Step.WallClock jump) {
      wall = wall.plus(Duration.ofDays(365L * jump.jumpYears()));
    } else if (step instanceof Step.Restart restart) {
      start(restart.awaySeconds(), false);
    } else if (step instanceof Step.PowerCut cut) {
      start(cut.darkSeconds(), true);
    } else {
      cutBeforeAct = true;
    }
  }

  private void save() {
    if (durable) {
      saved = recovery.text(now());
    }
  }

  private void pause(int minutes) {
    if (!durable) {
      return;
    }
    if (minutes > 0) {
      recovery.pause(Duration.ofMinutes(minutes), "told so", now(), wall);
      pausedUntil = truth.plus(Duration.ofMinutes(minutes));
    } else {
      recovery.resume("told so", now(), wall);
      pausedUntil = truth;
    }
    save();
  }

  /** Without a memory budgets hold in memory only, so that nothing is promised over such a start. */
  private void start(int awaySeconds, boolean dark) {
    if (!durable) {
      return;
    }
    readJournal();
    truth = truth.plusSeconds(awaySeconds);
    if (dark) {
      boot++;
      truth = truth.plusSeconds(20);
      uptime = Duration.ofSeconds(20);
    } else {
      uptime = uptime.plusSeconds(awaySeconds);
    }
    recovery = Recovery.resume(saved, "boot-" + boot, now(), wall)
        .orElseThrow(() -> new AssertionError("its own memory is refused:\n" + saved));
    diagnosis = Diagnosis.begin(now());
    journalRead = recovery.memory().journalCount();
    acting.ifPresent(act -> settles(act.order()));
    acting = Optional.empty();
  }

  private void settles(Order order) {
    settling = Optional.of(order);
    settlesFrom = truth;
  }

  private void pass(int looks, int everySeconds) {
    for (var left = looks; left > 0; left--) {
      var next = truth.plusSeconds(everySeconds);
      if (acting.isPresent() && endsAt.compareTo(next) <= 0) {
        passTo(endsAt);
        end();
      }
      passTo(next);
      look();
    }
  }

  private void passTo(Duration then) {
    var span = then.minus(truth);
    uptime = uptime.plus(span);
    wall = wall.plus(span);
    truth = then;
  }

  private void look() {
    var readings = new ArrayList<Reading>();
    for (var kind = 0; kind < kinds.size(); kind++) {
      var one = kinds.get(kind);
      if (!seen[kind]) {
        readings.add(new Reading.Unseen(one, now(), "dark"));
      } else if (there[kind]) {
        readings.add(new Reading.Wrong(one, now(), blame(one), "seen"));
      } else {
        readings.add(new Reading.Well(one, now()));
        wasWell(one.name());
      }
    }
    diagnosis = diagnosis.look(readings, now());
    var look = new Recovery.Look(
        diagnosis.report(), diagnosis.well(), diagnosis.wrong(), diagnosis.watched());
    var order = recovery.look(look, ladder, known, durable, now(), wall);
    readJournal();
    order.ifPresent(this::audit);
    auditMemory();
    order.ifPresent(this::carryOut);
  }

  private void wasWell(String fault) {
    climbed.remove(fault);
    failed.remove(fault);
    settling = settling.filter(order -> !order.fault().equals(fault));
  }

  private void readJournal() {
    for (var entry : recovery.memory().journal()) {
      if (entry.number() > journalRead) {
        if (entry.topic() == Topic.REST) {
          climbed.remove(entry.fault().orElseThrow());
        } else if (entry.topic() == Topic.NOT_HELPED) {
          failed.add(entry.fault().orElseThrow());
        }
      }
    }
    journalRead = recovery.memory().journalCount();
  }

  private void carryOut(Order order) {
    save();
    if (cutBeforeAct) {
      cutBeforeAct = false;
      if (durable) {
        settles(order);
        start(5, true);
        return;
      }
    }
    acting = Optional.of(new Act(truth, order));
    acts.add(acting.get());
    endsAt = remedies.answer() == Answer.NEVER
        ? truth.plus(LIMIT)
        : truth.plusSeconds(Math.min(LIMIT.toSeconds(), remedies.delaySeconds()));
  }

  private void end() {
    var act = acting.orElseThrow();
    acting = Optional.empty();
    RemedyOutcome outcome = new RemedyOutcome.Failed("no end");
    switch (remedies.answer()) {
      case DONE -> {
        outcome = new RemedyOutcome.Done("fine");
        if (remedies.cure()) {
          there[indexOf(act.order().fault())] = false;
        }
      }
      case USELESS -> {
        outcome = new RemedyOutcome.Useless("not here");
        acts.remove(act);
      }
      case FAILED, NEVER -> {}
    }
    recovery.ended(outcome, now(), wall);
    if (remedies.answer() != Answer.USELESS) {
      settles(act.order());
    }
  }

  private int indexOf(String fault) {
    for (var kind = 0; kind < kinds.size(); kind++) {
      if (kinds.get(kind).name().equals(fault)) {
        return kind;
      }
    }
    throw new AssertionError("an order for the unheard-of fault " + fault);
  }

  // --- the auditor ---

  private void audit(Order order) {
    var kind = kinds.get(indexOf(order.fault()));
    var blame = blame(kind);
    var effect = Objects.requireNonNull(History.REMEDIES.get(order.remedy()));
    check(order.effect() == effect, order + " is given another effect");
    check(acting.isEmpty(), order + " while " + acting + " acts");
    check(
        settling.isEmpty() || truth.compareTo(settlesFrom.plus(settling.get().settle())) >= 0,
        order + " while " + settling + " settles");
    settling = Optional.empty();
    check(effect == Effect.NONE || blame.isOurs(), order + " for a fault that is not ours");
    check(
        effect == Effect.NONE || !kind.fades() || !failed.contains(kind.name()),
        order + " though one failed and whose fault it is is not known");
    check(effect != Effect.NODE || durable, order + " without a memory");
    check(truth.compareTo(pausedUntil) >= 0, order + " in a pause");
    check(there[indexOf(kind.name())] && seen[indexOf(kind.name())], order + " for nothing seen");
    var before = climbed.getOrDefault(kind.name(), Effect.NONE);
    check(effect.compareTo(before) >= 0, order + " after one of effect " + before);
    climbed.put(kind.name(), effect);
    for (var limit : ladder.limits(effect)) {
      auditWindow(limit.times(), limit.window(), order, act -> act.order().effect() == effect);
    }
    var rung = ladder.rule(kind.name(), blame).orElseThrow().rungs().stream()
        .filter(one -> one.remedy().equals(order.remedy()))
        .findFirst()
        .orElseThrow();
    rung.per()
        .ifPresent(window -> auditWindow(
            rung.tries(),
            window,
            order,
            act -> act.order().fault().equals(kind.name())
                && act.order().remedy().equals(order.remedy())));
  }

  private void auditWindow(int times, Duration window, Order order, Predicate<Act> counts) {
    var within = acts.stream()
        .filter(counts)
        .filter(act -> truth.minus(act.at()).compareTo(window) <= 0)
        .count();
    check(within < times, order + " is one more than " + times + " within " + window);
  }

  private void auditMemory() {
    var memory = recovery.memory();
    check(memory.spent().size() <= 200, "so much is spent: " + memory.spent().size());
    check(
        memory.journal().size() <= 50, "so long a journal: " + memory.journal().size());
    check(memory.climbs().size() <= kinds.size(), "so many climbs: " + memory.climbs());
    check(memory.faultSince().size() <= kinds.size(), "so many faults: " + memory.faultSince());
    check(memory.age().compareTo(truth) <= 0, "older than true: " + memory.age());
  }

  private Blame blame(FaultKind kind) {
    return Objects.requireNonNull(history.blames().get(kind));
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  private Uptime now() {
    return Uptime.of(uptime);
  }
}
