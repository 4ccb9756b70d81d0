package org.kedge.care.internal.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.CareJournal.Topic;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Fault;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.RemedyOutcome;
import org.kedge.care.internal.core.Ladder.Limit;
import org.kedge.care.internal.core.Ladder.Rule;
import org.kedge.care.internal.core.RecoveryMemory.Climb;
import org.kedge.care.internal.core.RecoveryMemory.Entry;
import org.kedge.care.internal.core.RecoveryMemory.Order;
import org.kedge.care.internal.core.RecoveryMemory.Pause;
import org.kedge.care.internal.core.RecoveryMemory.Spent;

/**
 * Decides what is done about the faults that stand: which remedy, when, and when no more. At most one is under way on the node. The
 * mildest that is due goes first, whichever fault it is for. Pure: faults and time in, orders and a diary out; whoever carries an
 * order out writes {@link #text} to flash first. One thread.
 */
public final class Recovery {
  /** A fault that is back this soon after a remedy that disturbed was not helped by it. */
  static final Duration PROBATION = Duration.ofMinutes(5);

  /** What is not watched this long after the start belongs to a capability that is gone. */
  static final Duration BEGINNING = Duration.ofMinutes(1);

  private static final int JOURNAL_MAX = 50;
  private static final int WORDS_MAX = 300;

  private final String kernelBoot;
  private final Duration ageAtBoot;
  private final Uptime begun;
  private final long boots;
  private final Map<String, Climb> climbs = new LinkedHashMap<>();
  private final Map<String, Duration> faultSince = new LinkedHashMap<>();
  private final Map<String, String> held = new LinkedHashMap<>();
  private final List<Spent> spent = new ArrayList<>();
  private final Deque<Entry> journal = new ArrayDeque<>();
  private Optional<Order> order;
  private Optional<Pause> pause;
  private int pauseSetting;
  private String climbed;
  private long journalCount;
  private long changes;
  private Duration age = Duration.ZERO;
  private Instant wallClock = Instant.EPOCH;

  private Recovery(RecoveryMemory memory, String kernelBoot, Uptime now, Instant wallClock) {
    var sameBoot = memory.kernelBoot().equals(kernelBoot);
    this.kernelBoot = kernelBoot;
    var uptimeThen = sameBoot ? memory.uptime() : Duration.ZERO;
    ageAtBoot = memory.age().minus(uptimeThen);
    begun = now;
    boots = memory.boots() + (sameBoot ? 0 : 1);
    memory.climbs().forEach(climb -> climbs.put(climb.fault(), climb));
    faultSince.putAll(memory.faultSince());
    spent.addAll(memory.spent());
    journal.addAll(memory.journal());
    journalCount = memory.journalCount();
    order = memory.order();
    pause = memory.pause();
    pauseSetting = memory.pauseSetting();
    climbed = memory.ladder();
    passTo(now, wallClock);
  }

  /**
   * Goes on where an earlier run was cut off.
   *
   * @param text as {@link #text} gave it; empty on the very first run
   * @param kernelBoot the kernel's name of this boot
   * @return empty if the text is none of this format: then go on with {@link #afterLoss}
   */
  public static Optional<Recovery> resume(
      String text, String kernelBoot, Uptime now, Instant wallClock) {
    var memory = text.isEmpty() ? Optional.of(RecoveryMemory.NONE) : MemoryText.parse(text);
    return memory.map(known -> {
      var recovery = new Recovery(known, kernelBoot, now, wallClock);
      recovery.tellStart(known);
      return recovery;
    });
  }

  /**
   * Begins without a memory that should be there. What it held is taken for the worst: that the node's own budget is spent now.
   */
  public static Recovery afterLoss(
      String why, Ladder ladder, String kernelBoot, Uptime now, Instant wallClock) {
    var recovery = new Recovery(RecoveryMemory.NONE, kernelBoot, now, wallClock);
    recovery.enter(
        Topic.BOOT,
        "Attempts and budgets of before are lost (" + why
            + "); the budget of effect node counts as spent now");
    var most = ladder.limits(Effect.NODE).stream().mapToInt(Limit::times).max().orElse(1);
    recovery.spent.addAll(
        Collections.nCopies(most, new Spent(recovery.age, "-", Effect.NODE, "-")));
    return recovery;
  }

