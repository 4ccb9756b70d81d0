package org.kedge.sim.mesh.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.sim.mesh.console.NodeSnapshot.FaultLine;
import org.kedge.sim.mesh.console.NodeSnapshot.JournalLine;
import org.kedge.sim.mesh.console.TimeLine.Bar;
import org.kedge.sim.mesh.console.TimeLine.End;
import org.kedge.sim.mesh.console.TimeLine.Mark;
import org.kedge.sim.mesh.console.TimeLine.Stretch;
import org.kedge.sim.mesh.console.TimeLine.Told;

/**
 * All words of a node that are kept, in the order in which the node spoke them; immutable.
 *
 * @param runs of its runtime, oldest first
 * @param patience a node that says nothing for longer than this is silent
 */
record History(List<Run> runs, Moments moments, Duration patience) {
  static final History EMPTY = new History(List.of(), new Moments(Map.of()), FleetState.LATE_AFTER);

  History {
    runs = List.copyOf(runs);
  }

  /**
   * One run of the runtime.
   *
   * @param words by their sequence
   * @param noted lines of the journal that no event told
   */
  record Run(String boot, String kernelBoot, List<Word> words, List<Noted> noted) {
    Run {
      words = List.copyOf(words);
      noted = List.copyOf(noted);
    }
  }

  /**
   * One message.
   *
   * @param joined snapshots without news, each soon after the other, came between the snapshot before and this one
   */
  record Word(
      long sequence,
      Instant receivedAt,
      Optional<Duration> uptime,
      Content content,
      boolean joined) {
    Word joinedUp() {
      return new Word(sequence, receivedAt, uptime, content, true);
    }
  }

  /** What a message said. */
  sealed interface Content {
    /** A snapshot; {@code clears} if a fault that is not listed is known to be gone. */
    record Looked(Map<String, FaultLine> faults, boolean clears) implements Content {
      public Looked {
        faults = Map.copyOf(faults);
      }

      boolean saysAsMuchAs(Looked other) {
        return clears == other.clears && faults.keySet().equals(other.faults.keySet());
      }
    }

    record Happened(NodeEvent event) implements Content {}
  }

  /** A line of the journal and when it was written, counted as uptime is. */
  record Noted(JournalLine line, Duration uptime) {}

  /** The time line up to {@code now}; {@code isGone} if the node is known to be away. */
  TimeLine timeLine(Instant now, boolean isGone) {
    var line = new Walk(now, isGone);
    runs.forEach(line::walk);
    return line.end();
  }

  /** One walk along all words. */
  private final class Walk {
    private final Instant now;
    private final boolean isGone;
    private final List<Stretch> stretches = new ArrayList<>();
    private final List<Bar> bars = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final Map<String, Bar> open = new LinkedHashMap<>();
    private final Map<String, Instant> endedAt = new HashMap<>();
    private Optional<Instant> heardUntil = Optional.empty();
    private Optional<Run> former = Optional.empty();

    Walk(Instant now, boolean isGone) {
      this.now = now;
      this.isGone = isGone;
    }

    void walk(Run run) {
      if (run.words().isEmpty()) {
        return;
      }
      var isBootTold = false;
      var notedByEvents = new HashSet<Long>();
      var joinedAhead = joinedAhead(run);
      for (int i = 0; i < run.words().size(); i++) {
        var word = run.words().get(i);
        var at = earlier(moments.at(run.kernelBoot(), word.uptime(), word.receivedAt()), now);
        cover(word, at, joinedAhead.get(i));
        if (word.content() instanceof Content.Looked looked) {
          look(looked, at);
        } else if (word.content() instanceof Content.Happened happened) {
          var event = happened.event();
          event.journal().ifPresent(notedByEvents::add);
          isBootTold |= event.name().equals("boot");
          happen(event, at);
        }
      }
      for (var noted : run.noted()) {
        if (!notedByEvents.contains(noted.line().number())) {
          var line = noted.line();
          isBootTold |= line.kind().equals("boot");
          mark(
              moments.at(run.kernelBoot(), Optional.of(noted.uptime()), now),
              line.kind(),
              line.fault(),
              line.remedy(),
              line.words());
        }
      }
      if (!isBootTold) {
        former.ifPresent(before -> markRestart(before, run));
      }
      former = Optional.of(run);
    }

    /** For each word, whether the next snapshot after it is joined to the one before. */
    private List<Boolean> joinedAhead(Run run) {
      var joined = new Boolean[run.words().size()];
      var ahead = false;
      for (int i = run.words().size() - 1; i >= 0; i--) {
        var word = run.words().get(i);
        if (word.content() instanceof Content.Looked) {
          joined[i] = word.joined();
          ahead = word.joined();
        } else {
          joined[i] = ahead;
        }
      }
      return List.of(joined);
    }

