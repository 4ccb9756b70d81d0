package org.kedge.watchdog.internal.core;

import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Start;
import org.kedge.base.api.Start.Cause;
import org.kedge.base.api.Uptime;

/**
 * What is remembered of starts, over restarts and power cuts; immutable.
 *
 * @param run the latest, by its boot id
 * @param kernelBoot the kernel's name of the boot it belongs to
 * @param cause why it began
 * @param evidence what tells so
 * @param end how it ended, or may have
 * @param isGuarded whether it held a timer
 * @param unsettled starts in a row that did not settle, the latest included until it does
 * @param timerRow starts in a row that the timer made, without a day's run between them
 * @param counts starts by cause, ever
 */
public record Boots(
    String run,
    String kernelBoot,
    Cause cause,
    String evidence,
    End end,
    boolean isGuarded,
    long unsettled,
    long timerRow,
    Map<Cause, Long> counts) {
  /** The remedy by which care lets the timer act. */
  public static final String LET_TIMER_BITE = "let-timer-bite";

  /** From this start in a row that did not settle, the lower capabilities come late. */
  private static final long REDUCED_FROM = 3;

  private static final Duration PATIENCE_FIRST = Duration.ofMinutes(30);
  private static final Duration PATIENCE_LATER = Duration.ofHours(8);

  /** Remedies that end a run while the kernel runs on, and those that end with a boot; any other that was under way ended nothing. */
  private static final Set<String> RESTARTS = Set.of("restart-runtime", LET_TIMER_BITE);

  private static final Set<String> REBOOTS = Set.of("reboot-node", LET_TIMER_BITE);

  private static final String HEAD = "kedge-starts 1";
  private static final Pattern NUMBER = Pattern.compile("\\d{1,15}");

  /** How a run ended. */
  public enum End {
    /** Without a word, or it has not ended yet. */
    OPEN,
    STOPPED,
    /** The timer was not petted any more, on purpose. */
    UNPETTED
  }

  public Boots {
    var all = new EnumMap<Cause, Long>(Cause.class);
    for (var each : Cause.values()) {
      all.put(each, counts.getOrDefault(each, 0L));
    }
    counts = Map.copyOf(all);
  }

  /**
   * What is known of how this run came about, beside what was remembered.
   *
   * @param run by its boot id
   * @param hasReset whether a timer says that it made this boot of the kernel; empty where none can tell
   * @param remedy that care had under way when the run before ended
   */
  public record Clues(
      String run, String kernelBoot, Optional<Boolean> hasReset, Optional<String> remedy) {}

  /**
   * Judges why this run began.
   *
   * @param before what was remembered; empty if nothing is
   * @param lost why nothing is remembered though there was something; empty on the very first run
   */
  public static Boots begin(Optional<Boots> before, String lost, Clues clues) {
    if (before.isEmpty()) {
      return begun(
          Optional.empty(),
          Cause.UNKNOWN,
          lost.isEmpty() ? "Kedge runs on this node for the first time" : lost,
          clues);
    }
    var known = before.get();
    if (known.run().equals(clues.run())) {
      // Only the bundle was away, for an update.
      return known.ended(End.OPEN);
    }
    return known.kernelBoot().equals(clues.kernelBoot())
        ? restarted(known, clues.remedy().filter(RESTARTS::contains), clues)
        : booted(known, clues.remedy().filter(REBOOTS::contains), clues);
  }

  private static Boots restarted(Boots known, Optional<String> ending, Clues clues) {
    if (ending.isPresent()) {
      return begun(Optional.of(known), Cause.REMEDY, "after '" + ending.get() + "'", clues);
    }
    return switch (known.end()) {
      case STOPPED ->
        begun(
            Optional.of(known), Cause.PLANNED, "Kedge had been stopped, the kernel ran on", clues);
      case UNPETTED ->
        begun(
            Optional.of(known),
            Cause.WATCHDOG,
            "petting had ended, and who was to be petted started Kedge again",
            clues);
      case OPEN ->
        begun(
            Optional.of(known),
            Cause.UNKNOWN,
            "Kedge ended without being stopped (killed, crashed or out of memory), the kernel ran on",
            clues);
    };
  }

  private static Boots booted(Boots known, Optional<String> ending, Clues clues) {
    var before = Optional.of(known);
    var hasReset = clues.hasReset().orElse(false);
    if (ending.isPresent()) {
      return begun(
          before,
          Cause.REMEDY,
          "after '" + ending.get() + "'" + (hasReset ? ", and the timer says it acted" : ""),
          clues);
    }
    if (hasReset) {
      return begun(before, Cause.WATCHDOG, "the timer says it reset the node", clues);
    }
    if (known.end() == End.STOPPED) {
      return begun(before, Cause.PLANNED, "Kedge had been stopped before the node booted", clues);
    }
    if (known.end() == End.UNPETTED && clues.hasReset().isEmpty()) {
      return begun(before, Cause.WATCHDOG, "petting had ended, and then the node booted", clues);
    }
    if (clues.hasReset().isPresent()) {
      return begun(
          before,
          Cause.POWER,
          "nothing stopped Kedge, and the timer says it did not reset the node",
          clues);
    }
    return known.isGuarded()
        ? begun(
            before,
            Cause.UNKNOWN,
            "nothing stopped Kedge: power failed or the timer acted, and it does not tell which",
            clues)
        : begun(before, Cause.POWER, "nothing stopped Kedge, and no timer could have acted", clues);
  }

  private static Boots begun(Optional<Boots> before, Cause cause, String evidence, Clues clues) {
    // Whoever stopped it has seen to it: that row is over.
    var unsettled = cause == Cause.PLANNED ? 1 : before.map(Boots::unsettled).orElse(0L) + 1;
    var timerRow = before.map(Boots::timerRow).orElse(0L) + (cause == Cause.WATCHDOG ? 1 : 0);
    var counts = new HashMap<>(before.map(Boots::counts).orElse(Map.of()));
    counts.merge(cause, 1L, Long::sum);
    return new Boots(
        clues.run(),
        clues.kernelBoot(),
        cause,
        evidence,
        End.OPEN,
        false,
        unsettled,
        timerRow,
        counts);
  }

  /** As the other capabilities are told. */
  public Start start() {
    return new Start(cause, evidence, unsettled, unsettled >= REDUCED_FROM);
  }

  /** It has run long enough for the next start to be a fresh one. */
  public Boots settled() {
    return new Boots(run, kernelBoot, cause, evidence, end, isGuarded, 0, timerRow, counts);
  }

  /** It has run long enough for the timer to be trusted again. */
  public Boots lasted() {
    return new Boots(run, kernelBoot, cause, evidence, end, isGuarded, unsettled, 0, counts);
  }

  public Boots guarded(boolean isHeld) {
    return new Boots(run, kernelBoot, cause, evidence, end, isHeld, unsettled, timerRow, counts);
  }

  public Boots ended(End how) {
    return new Boots(run, kernelBoot, cause, evidence, how, isGuarded, unsettled, timerRow, counts);
  }

  /**
   * Until when a stuck lane of care is borne: a node that the timer has just reset is not reset again at once. That keeps the timer
   * within the budget that every ladder has for the node, once in 30 minutes and four times in a day, without asking anybody.
   */
  public Uptime patientUntil() {
    return Uptime.of(
        timerRow == 0 ? Duration.ZERO : timerRow == 1 ? PATIENCE_FIRST : PATIENCE_LATER);
  }

  // --- on flash ---

  public String text() {
    var text = new StringBuilder(HEAD)
        .append("\nrun ")
        .append(run)
        .append("\nkernel ")
        .append(kernelBoot)
        .append("\ncause ")
        .append(word(cause))
        .append("\nevidence ")
        .append(evidence.replaceAll("\\s+", " "))
        .append("\nend ")
        .append(word(end))
        .append("\nguarded ")
        .append(isGuarded)
        .append("\nunsettled ")
        .append(unsettled)
        .append("\ntimer-row ")
        .append(timerRow);
    for (var cause : Cause.values()) {
      text.append('\n')
          .append(word(cause))
          .append("-starts ")
          .append(counts.getOrDefault(cause, 0L));
    }
    return text.append('\n').toString();
  }

  /** Empty if the text is none of this format. */
  public static Optional<Boots> parse(String text) {
    var lines = text.lines().toList();
    if (lines.isEmpty() || !lines.get(0).equals(HEAD)) {
      return Optional.empty();
    }
    var values = new HashMap<String, String>();
    for (var line : lines.subList(1, lines.size())) {
      var blank = line.indexOf(' ');
      if (blank < 1 || values.put(line.substring(0, blank), line.substring(blank + 1)) != null) {
        return Optional.empty();
      }
    }
    return parse(values);
  }

  private static Optional<Boots> parse(Map<String, String> values) {
    var counts = new EnumMap<Cause, Long>(Cause.class);
    for (var cause : Cause.values()) {
      number(values, word(cause) + "-starts").ifPresent(count -> counts.put(cause, count));
    }
    var end = constant(End.class, values.get("end"));
    var cause = constant(Cause.class, values.get("cause"));
    var run = values.get("run");
    var evidence = values.get("evidence");
    var unsettled = number(values, "unsettled");
    var timerRow = number(values, "timer-row");
    var kernel = values.get("kernel");
    return run == null
            || kernel == null
            || evidence == null
            || cause.isEmpty()
            || end.isEmpty()
            || unsettled.isEmpty()
            || timerRow.isEmpty()
            || counts.size() < Cause.values().length
        ? Optional.empty()
        : Optional.of(new Boots(
            run,
            kernel,
            cause.get(),
            evidence,
            end.get(),
            "true".equals(values.get("guarded")),
            unsettled.get(),
            timerRow.get(),
            counts));
  }

  private static <E extends Enum<E>> Optional<E> constant(Class<E> type, @Nullable String word) {
    return Stream.of(type.getEnumConstants())
        .filter(one -> word(one).equals(word))
        .findFirst();
  }

  private static Optional<Long> number(Map<String, String> values, String name) {
    return Optional.ofNullable(values.get(name))
        .filter(word -> NUMBER.matcher(word).matches())
        .map(Long::valueOf);
  }

  /** As telemetry and the file write it. */
  public static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
