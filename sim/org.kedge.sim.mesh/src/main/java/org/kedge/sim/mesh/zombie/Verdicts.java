package org.kedge.sim.mesh.zombie;

import java.time.Duration;
import java.util.Optional;
import org.kedge.sim.mesh.fault.MeshFault;
import org.kedge.sim.mesh.fault.MeshFault.Verdict;

/** Whether Kedge did what was promised. Pure. */
final class Verdicts {
  private Verdicts() {}

  /** Against what was promised. */
  enum Mark {
    MET("met"),
    MISSED("MISSED"),
    /** Kedge was not tried. */
    NONE("–");

    private final String word;

    Mark(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** What Kedge should call it: at the node, or where the node has nothing to tell of itself, behind it. */
  static Optional<Verdict> expected(MeshFault fault) {
    return fault.here().or(fault::elsewhere);
  }

  static Mark judge(MeshFault fault, Intervals intervals, Outcome kedge) {
    var isNamed = kedge.called().equals(expected(fault).map(Verdicts::inWords));
    return switch (fault.cure()) {
      case NODE ->
        // Without a figure promised: cured within the time of watching.
        mark(isNamed
            && isWithin(kedge, intervals.target(fault).orElse(intervals.window()))
            && kedge.remains().isEmpty());
      case OTHERS -> mark(isNamed && kedge.restarts() == 0);
      case NOBODY ->
        mark(isNamed && kedge.restarts() == 0 && kedge.again().equals(Optional.of(Duration.ZERO)));
    };
  }

  private static boolean isWithin(Outcome outcome, Duration limit) {
    return outcome.again().filter(again -> again.compareTo(limit) <= 0).isPresent();
  }

  private static Mark mark(boolean met) {
    return met ? Mark.MET : Mark.MISSED;
  }

  static String inWords(Verdict verdict) {
    return verdict.kind() + ", " + verdict.blame();
  }

  /** What was promised, for a column. */
  static String target(MeshFault fault, Intervals intervals) {
    return switch (fault.cure()) {
      case NODE ->
        intervals.target(fault).map(limit -> limit.toSeconds() + " s").orElse("cured");
      case OTHERS -> "named, no restart";
      case NOBODY -> "no fault, no loss";
    };
  }
}
