package org.kedge.telemetry.internal.outbox;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lane.Outcome;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.telemetry.api.Uplink;
import org.kedge.telemetry.api.Uplink.Connection;
import org.kedge.telemetry.api.Uplink.Handover;
import org.kedge.telemetry.api.Uplink.Message;
import org.kedge.telemetry.api.Uplink.Presence;
import org.kedge.telemetry.internal.core.Backoff;
import org.kedge.telemetry.internal.core.Kind;
import org.kedge.telemetry.internal.core.Told;
import org.kedge.telemetry.internal.outbox.Outbox.Job;
import org.kedge.telemetry.internal.outbox.OutboxBytes.Item;

/**
 * Brings what is in the outbox to the broker: connects and connects again, hands over within the uplink's pace, and forgets a
 * message only when it is confirmed. Everything runs on the lane; the uplink and flash are asked beside it, each one call at a
 * time, so that neither can stop it or the other.
 */
public final class Courier {
  private static final Backoff AGAIN = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

  /** Where waiting does not help: somebody may set it right at the broker. */
  private static final Backoff REFUSED = new Backoff(Duration.ofSeconds(30), Duration.ofMinutes(5));

  private static final Duration CALL_LIMIT = Duration.ofSeconds(20);
  private static final Duration FLASH_LIMIT = Duration.ofSeconds(10);
  private static final Duration FLASH_AGAIN = Duration.ofSeconds(30);

  /** A call that goes on beyond its limit is looked at again after this. */
  private static final Duration HANGS = Duration.ofSeconds(1);

  /** A snapshot that the broker confirms within this time is never written to flash, which wears out. */
  private static final Duration HOLD = Duration.ofSeconds(5);

  private static final Duration SYNC = Duration.ofSeconds(5);

  /** A thousand nodes that find their broker again begin with their backlogs within this time, not at once. */
  private static final Duration SPREAD = Duration.ofSeconds(30);

  private final Lane lane;
  private final OutboxShelf shelf;
  private final Outbox outbox;
  private final boolean isShelfUsable;
  private final UptimeSource uptime;
  private final DoubleSupplier chance;
  private final Supplier<Presence> presence;
  private final Diary diary;

  // This lane only.
  private Optional<Uplink> uplink = Optional.empty();
  private Link link = Link.DOWN;
  private int connection;
  private int failures;
  private boolean isProven;
  private Uptime backlogAt;
  private Uptime nextAt;
  private byte[] told = {};
  private final Map<Long, Uptime> underWay = new LinkedHashMap<>();
  private AtomicBoolean uplinkInside = new AtomicBoolean();
  private final AtomicBoolean flashInside = new AtomicBoolean();
  private boolean flashFailed;
  private boolean flashTold;
  private boolean syncIsDue;
  private Lane.Timer again = () -> {};
  private Lane.Timer wake = () -> {};
  private Optional<Uptime> wakeDue = Optional.empty();
  private boolean stopped;
  private Optional<Runnable> ending = Optional.empty();
  private Optional<String> lastFailure = Optional.empty();
  private long confirmedCount;
  private long repeatedCount;
  private long sentBytes;
  private volatile View view;

  private enum Link {
    DOWN,
    CONNECTING,
    READY,
    /** Until it is tried again. */
    WAITING
  }

  private record View(
      String uplink,
      boolean isConnected,
      Optional<String> lastFailure,
      Outbox.Status status,
      Uptime at,
      long confirmed,
      long sentBytes,
      long repeated) {}

  /** Hears how it goes; on the lane. */
  public interface Diary {
    /** @param waiting messages */
    void connected(String uplink, int waiting);

    /** @param failures in a row, this one included */
    void lost(String uplink, String why, int failures, Duration pause);

    /** @param why empty: it works again */
    void flash(Optional<String> why);
  }

  /**
   * @param opened what flash holds; empty if it could not be read: then messages wait in memory only
   * @param bootId of this run
   * @param chance from 0 to 1
   * @param presence what the broker is to say of the node, now and afterwards
   */
  public Courier(
      Lane lane,
      OutboxShelf shelf,
      Optional<OutboxShelf.Opened> opened,
      Outbox.Limits limits,
      String bootId,
      UptimeSource uptime,
      DoubleSupplier chance,
      Supplier<Presence> presence,
      Diary diary) {
    this.lane = lane;
    this.shelf = shelf;
    isShelfUsable = opened.isPresent();
    this.uptime = uptime;
    this.chance = chance;
    this.presence = presence;
    this.diary = diary;
    var now = uptime.now();
    outbox = new Outbox(
        limits,
        opened.map(OutboxShelf.Opened::contents).orElseGet(OutboxContents::new),
        bootId,
        opened.map(OutboxShelf.Opened::free).orElse(0L),
        now);
    backlogAt = now;
    nextAt = now;
    view = view(now);
  }

