package org.kedge.sim.mesh.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kedge.sim.mesh.console.History.Content;
import org.kedge.sim.mesh.console.History.Content.Happened;
import org.kedge.sim.mesh.console.History.Content.Looked;
import org.kedge.sim.mesh.console.History.Noted;
import org.kedge.sim.mesh.console.History.Word;
import org.kedge.sim.mesh.console.NodeSnapshot.FaultLine;

/**
 * Collects what a node says, in whatever order it arrives, and keeps the last day of it in bounds. Runs of the runtime are put in
 * order by uptime where they share a boot, else by the node's clock where it is trusted, else as they were first heard. One
 * thread.
 */
final class NodeHistory {
  static final Duration SPAN = Duration.ofHours(24);
  static final int WORDS_LIMIT = 4_000;
  static final int RUNS_LIMIT = 32;
  private static final int NOTED_LIMIT = 300;
  private static final int SPACINGS = 15;
  private static final Duration PATIENCE_LEAST = Duration.ofSeconds(15);

  private final List<Run> runs = new ArrayList<>();
  private final Map<String, Moments.Evidence> evidence = new HashMap<>();
  private final Deque<Duration> spacings = new ArrayDeque<>();
  private Duration patience = FleetState.LATE_AFTER;
  private int wordsCount;
  private @Nullable History kept;

  /** What a message is beside those heard before. */
  enum Arrival {
    /** The newest of its kind. */
    NEWEST,
    /** Something newer was heard before; it belongs to the past. */
    PAST,
    /** It was heard before. */
    REPEAT
  }

  /** One run of the runtime. */
  private static final class Run {
    private final String boot;
    private final Numbers seen = new Numbers();
    private final TreeMap<Long, Word> words = new TreeMap<>();
    private final TreeMap<Long, Noted> noted = new TreeMap<>();
    private String kernelBoot;
    private Optional<Duration> firstUptime = Optional.empty();
    private Optional<Instant> firstTrusted = Optional.empty();
    private boolean saidItIsOn;
    private long newestSnapshot;
    private long newestEvent;

    Run(String boot) {
      this.boot = boot;
      this.kernelBoot = boot;
    }

    void meet(Stamp stamp) {
      kernelBoot = stamp.kernelBoot();
      firstUptime = smaller(firstUptime, stamp.uptime());
      firstTrusted = smaller(firstTrusted, stamp.trustedAt());
    }

    /** Whether an unknown run, of which this is the stamp, came before this one. */
    boolean isAfter(Stamp stamp, boolean isLast) {
      if (stamp.kernelBoot().equals(kernelBoot)
          && firstUptime.isPresent()
          && stamp.uptime().isPresent()) {
        return stamp.uptime().get().compareTo(firstUptime.get()) < 0;
      }
      if (isLast && saidItIsOn) {
        return true;
      }
      return firstTrusted.isPresent()
          && stamp.trustedAt().filter(firstTrusted.get()::isAfter).isPresent();
    }

    private static <T extends Comparable<T>> Optional<T> smaller(
        Optional<T> one, Optional<T> other) {
      if (one.isEmpty() || other.isEmpty()) {
        return one.or(() -> other);
      }
      return one.get().compareTo(other.get()) <= 0 ? one : other;
    }
  }

  Arrival take(Instant receivedAt, Stamp stamp, NodeSnapshot snapshot) {
    var faults = new LinkedHashMap<String, FaultLine>();
    snapshot.faults().forEach(fault -> faults.putIfAbsent(fault.kind(), fault));
    var clears = snapshot.tellsAllFaults() && !snapshot.isStarting();
    var run = run(stamp);
    if (!add(run, receivedAt, stamp, new Looked(faults, clears))) {
      return Arrival.REPEAT;
    }
    note(run, stamp, snapshot);
    var isNewest = run == runs.get(runs.size() - 1) && stamp.sequence() > run.newestSnapshot;
    if (isNewest) {
      measure(run, stamp);
    }
    run.newestSnapshot = Math.max(run.newestSnapshot, stamp.sequence());
    thin(run, stamp.sequence());
    prune(receivedAt);
    return isNewest ? Arrival.NEWEST : Arrival.PAST;
  }