  private void tellStart(RecoveryMemory known) {
    var after =
        order.map(one -> ", after '" + one.remedy() + "' (" + one.place() + ")").orElse("");
    var words = "Kedge has started again" + after;
    if (known.kernelBoot().isEmpty()) {
      words = "Kedge runs on this node for the first time, as far as it remembers";
    } else if (!known.kernelBoot().equals(kernelBoot)) {
      words = "The node has booted, boot " + boots + " that Kedge has seen" + after;
    }
    enter(Topic.BOOT, order.map(Order::fault), order.map(Order::remedy), words);
    // Whether it was carried out is not known; it counts, and gets its time to help.
    order.ifPresent(this::isTried);
    order = order.map(
        one -> one.settlesUntil().isPresent() ? one : one.settling(age.plus(one.settle())));
  }

  private void passTo(Uptime now, Instant wall) {
    // Whole milliseconds: what is written is what is compared.
    age = ageAtBoot.plusMillis(now.nanos() / 1_000_000);
    wallClock = wall;
  }

  /**
   * What one look at the node brought. What was not seen in it is neither well nor wrong, whatever was reported before.
   *
   * @param well kinds that it saw and found well
   * @param wrong kinds that it saw and found wrong
   * @param watched kinds that it had a reading of, whatever that said
   */
  public record Look(CareReport report, Set<String> well, Set<String> wrong, Set<String> watched) {}

  /**
   * Takes what is wrong now, and gives the order that is due.
   *
   * @param known remedies that are there, with what they disturb
   * @param durable whether {@link #text} can be made durable: without a memory no remedy may take the node away
   * @return what to carry out, once it is written down
   */
  public Optional<Order> look(
      Look look,
      Ladder ladder,
      Map<String, KnownRemedy> known,
      boolean durable,
      Uptime now,
      Instant wall) {
    passTo(now, wall);
    prune(ladder);
    tellFaults(look, now);
    settle(look);
    keepClimbs(look, now);
    climb(ladder);
    endPause();
    return order.isPresent() || pause.isPresent()
        ? Optional.empty()
        : choose(look, ladder, known, durable, now);
  }

  /** A remedy that can be ordered. */
  public record KnownRemedy(Effect effect, String deed) {}

  /** A rung's number means nothing on another ladder: there every climb begins at the mildest. */
  private void climb(Ladder ladder) {
    if (!climbed.equals(ladder.version())) {
      climbs.replaceAll((name, climb) -> climb.anew());
      climbed = ladder.version();
      changes++;
    }
  }

  // --- the diary of faults ---

  private void tellFaults(Look look, Uptime now) {
    for (var fault : look.report().faults()) {
      var name = fault.kind().name();
      if (faultSince.putIfAbsent(name, age.minus(lasting(fault, now))) == null) {
        enter(Topic.FOUND, fault, name + ", " + fault.blame().words() + ": " + fault.evidence());
      }
    }
    for (var name : List.copyOf(faultSince.keySet())) {
      if (look.well().contains(name) && !isRaised(look, name)) {
        over(name, " is over after ");
      } else if (isAbandoned(look, name, now)) {
        over(name, " is no longer watched after ");
      }
    }
  }

  private void over(String name, String how) {
    var since = faultSince.remove(name);
    if (since != null) {
      enter(
          Topic.OVER,
          Optional.of(name),
          Optional.empty(),
          name + how + Span.about(age.minus(since)));
    }
  }

  private static Duration lasting(Fault fault, Uptime now) {
    var lasting = fault.lasting(now);
    return lasting.isNegative() ? Duration.ZERO : Duration.ofMillis(lasting.toMillis());
  }

  private boolean isAbandoned(Look look, String name, Uptime now) {
    return !look.watched().contains(name) && now.since(begun).compareTo(BEGINNING) > 0;
  }

  private static boolean isRaised(Look look, String name) {
    return Stream.concat(
            look.report().faults().stream(),
            look.report().silenced().stream().map(CareReport.Silenced::fault))
        .anyMatch(fault -> fault.kind().name().equals(name));
  }

  /** Standing on its own or explained, and seen to be so in this look. */
  private static boolean isThere(Look look, String name) {
    return isRaised(look, name) && look.wrong().contains(name);
  }

  private static boolean isAway(Look look, String name) {
    return look.well().contains(name) && !look.wrong().contains(name);
  }

  // --- did it help? ---

  private void settle(Look look) {
    if (order.isEmpty() || order.get().settlesUntil().isEmpty()) {
      return;
    }
    var now = order.get();
    var until = now.settlesUntil().orElseThrow();
    if (isAway(look, now.fault())) {
      order = Optional.empty();
      enter(
          Topic.HELPED,
          now,
          now.deed() + ", " + now.place() + "; helped after " + Span.about(age.minus(now.at())));
    } else if (age.compareTo(until) >= 0
        && (isThere(look, now.fault()) || age.compareTo(until.plus(now.settle())) >= 0)) {
      order = Optional.empty();
      climbs.computeIfPresent(now.fault(), (name, climb) -> climb.failedOnce());
      enter(
          Topic.NOT_HELPED,
          now,
          now.deed() + ", " + now.place() + "; did not help within " + Span.of(now.settle())
              + (isThere(look, now.fault()) ? "" : ", as far as can be seen")
              + fading(look, now.fault()));
    }
  }

