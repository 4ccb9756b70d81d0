package org.kedge.billing.api;

import java.util.List;
import java.util.function.Consumer;

/** The books with neighbours, as a service. Any thread. */
public interface Ledger {
  /** All accounts as last reckoned, by name of neighbour; empty until the ledger is open. */
  List<NeighbourAccount> accounts();

  /**
   * Books money that moved; durable once it is answered. At once standing is judged anew.
   *
   * @param done takes what became of it, once, on billing's lane
   */
  void settle(Settlement settlement, Consumer<Booked> done);

  /** What became of a settlement. */
  sealed interface Booked {
    /** On flash. */
    record Done() implements Booked {}

    /** It had been booked before, with the same content; nothing changed. */
    record Before() implements Booked {}

    /** Not booked: the same id stands for something else, or the neighbour has no account. Waiting does not help. */
    record Refused(String why) implements Booked {}

    /** Not booked: the ledger cannot be written now. Waiting helps. */
    record NotNow(String why) implements Booked {}
  }
}
