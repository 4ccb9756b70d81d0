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

  Posted post(Batch batch);

  /** Balances of all accounts that were ever used, as of the last batch that was booked. Any thread. */
  Map<Account, Balance> balances();

  /** Up to where counters have been booked. */
  Positions positions();

  /** The latest statements with each neighbour, and the latest agreed ones. */
  Optional<SignedStatements> latest(NeighbourId neighbour);

  Optional<SignedStatements> agreed(NeighbourId neighbour);

  /**
   * What was carried and handed, for charts.
   *
   * @param step width of a slot; slots without traffic are left out
   */
  List<Slot> history(Instant from, Instant to, Duration step);

  /**
   * Puts sums in the place of what was kept long enough: one entry an hour for each neighbour, direction and traffic in the place of
   * charges older than {@code minutesKept}, one for all that is older than {@code hoursKept}. Balances stay the same to the wei. One
   * call does a bounded piece of the work: call again, after other work, until none was done.
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
