package org.kedge.billing.internal.core.neighbour;

/** Why a message went no further. In the order in which they are looked for. */
public enum Drop {
  /** Its source is no address that babeld hears on that interface. */
  NOT_HEARD,
  /** More octets than a message may have. */
  TOO_LONG,
  /** It does not read as an envelope, or what it holds not as a message. */
  MALFORMED,
  /** An envelope of another version. */
  OTHER_VERSION,
  /** This node's own key. */
  OWN_KEY,
  /** A key that the operator had forgotten. */
  FORGOTTEN_KEY,
  /** More than the rate of a neighbour, or of all strangers together. */
  TOO_FAST,
  /** Not signed by the key it names. */
  BAD_SIGNATURE,
  /** Signed for other addresses than it came from and to. */
  OTHER_ADDRESS,
  /** Echoes nothing that this node says now: of an earlier session, or heard somewhere and sent again. */
  STALE,
  /** Fresh, but of another key than the one pinned at this address. */
  OTHER_KEY,
  /** No session stands to which it could belong. */
  NO_SESSION,
  /** Sent before the last one that was heard, or that one once more. */
  OLD,
  /** A topic to which nobody listens. */
  NO_LISTENER,
  /** More than the lane takes. */
  NOT_TAKEN
}
