package org.kedge.billing.internal.core;

import java.time.Duration;
import java.util.Set;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Layer;

/** The faults that billing finds. None of them keeps the node from forwarding. */
public final class BillingFaults {
  /** Longer than from one charge to the next. */
  private static final Duration FRESH = Duration.ofSeconds(150);

  public static final FaultKind COUNTERS_LOST = kind(
      "COUNTERS_LOST",
      Set.of(),
      "See who removes the firewall table 'kedge', such as a script that flushes the whole ruleset, and have it left alone.");

  public static final FaultKind COUNTERS_FULL = kind(
      "COUNTERS_FULL",
      Set.of(),
      "See who sends to so many addresses of the mesh; what finds no counter of its own is charged by this node's fee alone.");

  public static final FaultKind COUNTERS_SILENT = kind(
      "COUNTERS_SILENT",
      Set.of(),
      "Billing needs nftables with netdev egress chains: Linux 5.16 or newer and the program nft.");

  public static final FaultKind LEDGER_DAMAGED = kind(
      "LEDGER_DAMAGED",
      Set.of(),
      "Fetch the damaged ledger from the data folder and compare it with what the neighbours have; the card may be failing.");

  public static final FaultKind LEDGER_STALLED = kind(
      "LEDGER_STALLED",
      Set.of("LEDGER_DAMAGED"),
      "Free space in the data folder, or find out why it cannot be written; charges wait in memory for an hour.");

  public static final FaultKind NEIGHBOUR_KEY_CHANGED = kind(
      "NEIGHBOUR_KEY_CHANGED",
      Set.of(),
      "Ask the neighbour whether it has a new key. If so, name the old one in the setting 'forget.keys'; if not, somebody pretends to be it.");

  public static final FaultKind STATEMENT_DISPUTED = kind(
      "STATEMENT_DISPUTED",
      Set.of(),
      "Compare both ledgers with the neighbour; what is disputed does not grow beyond the debt limit.");

  public static final FaultKind UNKNOWN_NEIGHBOUR = kind(
      "UNKNOWN_NEIGHBOUR",
      Set.of(),
      "See who is on that link without speaking Babel; what it sends is forwarded and booked under 'unknown'.");

  private BillingFaults() {}

  private static FaultKind kind(String name, Set<String> causes, String advice) {
    return new FaultKind(name, Layer.BILLING, Duration.ZERO, FRESH, causes, false, advice);
  }
}
