package org.kedge.billing.internal.core.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.metering.Positions;

/** The ledger on flash. Blocks; one thread at a time, whichever. */
public interface Books extends AutoCloseable {
  /**
   * The generation of positions in books that began anew after others were lost: up to where counters had been booked is not known.
   * The next reading is taken as booked, and a gap told; otherwise all that was ever counted would be charged once more.
   */
  String LOST = "lost";

  /** What became of a batch. */
  sealed interface Posted {
    /**
     * Durable.
     *
     * @param booked entries that were new; those that stood there already, with the same content, are not counted
     */
    record Done(int booked) implements Posted {}

    /** An id stands there with another content; nothing of the batch was booked. Only a bug, or an id used twice, can do that. */
    record Contradicted(EntryId id) implements Posted {}

    /** Nothing was booked: full, read-only, busy. Waiting helps; the same batch may be offered again. */
    record Stalled(String why) implements Posted {}

    /** The database is damaged. Close these books and open new ones. */
    record Damaged(String why) implements Posted {}
  }

  /**
   * Books a batch; what the books had before is still there after each answer but {@code Damaged}.
   *
   * @throws IllegalArgumentException where an entry takes off more than there is, moves between two neighbours, or is beyond 9 * 10^27
   *     wei: only a bug does that. Nothing is booked
   */
  Posted post(Batch batch);

  /** Balances of all accounts that were ever used, as of the last batch that was booked. Any thread. */
  Map<Account, Balance> balances();

  /** Up to where counters have been booked. Any thread. */
  Positions positions();

  /** The latest statements with a neighbour: those with the highest number of ours. Any thread. */
  Optional<SignedStatements> latest(NeighbourId neighbour);

  /** The latest statements with a neighbour that were agreed. Any thread. */
  Optional<SignedStatements> agreed(NeighbourId neighbour);

  /**
   * What was carried and handed, for charts. Any thread.
   *
   * @param step width of a slot; slots without traffic are left out
   */
  List<Slot> history(Instant from, Instant to, Duration step);

  /**
   * Puts sums in the place of what was kept long enough: one entry an hour for each neighbour, direction and traffic in the place of
   * charges older than {@code minutesKept} and of agreements on them, one for all that is older than {@code hoursKept}. Balances
   * stay the same to the wei. One call does a bounded piece of the work: call again, after other work, until none was done.
   *
   * @param now by a trusted clock
   * @return as of a batch; {@code Done} tells how many entries went, none when there is nothing more to do now
   */
  Posted rollUp(Instant now, Duration minutesKept, Duration hoursKept);

  /** @param from when the slot begins */
  record Slot(Instant from, NeighbourId neighbour, long carriedBytes, long handedBytes) {}

  @Override
  void close();
}