  Arrival take(Instant receivedAt, Stamp stamp, NodeEvent event) {
    var run = run(stamp);
    if (!add(run, receivedAt, stamp, new Happened(event))) {
      return Arrival.REPEAT;
    }
    var isNewest = run == runs.get(runs.size() - 1) && stamp.sequence() > run.newestEvent;
    run.newestEvent = Math.max(run.newestEvent, stamp.sequence());
    prune(receivedAt);
    return isNewest ? Arrival.NEWEST : Arrival.PAST;
  }

  /** The node's run of this name has said that it is on: no other is newer. */
  void sayOn(String boot) {
    var known = known(boot);
    var run = known.orElseGet(() -> new Run(boot));
    if (known.isPresent() && run.saidItIsOn) {
      return;
    }
    run.saidItIsOn = true;
    runs.remove(run);
    runs.add(run);
    kept = null;
  }

  /** The run that is newest as far as it is known. */
  Optional<String> boot() {
    return runs.isEmpty() ? Optional.empty() : Optional.of(runs.get(runs.size() - 1).boot);
  }

  private Optional<Run> known(String boot) {
    return runs.stream().filter(run -> run.boot.equals(boot)).findFirst();
  }

  private Run run(Stamp stamp) {
    var run = known(stamp.boot()).orElseGet(() -> {
      var place = runs.size();
      while (place > 0 && runs.get(place - 1).isAfter(stamp, place == runs.size())) {
        place--;
      }
      var added = new Run(stamp.boot());
      runs.add(place, added);
      return added;
    });
    run.meet(stamp);
    return run;
  }

  private boolean add(Run run, Instant receivedAt, Stamp stamp, Content content) {
    if (!run.seen.add(stamp.sequence())) {
      return false;
    }
    kept = null;
    wordsCount++;
    // Between two that are joined nothing was missing.
    var isJoined = content instanceof Looked
        && lookedBeside(run, stamp.sequence(), true).filter(Word::joined).isPresent();
    run.words.put(
        stamp.sequence(),
        new Word(stamp.sequence(), receivedAt, stamp.uptime(), content, isJoined));
    stamp
        .uptime()
        .ifPresent(uptime -> evidence.merge(
            stamp.kernelBoot(),
            new Moments.Evidence(
                receivedAt.minus(uptime), stamp.trustedAt().map(at -> at.minus(uptime)), uptime),
            Moments.Evidence::and));
    return true;
  }

  // Lines of the journal that this run wrote; those of earlier ones came with their own messages.
  private void note(Run run, Stamp stamp, NodeSnapshot snapshot) {
    if (stamp.uptime().isEmpty() || stamp.trustedAt().isEmpty()) {
      return;
    }
    var uptime = stamp.uptime().get();
    var started = uptime.minus(snapshot.runtimeUptime().orElse(Duration.ZERO));
    for (var line : snapshot.journal()) {
      var written = line.at()
          .map(at -> uptime.minus(Duration.between(at, stamp.trustedAt().get())));
      if (written
          .filter(at -> at.compareTo(started) >= 0 && at.compareTo(uptime) <= 0)
          .isPresent()) {
        run.noted.putIfAbsent(line.number(), new Noted(line, written.get()));
      }
    }
    while (run.noted.size() > NOTED_LIMIT) {
      run.noted.pollFirstEntry();
    }
  }

  /** How often the node speaks, and so when it is silent. */
  private void measure(Run run, Stamp stamp) {
    var before = run.words.get(run.newestSnapshot);
    if (before == null || before.uptime().isEmpty() || stamp.uptime().isEmpty()) {
      return;
    }
    spacings.addLast(stamp.uptime().get().minus(before.uptime().get()).abs());
    if (spacings.size() > SPACINGS) {
      spacings.removeFirst();
    }
    var median = spacings.stream().sorted().toList().get(spacings.size() / 2);
    var patient = median.multipliedBy(3);
    patience = patient.compareTo(PATIENCE_LEAST) < 0
        ? PATIENCE_LEAST
        : patient.compareTo(FleetState.LATE_AFTER) > 0 ? FleetState.LATE_AFTER : patient;
  }

