package org.kedge.care.internal.loop;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.Fault;
import org.kedge.care.internal.core.RecoveryMemory.Entry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Care's part of the node's log. */
final class CareDiary {
  private static final Logger LOG = LoggerFactory.getLogger("org.kedge.care");

  private CareDiary() {}

  /** Entries of the journal newer than {@code told}; faults are told from the report, with advice, and ladders where they are checked. */
  static void tell(List<Entry> journal, long told) {
    for (var entry : journal) {
      if (entry.number() > told) {
        switch (entry.topic()) {
          case FOUND, OVER, LADDER -> {}
          case REST -> LOG.error("{}", entry.words());
          case HELD, NOT_HELPED -> LOG.warn("{}.", entry.words());
          default -> LOG.info("{}.", entry.words());
        }
      }
    }
  }

  /** What changed from one report to the next. */
  static void tell(Optional<CareReport> before, CareReport report) {
    var gone = before.map(CareReport::faultNames).orElse(new LinkedHashSet<>());
    var known = new LinkedHashSet<>(gone);
    for (Fault fault : report.faults()) {
      gone.remove(fault.kind().name());
      if (!known.contains(fault.kind().name())) {
        LOG.warn(
            "Fault {}, {}: {}. {}",
            fault.kind().name(),
            fault.blame().words(),
            fault.evidence(),
            fault.kind().advice());
      }
    }
    gone.forEach(name -> LOG.info(
        "Fault {} {}.",
        name,
        report.silenced().stream()
            .filter(one -> one.fault().kind().name().equals(name))
            .findFirst()
            .map(one -> "is explained by " + one.cause() + " now")
            .orElse("is over: it is no longer seen")));
  }
}
