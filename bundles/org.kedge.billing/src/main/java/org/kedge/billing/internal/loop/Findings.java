package org.kedge.billing.internal.loop;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingFaults;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.metering.Gapped;
import org.kedge.billing.internal.core.metering.MeterReading;
import org.kedge.care.api.Blame;
import org.kedge.care.api.FaultKind;
import org.kedge.care.api.Reading;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What billing found out about itself. Written on billing's lane; {@link #readings} and {@link #summary} from any thread. */
public final class Findings {
  private static final Logger LOG = LoggerFactory.getLogger(Findings.class);

  /** What happened in a moment is told as a fault for so long, so that nobody misses it. */
  private static final Duration TOLD = Duration.ofMinutes(10);

  /** A set-aside ledger is for a person to fetch. */
  private static final Duration TOLD_DAMAGE = Duration.ofHours(24);

  /** Two charges missed, and a little. */
  private static final Duration STALE = Duration.ofSeconds(150);

  /** Less is chatter of who looks for its way, such as a neighbour that has just come. */
  private static final long UNKNOWN_LEAST = 10_000;

  private final UptimeSource uptime;
  private boolean isPut;
  private Optional<String> notPut = Optional.empty();
  private Optional<String> notRead = Optional.empty();
  private boolean wasCounting;
  private Optional<String> toldTrouble = Optional.empty();
  private Optional<Uptime> lastRead = Optional.empty();
  private Optional<Instant> lastReadAt = Optional.empty();
  private Optional<Lost> lost = Optional.empty();
  private long gapBytes;
  private List<String> full = List.of();
  private Optional<Unknown> unknown = Optional.empty();
  private final Set<NeighbourId> misunderstood = new HashSet<>();
  private List<String> before = List.of();
  private boolean haveChanged;
  private volatile List<Reading> readings = List.of();
  private volatile Summary summary =
      new Summary(false, Optional.empty(), Optional.empty(), 0, 0, Duration.ZERO, Bytes.NONE);

  private record Lost(Uptime at, Gapped gap) {}

  private record Unknown(Uptime at, String evidence) {}

  /**
   * Billing as a whole.
   *
   * @param isCounting whether counters stand in the kernel
   * @param trouble why nothing is counted, or what keeps the ledger from being written
   * @param damaged where a damaged ledger was put
   * @param booked entries since the start
   */
  public record Summary(
      boolean isCounting,
      Optional<String> trouble,
      Optional<String> damaged,
      long booked,
      long held,
      Duration heldFor,
      Bytes gaps) {}

  Findings(UptimeSource uptime) {
    this.uptime = uptime;
  }

  // --- counters ---

  /** They stand in the kernel as wanted. */
  void put() {
    isPut = true;
    notPut = Optional.empty();
    tellCounting();
  }

  void notPut(String why) {
    notPut = Optional.of(why);
    tellCounting();
  }

  void notRead(String why) {
    notRead = Optional.of(why);
    tellCounting();
  }

  private Optional<String> trouble() {
    return notPut.or(() -> notRead);
  }

  private boolean isCounting() {
    return isPut && trouble().isEmpty();
  }

  private void tellCounting() {
    if (isCounting() && !wasCounting) {
      LOG.info("Counting what neighbours hand to this node and what it hands to them.");
    }
    trouble()
        .filter(why -> !toldTrouble.equals(Optional.of(why)))
        .ifPresent(
            why -> LOG.warn("Bytes cannot be counted: {}. Forwarding goes on, unbilled.", why));
    wasCounting = isCounting();
    toldTrouble = trouble();
  }

  void counted(MeterReading reading) {
    lastRead = Optional.of(reading.at());
    notRead = Optional.empty();
    tellCounting();
    if (!reading.full().isEmpty() && full.isEmpty()) {
      LOG.warn("Sets of counters are full: {}.", String.join(", ", reading.full()));
    }
    full = reading.full();
  }

  void readAt(Instant at) {
    lastReadAt = Optional.of(at);
  }

  /** Wall clock of the reading before this one; this one's where there was none. */
  Instant lastRead(Instant now) {
    return lastReadAt.orElse(now);
  }

  void lost(Gapped gap) {
    gapBytes += gap.atMost().count();
    if (gap.cause() == Gapped.Cause.REBOOTED) {
      LOG.info(
          "{}; booked as a gap of at most {} bytes.", gap.why(), gap.atMost().count());
    } else {
      LOG.warn(
          "Counters were lost: {}. Booked as a gap of at most {} bytes.",
          gap.why(),
          gap.atMost().count());
      lost = Optional.of(new Lost(uptime.now(), gap));
    }
  }

