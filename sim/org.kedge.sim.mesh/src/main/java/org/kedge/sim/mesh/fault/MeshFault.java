package org.kedge.sim.mesh.fault;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.Site;

/**
 * A way in which Babel fails, made for real on a mesh that is up.
 *
 * @param name lower case with hyphens, for commands and tables
 * @param sentence what is made, for people
 * @param atExitOnly whether it makes sense at the exit alone
 * @param here what the node itself should call it; empty if it should find nothing wrong with itself
 * @param elsewhere what nodes behind it should call it, where that differs
 * @param targets within which time the node should forward again, where somebody promised one
 */
public record MeshFault(
    String name,
    String sentence,
    boolean atExitOnly,
    Cure cure,
    Optional<Verdict> here,
    Optional<Verdict> elsewhere,
    Targets targets,
    Maker maker,
    Remains remains) {
  /** Who can mend it. */
  public enum Cure {
    NODE("the node itself"),
    OTHERS("a person or the neighbour"),
    NOBODY("nobody needs to");

    private final String words;

    Cure(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /** A fault as Kedge tells it: kind and blame as in its snapshots. */
  public record Verdict(String kind, String blame) {}

  /** Forwarding again after the fault, with hellos every half second and with babeld's own intervals. */
  public record Targets(Optional<Duration> small, Optional<Duration> byDefault) {
    static final Targets NONE = new Targets(Optional.empty(), Optional.empty());
  }

  /** Does it. */
  @FunctionalInterface
  interface Maker {
    Made make(Site site, String node) throws IOException;
  }

  /** Looks for what is wrong still though traffic may flow. */
  @FunctionalInterface
  public interface Remains {
    /** In words; empty if nothing is. */
    Optional<String> look(Site site, String node);
  }

  /** Makes it. What the machine refuses, and a fault that this node cannot have, is a {@link MeshFailure}. */
  public Made make(Site site, String node) {
    if (atExitOnly && !site.exit().equals(Optional.of(node))) {
      throw new MeshFailure("The fault " + name + " can be made at the exit only; "
          + site.exit().map(exit -> "that is " + exit + " here.").orElse("this mesh has no exit."));
    }
    try {
      return maker.make(site, node);
    } catch (IOException e) {
      throw new MeshFailure("Cannot make " + name + " at " + node + ": " + e, e);
    }
  }

  /** What to expect of Kedge, one sentence. */
  public String expectation() {
    var told = here.map(
            verdict -> "the node calls it " + verdict.kind() + ", blamed " + verdict.blame())
        .or(() -> elsewhere.map(
            verdict -> "nodes behind it call it " + verdict.kind() + ", blamed " + verdict.blame()))
        .orElse("no fault is told");
    return told + "; cured by: " + cure.words();
  }
}