  /** Takes out snapshots without news that stand close between two others that say the same. */
  private void thin(Run run, long sequence) {
    removeIfNoNews(run, sequence);
    lookedBeside(run, sequence, false).ifPresent(word -> removeIfNoNews(run, word.sequence()));
    lookedBeside(run, sequence, true).ifPresent(word -> removeIfNoNews(run, word.sequence()));
  }

  private void removeIfNoNews(Run run, long sequence) {
    var word = run.words.get(sequence);
    var before = lookedBeside(run, sequence, false);
    var after = lookedBeside(run, sequence, true);
    if (word == null || before.isEmpty() || after.isEmpty()) {
      return;
    }
    // After an event a snapshot is news even if it says what the one before the event said.
    var isAfterEvent = run.words.lowerKey(sequence) != before.get().sequence();
    if (!isAfterEvent
        && isContinuous(run, before.get(), word)
        && isContinuous(run, word, after.get())) {
      run.words.remove(sequence);
      wordsCount--;
      run.words.put(after.get().sequence(), after.get().joinedUp());
    }
  }

  private static Optional<Word> lookedBeside(Run run, long sequence, boolean above) {
    var word = above ? run.words.higherEntry(sequence) : run.words.lowerEntry(sequence);
    while (word != null && !(word.getValue().content() instanceof Looked)) {
      word = above ? run.words.higherEntry(word.getKey()) : run.words.lowerEntry(word.getKey());
    }
    return Optional.ofNullable(word).map(Map.Entry::getValue);
  }

  private boolean isContinuous(Run run, Word one, Word next) {
    if (one.uptime().isEmpty() || next.uptime().isEmpty()) {
      return false;
    }
    var spacing = next.uptime().get().minus(one.uptime().get());
    return ((Looked) one.content()).saysAsMuchAs((Looked) next.content())
        && (next.joined() || spacing.compareTo(patience) <= 0)
        && cameLate(run, one) == cameLate(run, next);
  }

  private boolean cameLate(Run run, Word word) {
    var beginning = evidence.get(run.kernelBoot);
    return beginning != null
        && word.uptime()
            .filter(
                uptime -> Duration.between(beginning.byReceipt().plus(uptime), word.receivedAt())
                        .compareTo(patience)
                    > 0)
            .isPresent();
  }

  private void prune(Instant now) {
    var oldest = now.minus(SPAN);
    var moments = moments();
    for (var run : List.copyOf(runs)) {
      while (!run.words.isEmpty()) {
        // What stood a day ago was said by the word before.
        var second = run.words.higherEntry(run.words.firstKey());
        var word = second == null ? run.words.lastEntry().getValue() : second.getValue();
        var isOld = moments.at(run.kernelBoot, word.uptime(), word.receivedAt()).isBefore(oldest);
        var isLast = second == null && run == runs.get(runs.size() - 1);
        if (wordsCount <= WORDS_LIMIT && (!isOld || isLast)) {
          break;
        }
        run.words.pollFirstEntry();
        wordsCount--;
      }
      run.noted
          .values()
          .removeIf(noted ->
              moments.at(run.kernelBoot, Optional.of(noted.uptime()), now).isBefore(oldest));
    }
    while (runs.size() > RUNS_LIMIT) {
      wordsCount -= runs.remove(0).words.size();
    }
    evidence
        .keySet()
        .retainAll(runs.stream().map(run -> run.kernelBoot).collect(Collectors.toSet()));
  }

  private Moments moments() {
    var beginnings = new HashMap<String, Instant>();
    var next = Optional.<Instant>empty();
    for (int i = runs.size() - 1; i >= 0; i--) {
      var kernelBoot = runs.get(i).kernelBoot;
      var known = evidence.get(kernelBoot);
      if (known != null && !beginnings.containsKey(kernelBoot)) {
        beginnings.put(kernelBoot, known.beginning(next));
        next = Optional.of(beginnings.get(kernelBoot));
      }
    }
    return new Moments(beginnings);
  }

  /** All that is kept. */
  History history() {
    if (kept == null) {
      kept = new History(
          runs.stream()
              .map(run -> new History.Run(
                  run.boot,
                  run.kernelBoot,
                  List.copyOf(run.words.values()),
                  List.copyOf(run.noted.values())))
              .toList(),
          moments(),
          patience);
    }
    return kept;
  }
}
