package org.kedge.base.api;

/**
 * This start of Kedge, as a service that is there for a capability once it is that capability's turn: the property
 * {@link #CAPABILITY} names it. Those that come after forwarding and remote reach wait for it; after starts that did not settle
 * their turn comes late, so that one that breaks the node does not break what keeps it reachable.
 *
 * @param cause why the run before this one ended
 * @param evidence what tells so, in plain words without a full stop
 * @param unsettled starts in a row that did not settle, this one included until it does; 1 where the one before settled
 * @param isReduced whether the lower capabilities come late this time
 */
public record Start(Cause cause, String evidence, long unsettled, boolean isReduced) {
  /** Name of the service property that says whose turn it is, such as {@code telemetry}. */
  public static final String CAPABILITY = "org.kedge.capability";

  /** Why the node or Kedge went away before. */
  public enum Cause {
    /** Power failed, or somebody pressed the button. */
    POWER,
    /** It was stopped as it should be: by a person, an update, a shutdown. */
    PLANNED,
    /** Care had it restarted or rebooted. */
    REMEDY,
    /** The timer acted. */
    WATCHDOG,
    /** Kedge alone ended, and nothing tells why; or nothing is remembered. */
    UNKNOWN
  }
}