  public long nextSequence() {
    return outbox.nextSequence();
  }

  public Told told() {
    return outbox.told();
  }

  /** Other bounds, from the next job on. */
  public void limit(Outbox.Limits limits) {
    outbox.limit(limits);
  }

  /** Whether messages survive a restart. */
  public boolean isDurable() {
    return isShelfUsable && outbox.isDurable();
  }

  /** Any thread. */
  public Figures figures() {
    var seen = view;
    var status = seen.status();
    return Figures.builder()
        .text("uplink", seen.uplink())
        .flag("connected", seen.isConnected())
        .text("last_failure", seen.lastFailure())
        .count("unsent", status.count())
        .bytes("unsent", new Bytes(status.bytes()))
        .seconds(
            "oldest_unsent",
            status
                .oldest()
                .map(age -> age.plus(uptime.now().since(seen.at())))
                .orElse(Duration.ZERO))
        .count("confirmed", seen.confirmed())
        .bytes("sent", new Bytes(seen.sentBytes()))
        .count("repeated", seen.repeated())
        .count("thinned", status.thinned())
        .count("torn", status.torn())
        .bytes("written", new Bytes(status.written()))
        .flag("durable", isShelfUsable && status.isDurable())
        .build();
  }

  private View view(Uptime now) {
    return new View(
        uplink.map(Uplink::name).orElse("none"),
        link == Link.READY,
        lastFailure,
        outbox.status(now),
        now,
        confirmedCount,
        sentBytes,
        repeatedCount);
  }

  // --- what comes in ---

  /** Another way to the broker, or none. The one before is not used again from now on; who made it closes it. */
  public void use(Optional<Uplink> other) {
    if (other.equals(uplink)) {
      return;
    }
    uplink = other;
    connection++;
    link = Link.DOWN;
    failures = 0;
    lastFailure = Optional.empty();
    underWay.clear();
    again.cancel();
    wake.cancel();
    wakeDue = Optional.empty();
    // A call that is under way ends by itself, and nobody waits for it.
    uplinkInside = new AtomicBoolean();
    if (other.isPresent()) {
      outbox.keep(Long.MAX_VALUE);
    }
    pump();
  }

  /**
   * Takes a message that is to arrive.
   *
   * @param journal number of care's entry that it tells, or 0
   */
  public void put(Kind kind, long sequence, long journal, byte[] json) {
    var isHeld = uplink.isEmpty()
        || kind == Kind.SNAPSHOT && link == Link.READY && isProven && underWay.isEmpty();
    var id = outbox.put(kind, sequence, journal, Packed.of(json), !isHeld, uptime.now());
    if (isHeld && uplink.isPresent()) {
      lane.after(HOLD, "keep what did not arrive", () -> {
        outbox.keep(id);
        flash();
      });
    }
    pump();
  }

  /** What the broker is to say of the node has changed. */
  public void presenceChanged() {
    pump();
  }

  /**
   * Ends, after writing what waits.
   *
   * @param ended run on the lane once that is done
   */
  public void stop(Runnable ended) {
    stopped = true;
    again.cancel();
    wake.cancel();
    connection++;
    ending = Optional.of(ended);
    if (!flashInside.get()) {
      end();
    }
  }

  private void end() {
    if (isShelfUsable) {
      outbox.end();
      try {
        for (var job = outbox.job(uptime.now());
            job.isPresent() && job.get() instanceof Job.Write write;
            job = outbox.job(uptime.now())) {
          outbox.done(write, shelf.write(write));
        }
      } catch (IOException e) {
        diary.flash(Optional.of(e.toString()));
      }
    }
    ending.ifPresent(Runnable::run);
    ending = Optional.empty();
  }

  // --- what goes out ---

  private void pump() {
    if (stopped) {
      return;
    }
    flash();
    uplink.ifPresent(present -> {
      while (!uplinkInside.get() && step(present)) {
        // Until it has to wait for something.
      }
    });
    view = view(uptime.now());
  }