  private String fading(Look look, String name) {
    return look.report().faults().stream()
            .map(Fault::kind)
            .anyMatch(kind -> kind.name().equals(name) && kind.fades())
        ? "; whose fault it is is not known now, and nothing more is tried"
        : "";
  }

  // --- where each fault stands on its ladder ---

  private void keepClimbs(Look look, Uptime now) {
    for (var climb : List.copyOf(climbs.values())) {
      var name = climb.fault();
      if (order.filter(one -> one.fault().equals(name)).isPresent()) {
        // What comes and goes while a remedy is under way is judged once, when it settles.
        continue;
      }
      if (isThere(look, name)) {
        climb.goneSince().ifPresent(since -> isBack(climb, since));
      } else if (isAway(look, name)) {
        if (climb.goneSince().isEmpty()) {
          climbs.put(name, climb.gone(age));
          changes++;
        }
        var gone = age.minus(climb.goneSince().orElse(age));
        if (climb.latest().compareTo(Effect.TRAFFIC) < 0 || gone.compareTo(PROBATION) >= 0) {
          forget(name);
        }
      } else if (isAbandoned(look, name, now)) {
        forget(name);
      }
    }
  }

  private void isBack(Climb climb, Duration since) {
    var back = climb.back();
    if (climb.latest().compareTo(Effect.TRAFFIC) >= 0
        && age.minus(since).compareTo(PROBATION) < 0) {
      back = back.failedOnce();
      enter(
          Topic.NOT_HELPED,
          Optional.of(climb.fault()),
          Optional.empty(),
          climb.fault() + " is back " + Span.about(age.minus(since))
              + " after it had gone: what helped did not last");
    }
    climbs.put(climb.fault(), back);
    changes++;
  }

  private void forget(String name) {
    climbs.remove(name);
    held.remove(name);
    changes++;
  }

  /** Whose fault it is, given what was tried. */
  public Blame blame(Fault fault) {
    var climb = climbs.get(fault.kind().name());
    return fault.kind().fades() && climb != null && climb.anyFailed()
        ? Blame.UNKNOWN
        : fault.blame();
  }

  /** How long a fault had stood before {@code since}, as remembered. */
  public Duration earlier(FaultKind kind, Uptime since) {
    var known = faultSince.get(kind.name());
    if (known == null) {
      return Duration.ZERO;
    }
    var earlier = ageAtBoot.plusMillis(since.nanos() / 1_000_000).minus(known);
    return earlier.isNegative() ? Duration.ZERO : earlier;
  }

  // --- what next? ---

  private record Candidate(
      Fault fault, Climb climb, Ladder.Rung rung, int rungs, KnownRemedy remedy) {}

  private Optional<Order> choose(
      Look look, Ladder ladder, Map<String, KnownRemedy> known, boolean durable, Uptime now) {
    var candidates = new ArrayList<Candidate>();
    for (var fault : look.report().faults()) {
      if (!look.wrong().contains(fault.kind().name())) {
        continue;
      }
      ladder
          .rule(fault.kind().name(), blame(fault))
          .filter(rule -> fault.lasting(now).compareTo(rule.lasting()) >= 0)
          .flatMap(rule -> next(fault, rule, ladder, known, durable))
          .ifPresent(candidates::add);
    }
    return candidates.stream()
        .min(Comparator.<Candidate, Effect>comparing(one -> one.remedy().effect())
            .thenComparing(one -> one.fault().kind().layer())
            .thenComparing(one -> one.fault().kind().name()))
        .map(this::order);
  }

