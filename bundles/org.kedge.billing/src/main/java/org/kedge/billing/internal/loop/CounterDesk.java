package org.kedge.billing.internal.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.billing.internal.core.PassAlways;
import org.kedge.billing.internal.core.metering.MeterReading;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.Slowed;
import org.kedge.billing.internal.core.metering.WantedTable;
import org.kedge.billing.internal.kernel.NeighbourMacs;
import org.kedge.billing.internal.nft.MeterTable;

/** Keeps the counters of the kernel as they are wanted and reads them, one thing at a time. State on billing's lane. */
final class CounterDesk implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration AGAIN = Duration.ofSeconds(10);

  private final Lane lane;
  private final UptimeSource uptime;
  private final Kernel kernel;
  private final Findings findings;
  private final Listener listener;
  private volatile Optional<WantedTable> applied = Optional.empty();
  private List<IpPrefix> own = List.of();
  private boolean isBusy;
  private boolean isWishNew = true;
  private Optional<Uptime> applyAgain = Optional.empty();
  private volatile boolean isClosed;

  /** Hears of the kernel, on the lane. */
  interface Listener {
    /** Addresses of this node, link-local ones left out; whenever they are others than before. */
    void owns(List<IpPrefix> addresses);

    void read(NeighbourMacs.Look macs, MeterReading reading);

    /** Counters cannot be read now. */
    void unread();

    /** The counters had vanished; they are made again. */
    void gone();

    /** The kernel can be asked something else. */
    void ready();
  }

  /** What is wanted, as far as the kernel itself does not tell it. */
  record Wish(
      List<String> interfaces,
      List<IpPrefix> mesh,
      List<Slowed> slowed,
      List<PassAlways> passAlways) {}

  CounterDesk(Lane lane, UptimeSource uptime, Kernel kernel, Findings findings, Listener listener) {
    this.lane = lane;
    this.uptime = uptime;
    this.kernel = kernel;
    this.findings = findings;
    this.listener = listener;
  }

  /** Something else is wanted. */
  void wishIsNew() {
    isWishNew = true;
  }

  /** These are to be slowed and no others. */
  void slow(List<Slowed> slowed) {
    // Where it could not be applied it is tried again soon anyway.
    if (applyAgain.isEmpty()
        && applied.filter(table -> !table.slowed().equals(slowed)).isPresent()) {
      isWishNew = true;
    }
  }

  /** Whether something else is under way, or this is closed. */
  boolean isBusy() {
    return isBusy || isClosed;
  }

  boolean hasToApply() {
    return isWishNew || applyAgain.filter(at -> !uptime.now().isBefore(at)).isPresent();
  }

  boolean areCountersThere() {
    return applied.isPresent();
  }

  /** Links whose far end has no address of its own, such as tunnels. */
  List<String> bare() {
    return applied.stream()
        .flatMap(table -> table.interfaces().stream())
        .filter(one -> one.kind() == MeteredInterface.Kind.BARE)
        .map(MeteredInterface::name)
        .toList();
  }

  /** @param own addresses of this node, empty where it is not known */
  private record Put(
      WantedTable wanted, Optional<List<IpPrefix>> own, MeterTable.Applied applied) {}

  void apply(Wish wish) {
    isWishNew = false;
    applyAgain = Optional.empty();
    task(
        "put counters",
        () -> {
          var addresses = kernel.own();
          var prefixes = new ArrayList<>(wish.mesh());
          addresses.stream()
              .filter(address -> !wish.mesh().contains(address))
              .forEach(prefixes::add);
          var wanted = new WantedTable(
              kernel.interfaces(wish.interfaces()), prefixes, wish.slowed(), wish.passAlways());
          return new Put(wanted, Optional.of(addresses), putUnlessClosed(wanted));
        },
        this::put,
        why -> put(
            new Put(WantedTable.NONE, Optional.empty(), new MeterTable.Applied.Failed(why, true))));
  }

  /** Beside the lane. What is still under way when this closes must not slow anybody again. */
  private synchronized MeterTable.Applied putUnlessClosed(WantedTable wanted) {
    return isClosed ? new MeterTable.Applied.Failed("billing stops", true) : kernel.apply(wanted);
  }

  private void put(Put put) {
    put.own().filter(addresses -> !addresses.equals(own)).ifPresent(addresses -> {
      own = addresses;
      listener.owns(addresses);
    });
    if (put.applied() instanceof MeterTable.Applied.Done) {
      applied = Optional.of(put.wanted());
      findings.put();
    } else {
      applyAgain = Optional.of(uptime.now().plus(AGAIN));
      findings.notPut(
          put.applied() instanceof MeterTable.Applied.Foreign foreign
              ? foreign.why()
              : ((MeterTable.Applied.Failed) put.applied()).why());
      listener.unread();
    }
  }

  private record Seen(NeighbourMacs.Look macs, MeterTable.Look look) {}

  /** @param interfaces whose own statistics are read along */
  void read(List<String> interfaces) {
    task(
        "read counters",
        () -> new Seen(kernel.macs(), kernel.read(uptime.now(), interfaces)),
        this::seen,
        this::unread);
  }

  private void seen(Seen seen) {
    if (seen.look() instanceof MeterTable.Look.Read read) {
      findings.counted(read.reading());
      listener.read(seen.macs(), read.reading());
    } else if (seen.look() instanceof MeterTable.Look.Gone) {
      applied = Optional.empty();
      isWishNew = true;
      listener.gone();
    } else {
      unread(
          seen.look() instanceof MeterTable.Look.Foreign foreign
              ? foreign.why()
              : ((MeterTable.Look.Failed) seen.look()).why());
    }
  }

  private void unread(String why) {
    findings.notRead(why);
    listener.unread();
  }

  private <T> void task(String name, Callable<T> work, Consumer<T> then, Consumer<String> failed) {
    isBusy = true;
    lane.aside(name, LIMIT, work, outcome -> {
      isBusy = false;
      if (isClosed) {
        return;
      }
      if (outcome instanceof Lane.Outcome.Done<T> done) {
        then.accept(done.value());
      } else {
        failed.accept(
            outcome instanceof Lane.Outcome.Failed<T> bad
                ? bad.cause().toString()
                : "no answer within " + LIMIT.toSeconds() + " s");
      }
      listener.ready();
    });
  }

  /** Nobody stays slowed whom nobody would release; counting goes on. Any thread. */
  @Override
  public synchronized void close() {
    isClosed = true;
    applied
        .filter(table -> !table.slowed().isEmpty())
        .ifPresent(table -> kernel.apply(
            new WantedTable(table.interfaces(), table.mesh(), List.of(), table.passAlways())));
  }
}