  /** @return whether there may be more to do at once */
  private boolean step(Uplink present) {
    if (link == Link.DOWN) {
      connect(present);
      return false;
    }
    if (link != Link.READY) {
      return false;
    }
    var wanted = presence.get();
    if (!Arrays.equals(wanted.now(), told)) {
      told = wanted.now();
      call(
          "tell the presence",
          () -> {
            present.tell(wanted);
            return true;
          },
          outcome -> {
            if (!(outcome instanceof Outcome.Done<Boolean>)) {
              lost(inWords(outcome), true);
            }
          });
      return false;
    }
    var now = uptime.now();
    if (isOverdue(present, now)) {
      lost("no confirmation within " + present.pace().confirmation().toSeconds() + " s", true);
      return false;
    }
    if (underWay.size() >= (isProven ? present.pace().window() : 1)) {
      return false;
    }
    var item = outbox.next(underWay.keySet(), now.compareTo(backlogAt) >= 0);
    if (item.isEmpty()) {
      if (now.compareTo(backlogAt) < 0) {
        wakeAt(backlogAt, now);
      }
      return false;
    }
    if (now.compareTo(nextAt) < 0) {
      wakeAt(nextAt, now);
      return false;
    }
    return hand(present, item.get(), now);
  }

  private boolean hand(Uplink present, Item item, Uptime now) {
    var packed = outbox.body(item.id());
    if (packed.isEmpty()) {
      // Read first; when flash has answered this comes by again.
      if (!flashInside.get() && !flashFailed) {
        outbox.need(item.id()).ifPresent(this::run);
      }
      return false;
    }
    var body = Packed.open(packed.get());
    if (body.isEmpty()) {
      outbox.confirmed(item.id());
      return true;
    }
    underWay.put(item.id(), now);
    nextAt = now.plus(present.pace().gap());
    if (outbox.isHandedAgain(item.id())) {
      repeatedCount++;
    }
    sentBytes += body.get().length;
    var message =
        new Message(item.id(), item.kind().subject(), body.get(), item.kind() == Kind.EVENT);
    call("hand a message over", () -> present.hand(message), outcome -> {
      if (outcome instanceof Outcome.Done<Handover> done) {
        if (done.value() instanceof Handover.Failed failed) {
          lost(failed.why(), failed.waitingHelps());
        } else if (done.value() instanceof Handover.Unconfirmable) {
          confirmed(item.id());
        }
      } else {
        lost(inWords(outcome), true);
      }
    });
    return false;
  }

  private void connect(Uplink present) {
    link = Link.CONNECTING;
    connection++;
    var ears = new LaneEars(connection);
    var wanted = presence.get();
    told = wanted.now();
    call("connect to the broker", () -> present.connect(wanted, ears), outcome -> {
      if (outcome instanceof Outcome.Done<Connection> done) {
        if (done.value() instanceof Connection.Refused refused) {
          lost(refused.why(), refused.waitingHelps());
        } else if (link == Link.CONNECTING) {
          ready(present);
        }
      } else {
        lost(inWords(outcome), true);
      }
    });
  }

  private void ready(Uplink present) {
    link = Link.READY;
    isProven = false;
    var now = uptime.now();
    backlogAt = now.plus(Duration.ofMillis((long) (SPREAD.toMillis() * chance.getAsDouble())));
    nextAt = now;
    diary.connected(present.name(), outbox.status(now).count());
  }

  private void lost(String why, boolean waitingHelps) {
    if (link != Link.CONNECTING && link != Link.READY) {
      return;
    }
    link = Link.WAITING;
    failures++;
    lastFailure = Optional.of(why);
    underWay.clear();
    wake.cancel();
    wakeDue = Optional.empty();
    outbox.keep(Long.MAX_VALUE);
    var pause = (waitingHelps ? AGAIN : REFUSED).after(failures, chance.getAsDouble());
    uplink.ifPresent(present -> diary.lost(present.name(), why, failures, pause));
    again.cancel();
    again = lane.after(pause, "connect again", () -> {
      if (link == Link.WAITING) {
        link = Link.DOWN;
        pump();
      }
    });
  }

  private void confirmed(long ticket) {
    if (underWay.remove(ticket) != null) {
      // Only now is it sure that this connection is more than an open socket.
      isProven = true;
      failures = 0;
      lastFailure = Optional.empty();
    }
    if (outbox.confirmed(ticket)) {
      confirmedCount++;
    }
  }

  /** Whether a message has gone without its confirmation for too long; else this comes by again when one would have. */
  private boolean isOverdue(Uplink present, Uptime now) {
    var limit = underWay.values().stream()
        .min(Comparator.naturalOrder())
        .map(since -> since.plus(present.pace().confirmation()));
    limit.filter(due -> now.compareTo(due) < 0).ifPresent(due -> wakeAt(due, now));
    return limit.filter(due -> now.compareTo(due) >= 0).isPresent();
  }