  /** The next thing to do about a fault; goes up past rungs that have had their tries, and to rest after the last. */
  private Optional<Candidate> next(
      Fault fault, Rule rule, Ladder ladder, Map<String, KnownRemedy> known, boolean durable) {
    var name = fault.kind().name();
    var climb = climbs.getOrDefault(name, Climb.begin(name));
    if (climb.restUntil().isPresent()) {
      if (age.compareTo(climb.restUntil().get()) < 0) {
        return Optional.empty();
      }
      climb = climb.rested();
      enter(Topic.AGAIN, fault, name + " still stands after the rest; its ladder is climbed again");
    }
    while (climb.rung() < rule.rungs().size()) {
      var rung = rule.rungs().get(climb.rung());
      var remedy = known.get(rung.remedy());
      if (remedy == null || isUsedUp(climb, rung)) {
        climb = climb.nextRung();
        continue;
      }
      climbs.put(name, climb);
      var why = whyNot(remedy.effect(), blame(fault), ladder, durable);
      if (why.isPresent()) {
        if (!why.get().equals(held.put(name, why.get()))) {
          enter(
              Topic.HELD,
              fault,
              "'" + rung.remedy() + "', rung " + (climb.rung() + 1) + " of "
                  + rule.rungs().size() + ", for " + name + " waits: " + why.get());
        }
        return Optional.empty();
      }
      held.remove(name);
      return Optional.of(new Candidate(fault, climb, rung, rule.rungs().size(), remedy));
    }
    climbs.put(name, climb.resting(age.plus(rule.lookAgain())));
    held.remove(name);
    enter(
        Topic.REST,
        fault,
        name + ": all " + rule.rungs().size()
            + " rungs have had their tries and it still stands; Kedge rests and looks again in "
            + Span.of(rule.lookAgain()) + ". " + fault.kind().advice());
    return Optional.empty();
  }

  private boolean isUsedUp(Climb climb, Ladder.Rung rung) {
    if (climb.failed() >= rung.tries()) {
      return true;
    }
    return rung.per()
        .filter(window -> spent.stream()
                .filter(one -> one.fault().equals(climb.fault())
                    && one.remedy().equals(rung.remedy())
                    && counts(one, window))
                .count()
            >= rung.tries())
        .isPresent();
  }

  private boolean counts(Spent one, Duration window) {
    return age.minus(one.at()).compareTo(window) <= 0;
  }

  private Optional<String> whyNot(Effect effect, Blame blame, Ladder ladder, boolean durable) {
    if (effect != Effect.NONE && !blame.isOurs()) {
      return Optional.of("it would disturb, and the fault is not this node's");
    }
    if (effect == Effect.NODE && !durable) {
      return Optional.of(
          "what was tried cannot be written to flash, and a node that forgets would restart for ever");
    }
    return ladder.limits(effect).stream()
        .filter(limit -> spent.stream()
                .filter(one -> one.effect() == effect && counts(one, limit.window()))
                .count()
            >= limit.times())
        .findFirst()
        .map(limit -> "the budget of effect " + effect.word() + ", " + limit.times() + " per "
            + Span.of(limit.window()) + ", is spent");
  }

  private Order order(Candidate chosen) {
    var name = chosen.fault().kind().name();
    var rung = chosen.rung();
    var made = new Order(
        rung.remedy(),
        chosen.remedy().effect(),
        chosen.remedy().deed(),
        name,
        chosen.climb().rung(),
        chosen.rungs(),
        chosen.climb().failed() + 1,
        rung.tries(),
        age,
        rung.settle(),
        Optional.empty());
    spent.add(new Spent(age, rung.remedy(), chosen.remedy().effect(), name));
    order = Optional.of(made);
    enter(
        Topic.ORDERED,
        made,
        made.remedy() + ", " + made.place()
            + (made.tries() > 1 ? ", try " + made.attempt() + " of " + made.tries() : ""));
    return made;
  }

  /** The remedy that was ordered has ended, or its time has; nothing happens where none is acting. */
  public void ended(RemedyOutcome outcome, Uptime now, Instant wall) {
    passTo(now, wall);
    var acting = order.filter(one -> one.settlesUntil().isEmpty());
    if (acting.isEmpty()) {
      return;
    }
    var done = acting.get();
    if (outcome instanceof RemedyOutcome.Useless) {
      // Nothing was disturbed: it counts against no budget, and the next rung's turn is now.
      order = Optional.empty();
      spent.removeIf(one -> one.at().equals(done.at()) && one.remedy().equals(done.remedy()));
      climbs.computeIfPresent(done.fault(), (name, climb) -> climb.nextRung());
      enter(Topic.DONE, done, done.remedy() + " has nothing to offer: " + outcome.words());
    } else {
      var tried = outcome instanceof RemedyOutcome.Failed ? done.inVain() : done;
      isTried(done);
      order = Optional.of(tried.settling(age.plus(done.settle())));
      enter(
          Topic.DONE,
          done,
          (outcome instanceof RemedyOutcome.Failed
                  ? done.remedy() + " came to nothing: "
                  : done.deed() + ": ")
              + outcome.words() + "; looked at for up to " + Span.of(done.settle()));
    }
  }