    private void cover(Word word, Instant at, boolean isJoined) {
      var from = heardUntil.orElse(at);
      if (at.isBefore(from)) {
        return;
      }
      var isSilence = !isJoined && Duration.between(from, at).compareTo(patience) > 0;
      var isLate = Duration.between(at, word.receivedAt()).compareTo(patience) > 0;
      stretch(from, at, isSilence ? Told.NOTHING : isLate ? Told.AFTERWARDS : Told.LIVE);
      heardUntil = Optional.of(at);
    }

    private void stretch(Instant from, Instant until, Told told) {
      if (!from.isBefore(until)) {
        return;
      }
      var last = stretches.isEmpty() ? null : stretches.get(stretches.size() - 1);
      // Two silences stay two: a word stands between them.
      if (last != null && last.told() == told && told != Told.NOTHING) {
        stretches.set(stretches.size() - 1, new Stretch(last.from(), until, told));
      } else {
        stretches.add(new Stretch(from, until, told));
      }
    }

    private void look(Content.Looked looked, Instant at) {
      looked.faults().forEach((kind, fault) -> {
        var since = at.minus(fault.lasting().orElse(Duration.ZERO));
        raise(kind, fault.blame(), fault.evidence(), since, at);
      });
      if (looked.clears()) {
        List.copyOf(open.keySet()).stream()
            .filter(kind -> !looked.faults().containsKey(kind))
            .forEach(kind -> clear(kind, at));
      }
    }

    private void happen(NodeEvent event, Instant at) {
      switch (event.name()) {
        case NodeEvent.RAISED -> raise(event.fault(), event.blame(), event.evidence(), at, at);
        case NodeEvent.CLEARED -> {
          // Its beginning may have been told by nobody; the end is worth a bar all the same.
          raise(event.fault(), event.blame(), "", at, at);
          clear(event.fault(), at);
        }
        default -> mark(at, event.kind(), event.fault(), event.remedy(), event.words());
      }
    }

    /** @param at the moment it is told */
    private void raise(String kind, String blame, String evidence, Instant since, Instant at) {
      var standing = open.get(kind);
      if (standing == null) {
        // What it says to have lasted may reach into the time before it was over once.
        var ended = endedAt.getOrDefault(kind, Instant.MIN);
        var from = since.isBefore(ended) ? ended : since;
        open.put(kind, new Bar(kind, blame, evidence, from, at, End.STANDS));
        return;
      }
      open.put(
          kind,
          new Bar(
              kind,
              blame.isEmpty() ? standing.blame() : blame,
              evidence.isEmpty() ? standing.evidence() : evidence,
              standing.from(),
              at,
              End.STANDS));
    }

    private void clear(String kind, Instant at) {
      var bar = open.remove(kind);
      if (bar != null) {
        var until = at.isBefore(bar.from()) ? bar.from() : at;
        bars.add(new Bar(kind, bar.blame(), bar.evidence(), bar.from(), until, End.CLEARED));
        endedAt.put(kind, until);
      }
    }

    private void mark(Instant at, String kind, String fault, String remedy, String words) {
      // A fault has its bar.
      if (!kind.equals("found") && !kind.equals("over")) {
        marks.add(new Mark(earlier(at, now), kind, fault, remedy, words));
      }
    }

    private void markRestart(Run before, Run run) {
      var first = run.words().get(0);
      mark(
          moments.at(run.kernelBoot(), first.uptime(), first.receivedAt()),
          "boot",
          "",
          "",
          before.kernelBoot().equals(run.kernelBoot())
              ? "Kedge was started again; its node did not boot"
              : "The node has booted");
    }

    TimeLine end() {
      if (heardUntil.isEmpty()) {
        return TimeLine.EMPTY;
      }
      var last = heardUntil.get();
      var isSilent = isGone || Duration.between(last, now).compareTo(patience) > 0;
      stretch(last, now, isSilent ? Told.NOTHING : Told.LIVE);
      for (var bar : open.values()) {
        bars.add(new Bar(
            bar.kind(),
            bar.blame(),
            bar.evidence(),
            bar.from(),
            isSilent ? last : now,
            isSilent ? End.UNHEARD : End.STANDS));
      }
      bars.sort(Comparator.comparing(Bar::from).thenComparing(Bar::kind));
      marks.sort(Comparator.comparing(Mark::at));
      return new TimeLine(stretches, bars, marks);
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