  /** Why what was last counted is too old to act on. */
  Optional<String> staleCounters() {
    var now = uptime.now();
    return lastRead.filter(at -> now.since(at).compareTo(STALE) <= 0).isPresent()
        ? Optional.empty()
        : Optional.of(trouble().orElse("counters were not read for longer than 150 s"));
  }

  void unknown(List<LedgerEntry> entries) {
    var those = entries.stream()
        .filter(entry ->
            entry.debit().equals(Account.Own.UNKNOWN) || entry.credit().equals(Account.Own.UNKNOWN))
        .filter(entry -> entry.traffic().isPresent())
        .toList();
    var bytes = those.stream().mapToLong(entry -> entry.bytes().count()).sum();
    // A charge soon after another one finds little: what was seen is told for a while all the same.
    if (bytes >= UNKNOWN_LEAST) {
      unknown = Optional.of(new Unknown(
          uptime.now(),
          "in one charge " + bytes + " bytes of who does not speak Babel: "
              + those.stream()
                  .map(LedgerEntry::note)
                  .distinct()
                  .limit(3)
                  .collect(Collectors.joining(", "))));
    }
  }

  // --- neighbours ---

  void misunderstood(NeighbourId from, String topic) {
    if (misunderstood.add(from)) {
      LOG.warn(
          "A message of {} about {} is not understood and changes nothing, nor do later ones, without another word. See whether it runs another version of Kedge.",
          from.value(),
          topic);
    }
  }

  /** Why the books may be wrong. */
  Optional<String> doubtfulLedger(Optional<BookDesk.SetAside> setAside) {
    return setAside
        .filter(aside -> uptime.now().since(aside.at()).compareTo(TOLD) <= 0)
        .map(aside -> "the ledger was damaged and began anew");
  }

  void judged(Map<NeighbourId, String> disputes, BookDesk desk, List<Reading> channel) {
    var now = uptime.now();
    var found = new ArrayList<Reading>(channel);
    found.add(reading(BillingFaults.COUNTERS_SILENT, now, trouble()));
    found.add(reading(
        BillingFaults.COUNTERS_LOST,
        now,
        lost.filter(one -> now.since(one.at()).compareTo(TOLD) <= 0)
            .map(one -> one.gap().why() + "; at most " + one.gap().atMost().count()
                + " bytes are not booked")));
    found.add(reading(
        BillingFaults.COUNTERS_FULL,
        now,
        full.isEmpty()
            ? Optional.empty()
            : Optional.of("no more counters in " + String.join(", ", full))));
    found.add(reading(
        BillingFaults.UNKNOWN_NEIGHBOUR,
        now,
        unknown.filter(one -> now.since(one.at()).compareTo(STALE) <= 0).map(Unknown::evidence)));
    found.add(reading(BillingFaults.LEDGER_STALLED, now, desk.stalled()));
    found.add(reading(
        BillingFaults.LEDGER_DAMAGED,
        now,
        desk.setAside()
            .filter(aside -> now.since(aside.at()).compareTo(TOLD_DAMAGE) <= 0)
            .map(aside -> aside.why() + "; it is kept as " + aside.file())));
    found.add(reading(
        BillingFaults.STATEMENT_DISPUTED,
        now,
        disputes.isEmpty()
            ? Optional.empty()
            : Optional.of(disputes.entrySet().stream()
                .limit(3)
                .map(entry -> entry.getKey().value() + ": " + entry.getValue())
                .collect(Collectors.joining("; ")))));
    readings = List.copyOf(found);
    summary = new Summary(
        isCounting(),
        isCounting() ? desk.stalled() : trouble(),
        desk.setAside().map(aside -> aside.file().toString()),
        desk.booked(),
        desk.heldEntries(),
        desk.heldSince().map(now::since).orElse(Duration.ZERO),
        new Bytes(gapBytes));
    var wrong = found.stream()
        .filter(Reading.Wrong.class::isInstance)
        .map(one -> one.kind().name())
        .toList();
    haveChanged = !wrong.equals(before);
    before = wrong;
  }

  private static Reading reading(FaultKind kind, Uptime at, Optional<String> wrong) {
    return wrong
        .<Reading>map(evidence -> new Reading.Wrong(kind, at, Blame.UNKNOWN, evidence))
        .orElseGet(() -> new Reading.Well(kind, at));
  }

  /** Whether other faults were found at the last judgement than before. */
  boolean haveChanged() {
    return haveChanged;
  }

  /** One of each kind of fault, as last judged. */
  public List<Reading> readings() {
    return readings;
  }

  public Summary summary() {
    return summary;
  }
}
