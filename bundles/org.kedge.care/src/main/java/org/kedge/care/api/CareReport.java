package org.kedge.care.api;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.kedge.base.api.Uptime;

/**
 * The state of the node as care judges it; immutable.
 *
 * @param at when it was judged
 * @param faults those that stand on their own, causes first
 * @param silenced faults that another one explains
 * @param unknown what could not be judged, as a line for people each
 */
public record CareReport(
    Uptime at, List<Fault> faults, List<Silenced> silenced, List<Unknown> unknown) {
  public CareReport {
    faults = List.copyOf(faults);
    silenced = List.copyOf(silenced);
    unknown = List.copyOf(unknown);
  }

  /** A consequence and the name of the fault that explains it. */
  public record Silenced(Fault fault, String cause) {}

  /** A kind of fault that could not be judged, and why: unseen or stale. */
  public record Unknown(FaultKind kind, String why) {}

  /** The node in one word. */
  public enum State {
    /** Everything watched was seen, and nothing is wrong. */
    HEALTHY,
    /** No fault stands on its own, but something could not be seen, or what explains a fault is not yet sure. */
    UNSURE,
    FAULTY
  }

  public State state() {
    if (!faults.isEmpty()) {
      return State.FAULTY;
    }
    return unknown.isEmpty() && silenced.isEmpty() ? State.HEALTHY : State.UNSURE;
  }

  /** Names of the faults that stand on their own, in order. */
  public Set<String> faultNames() {
    return faults.stream()
        .map(fault -> fault.kind().name())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }
}
