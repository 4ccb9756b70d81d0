package org.kedge.care.api;

/** Told when the faults of the node, its state or its journal change; registered as a service. */
public interface CareListener {
  /** Called on care's lane: post to your own and return. */
  void changed(CareReport report);
}
