package org.kedge.billing.api;

import java.time.Instant;
import java.util.regex.Pattern;
import org.kedge.base.api.Wei;

/**
 * Money that moved outside of the ledger and is final.
 *
 * @param id names this movement for ever, as the rail that moved it does: the same id is booked once
 * @param direction who paid
 * @param at wall clock; for people
 * @param note for people, at most 200 characters
 */
public record Settlement(
    String id, NeighbourId neighbour, Direction direction, Wei amount, Instant at, String note) {
  private static final Pattern FORM = Pattern.compile("[A-Za-z0-9._:/-]{1,120}");
  private static final int NOTE_MAX = 200;

  public Settlement {
    if (!FORM.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "The id of a settlement is 1 to 120 letters, digits and . _ : / -, but was '" + id + "'");
    }
    if (amount.isNone()) {
      throw new IllegalArgumentException("Settlement " + id + " moves nothing");
    }
    if (note.length() > NOTE_MAX) {
      throw new IllegalArgumentException(
          "The note of settlement " + id + " has " + note.length() + " characters, of 200");
    }
  }

  /** Who paid. */
  public enum Direction {
    /** The neighbour paid this node. */
    RECEIVED,
    /** This node paid the neighbour. */
    PAID
  }
}