  private void isTried(Order carriedOut) {
    climbs.computeIfPresent(carriedOut.fault(), (name, climb) -> climb.tried(carriedOut.effect()));
  }

  /** Whether this order is the one that is being carried out. */
  public boolean isActing(Order given) {
    return order
        .filter(one -> one.settlesUntil().isEmpty()
            && one.at().equals(given.at())
            && one.remedy().equals(given.remedy()))
        .isPresent();
  }

  // --- pausing ---

  /** Gives no order for this long. */
  public void pause(Duration length, String reason, Uptime now, Instant wall) {
    passTo(now, wall);
    pause = Optional.of(new Pause(age.plus(length), reason));
    enter(Topic.PAUSE, "Remedies are held back for " + Span.of(length) + ": " + reason);
  }

  public void resume(String reason, Uptime now, Instant wall) {
    passTo(now, wall);
    if (pause.isPresent()) {
      pause = Optional.empty();
      enter(Topic.PAUSE, "Remedies are ordered again: " + reason);
    }
  }

  /** Counts what disturbed the node without an order; the same event once. */
  public void count(Effect effect, String what, String event, Uptime now, Instant wall) {
    passTo(now, wall);
    if (spent.stream().noneMatch(one -> one.remedy().equals(what) && one.fault().equals(event))) {
      spent.add(new Spent(age, what, effect, event));
      changes++;
    }
  }

  /** The setting as it is now: another value than the last begins or ends a pause, the same does nothing. */
  public void pauseSetting(int minutes, Uptime now, Instant wall) {
    if (minutes == pauseSetting) {
      return;
    }
    pauseSetting = minutes;
    changes++;
    if (minutes > 0) {
      pause(Duration.ofMinutes(minutes), "set in the settings", now, wall);
    } else {
      resume("set in the settings", now, wall);
    }
  }

  private void endPause() {
    if (pause.filter(one -> age.compareTo(one.until()) >= 0).isPresent()) {
      pause = Optional.empty();
      enter(Topic.PAUSE, "Remedies are ordered again: the pause is over");
    }
  }

  /** Tells of a ladder that was taken or refused. */
  public void tellLadder(String words, Uptime now, Instant wall) {
    passTo(now, wall);
    enter(Topic.LADDER, words);
  }

  // --- memory ---

  private void prune(Ladder ladder) {
    var sameEffect = new EnumMap<Effect, Integer>(Effect.class);
    var sameRemedy = new HashMap<String, Integer>();
    for (var at = spent.size() - 1; at >= 0; at--) {
      var one = spent.get(at);
      var enough = sameEffect.merge(one.effect(), 1, Integer::sum) > Ladder.TIMES_MAX;
      enough &=
          sameRemedy.merge(one.remedy() + " " + one.fault(), 1, Integer::sum) > Ladder.TIMES_MAX;
      if (enough || !counts(one, ladder.remembered(one.fault(), one.remedy(), one.effect()))) {
        spent.remove(at);
        changes++;
      }
    }
  }

  private void enter(Topic topic, String words) {
    enter(topic, Optional.empty(), Optional.empty(), words);
  }

  private void enter(Topic topic, Fault fault, String words) {
    enter(topic, Optional.of(fault.kind().name()), Optional.empty(), words);
  }

  private void enter(Topic topic, Order about, String words) {
    enter(topic, Optional.of(about.fault()), Optional.of(about.remedy()), words);
  }

  private void enter(Topic topic, Optional<String> fault, Optional<String> remedy, String words) {
    journalCount++;
    changes++;
    journal.addLast(new Entry(
        journalCount,
        age,
        wallClock,
        topic,
        fault,
        remedy,
        words.length() > WORDS_MAX ? words.substring(0, WORDS_MAX) + "..." : words));
    if (journal.size() > JOURNAL_MAX) {
      journal.removeFirst();
    }
  }

  /** Grows whenever anything but the age changed. */
  public long changes() {
    return changes;
  }

  /** Why a fault waits for a remedy, by the fault's name. */
  public Map<String, String> held() {
    return Map.copyOf(held);
  }

  /** As of the latest look. */
  public RecoveryMemory memory() {
    return new RecoveryMemory(
        age,
        kernelBoot,
        age.minus(ageAtBoot),
        boots,
        faultSince,
        List.copyOf(climbs.values()),
        spent,
        order,
        pause,
        pauseSetting,
        climbed,
        journalCount,
        List.copyOf(journal));
  }

  /** All of it as text, for flash. */
  public String text(Uptime now) {
    passTo(now, wallClock);
    return MemoryText.write(memory());
  }
}