  /** One timer, for the first thing that is due; what is due later is found when it runs. */
  private void wakeAt(Uptime due, Uptime now) {
    if (wakeDue.filter(set -> set.compareTo(now) > 0 && set.compareTo(due) <= 0).isPresent()) {
      return;
    }
    wake.cancel();
    wakeDue = Optional.of(due);
    wake = lane.after(due.since(now), "go on sending", this::pump);
  }

  /** Asks the uplink beside the lane; one call at a time, also where one hangs. */
  private <T> void call(String task, Callable<T> work, Consumer<Outcome<T>> answer) {
    var inside = uplinkInside;
    var asked = connection;
    inside.set(true);
    lane.aside(
        task,
        CALL_LIMIT,
        () -> {
          try {
            return work.call();
          } finally {
            inside.set(false);
          }
        },
        outcome -> {
          if (isNeverBegun(outcome)) {
            inside.set(false);
          }
          if (asked == connection && !stopped) {
            answer.accept(outcome);
          }
          pumpOnce(inside);
        });
  }

  private static boolean isNeverBegun(Outcome<?> outcome) {
    return outcome instanceof Outcome.Late<?> late && late.limit().isZero();
  }

  private void pumpOnce(AtomicBoolean inside) {
    pump();
    if (inside.get() && inside == uplinkInside && !stopped) {
      lane.after(HANGS, "the uplink hangs", () -> pumpOnce(inside));
    }
  }

  private static String inWords(Outcome<?> outcome) {
    if (outcome instanceof Outcome.Failed<?> failed) {
      return failed.cause().toString();
    }
    return "no end within " + CALL_LIMIT.toSeconds() + " s";
  }

  private final class LaneEars implements Uplink.Ears {
    private final int heard;

    LaneEars(int heard) {
      this.heard = heard;
    }

    @Override
    public void confirmed(long ticket) {
      lane.after(Duration.ZERO, "confirmed", () -> {
        Courier.this.confirmed(ticket);
        pump();
      });
    }

    @Override
    public void lost(String why) {
      lane.after(Duration.ZERO, "connection lost", () -> {
        if (heard == connection) {
          Courier.this.lost(why, true);
          pump();
        }
      });
    }
  }

  // --- flash ---

  private void flash() {
    if (isShelfUsable && !stopped && !flashInside.get() && !flashFailed) {
      outbox.job(uptime.now()).ifPresent(this::run);
    }
    if (outbox.wantsSync() && !syncIsDue && !stopped) {
      syncIsDue = true;
      lane.after(SYNC, "sync the outbox", () -> {
        syncIsDue = false;
        outbox.sync();
        pump();
      });
    }
  }

  private void run(Job job) {
    flashInside.set(true);
    if (job instanceof Job.Load load) {
      aside(
          "read the outbox",
          () -> shelf.read(load),
          content -> outbox.loaded(load, content),
          () -> outbox.unreadable(load),
          job);
    } else if (job instanceof Job.Write write) {
      aside(
          "write the outbox",
          () -> shelf.write(write),
          free -> outbox.done(write, free),
          () -> outbox.failed(write),
          job);
    }
  }

  private <T> void aside(
      String task, Callable<T> work, Consumer<T> done, Runnable failed, Job job) {
    lane.aside(
        task,
        FLASH_LIMIT,
        () -> {
          try {
            return work.call();
          } finally {
            flashInside.set(false);
          }
        },
        outcome -> {
          if (isNeverBegun(outcome)) {
            flashInside.set(false);
          }
          if (outcome instanceof Outcome.Done<T> well) {
            done.accept(well.value());
            flashFailed(false, "");
          } else if (outcome instanceof Outcome.Failed<T> bad) {
            failed.run();
            flashFailed(true, bad.cause().toString());
          } else {
            outbox.failed(job);
            flashFailed(true, "no end within " + FLASH_LIMIT.toSeconds() + " s");
          }
          if (stopped) {
            end();
          } else {
            pump();
          }
        });
  }

  private void flashFailed(boolean isFailed, String why) {
    if (isFailed != flashTold) {
      flashTold = isFailed;
      diary.flash(isFailed ? Optional.of(why) : Optional.empty());
    }
    flashFailed = isFailed;
    if (isFailed) {
      lane.after(FLASH_AGAIN, "try flash again", () -> {
        flashFailed = false;
        pump();
      });
    }
  }
}
