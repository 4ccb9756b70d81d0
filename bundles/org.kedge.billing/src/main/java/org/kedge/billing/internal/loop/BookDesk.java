package org.kedge.billing.internal.loop;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.Books.Posted;
import org.kedge.billing.internal.core.ledger.Promise;
import org.kedge.billing.internal.sqlite.Opened;
import org.kedge.billing.internal.sqlite.SqliteBooks;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the books open and gives them one batch after the other. What cannot be booked now waits here, in order, and is offered again
 * until it is. State on billing's lane.
 */
final class BookDesk implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BookDesk.class);

  /** The whole ledger is checked. */
  private static final Duration OPEN_LIMIT = Duration.ofMinutes(10);

  private static final Duration POST_LIMIT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** A bundle that is updated may not keep its successor waiting for the check of a whole ledger. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private static final Opened CLOSED = new Opened.NotNow("it is closed again");

  private final Lane lane;
  private final UptimeSource uptime;
  private final Supplier<Opened> opener;
  private final Listener listener;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private final ReentrantLock opening = new ReentrantLock();
  private Optional<SqliteBooks> held = Optional.empty(); // under opening
  private @Nullable SqliteBooks books;
  private volatile Optional<SqliteBooks> shown = Optional.empty();
  private boolean isBusy;
  private volatile boolean isClosed;
  private Optional<String> stalled = Optional.empty();
  private Optional<SetAside> setAside = Optional.empty();
  private long booked;

  /** Hears of the books, on the lane. */
  interface Listener {
    /**
     * @param promises prices that held when they were closed
     * @param isFresh whether they are new in the place of damaged ones, and know no counter
     */
    void opened(SqliteBooks opened, List<Promise> promises, boolean isFresh);
  }

  /** A damaged ledger. */
  record SetAside(Uptime at, Path file, String why) {}

  private record Waiting(Batch batch, Uptime since, Consumer<Posted> done) {}

  /** @param opener opens the books; blocks */
  BookDesk(Lane lane, UptimeSource uptime, Supplier<Opened> opener, Listener listener) {
    this.lane = lane;
    this.uptime = uptime;
    this.opener = opener;
    this.listener = listener;
  }

  /** Begins; once. */
  void start() {
    open();
  }

  private void open() {
    if (isClosed) {
      return;
    }
    isBusy = true;
    lane.aside("open the ledger", OPEN_LIMIT, this::openOrLeave, outcome -> {
      isBusy = false;
      if (outcome instanceof Lane.Outcome.Done<Opened> done) {
        opened(done.value());
      } else {
        notNow(
            outcome instanceof Lane.Outcome.Failed<Opened> failed
                ? failed.cause().toString()
                : "it did not open within " + OPEN_LIMIT.toMinutes() + " min");
      }
    });
  }

  /** Beside the lane. What it opens is closed by whoever comes last: this, or {@link #close}. */
  private Opened openOrLeave() {
    opening.lock();
    try {
      if (isClosed) {
        return CLOSED;
      }
      var opened = opener.get();
      held = opened instanceof Opened.Ready ready
          ? Optional.of(ready.books())
          : opened instanceof Opened.SetAside aside ? Optional.of(aside.books()) : Optional.empty();
      if (isClosed) {
        held.ifPresent(SqliteBooks::close);
        return CLOSED;
      }
      return opened;
    } finally {
      opening.unlock();
    }
  }

  private void opened(Opened opened) {
    if (opened instanceof Opened.NotNow notNow) {
      notNow(notNow.why());
      return;
    }
    SqliteBooks found;
    List<Promise> promises = List.of();
    var isFresh = false;
    if (opened instanceof Opened.SetAside aside) {
      LOG.error(
          "The ledger is damaged: {}. It is kept as {}; a new one begins from what was last agreed with each neighbour.",
          aside.why(),
          aside.damaged());
      setAside = Optional.of(new SetAside(uptime.now(), aside.damaged(), aside.why()));
      found = aside.books();
      isFresh = true;
    } else {
      var ready = (Opened.Ready) opened;
      ready.news().ifPresent(news -> LOG.info("Ledger opened: {}.", news));
      found = ready.books();
      promises = ready.promises();
    }
    books = found;
    shown = Optional.of(found);
    stalled = Optional.empty();
    listener.opened(found, promises, isFresh);
    next();
  }

  private void notNow(String why) {
    stall("the ledger cannot be opened: " + why);
    lane.after(PAUSE, "open the ledger", this::open);
  }

  private void stall(String why) {
    if (stalled.filter(why::equals).isEmpty()) {
      LOG.warn("{}. What is counted waits, and is booked once that has passed.", capital(why));
    }
    stalled = Optional.of(why);
  }

  private static String capital(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /**
   * Books after all that waits.
   *
   * @param done takes {@link Posted.Done} or {@link Posted.Contradicted}, once, on the lane; before the books are open nothing
   */
  void post(Batch batch, Consumer<Posted> done) {
    queue.add(new Waiting(batch, uptime.now(), done));
    next();
  }

  private void next() {
    var head = queue.peek();
    var present = books;
    if (isBusy || isClosed || head == null || present == null) {
      return;
    }
    isBusy = true;
    lane.<Posted>aside("book", POST_LIMIT, () -> present.post(head.batch()), outcome -> {
      isBusy = false;
      posted(
          head,
          outcome instanceof Lane.Outcome.Done<Posted> done
              ? done.value()
              : new Posted.Stalled(
                  outcome instanceof Lane.Outcome.Failed<Posted> failed
                      ? failed.cause().toString()
                      : "no end within " + POST_LIMIT.toSeconds() + " s"));
    });
  }

  private void posted(Waiting head, Posted posted) {
    if (posted instanceof Posted.Stalled late) {
      stall("the ledger cannot be written: " + late.why());
      lane.after(PAUSE, "book again", this::next);
    } else if (posted instanceof Posted.Damaged damaged) {
      LOG.error("The ledger is damaged: {}.", damaged.why());
      var old = books;
      books = null;
      shown = Optional.empty();
      if (old != null) {
        old.close();
      }
      open();
    } else {
      if (stalled.isPresent()) {
        LOG.info("The ledger can be written again; {} batches wait.", queue.size() - 1);
      }
      stalled = Optional.empty();
      queue.remove();
      if (posted instanceof Posted.Done done) {
        booked += done.booked();
      } else {
        LOG.error(
            "Entry {} stands in the ledger with another content; nothing of its batch was booked.",
            ((Posted.Contradicted) posted).id().text());
      }
      head.done().accept(posted);
      next();
    }
  }

  /** Sums what was kept long enough, a piece at a time; on the lane, by a trusted clock. */
  void rollUp(InstantSource wallClock, Duration minutesKept, Duration hoursKept) {
    var present = books;
    if (isBusy || isClosed || present == null || !queue.isEmpty()) {
      return;
    }
    isBusy = true;
    Instant now = wallClock.instant();
    lane.<Posted>aside(
        "roll up", POST_LIMIT, () -> present.rollUp(now, minutesKept, hoursKept), outcome -> {
          isBusy = false;
          if (outcome instanceof Lane.Outcome.Done<Posted> done
              && done.value() instanceof Posted.Done some
              && some.booked() > 0) {
            lane.post("roll up on", () -> rollUp(wallClock, minutesKept, hoursKept));
          }
          next();
        });
  }

  /** Any thread. */
  Optional<SqliteBooks> books() {
    return shown;
  }

  /** Why nothing can be booked now. */
  Optional<String> stalled() {
    return stalled;
  }

  Optional<SetAside> setAside() {
    return setAside;
  }

  /** Entries that wait because those before them could not be booked. */
  long heldEntries() {
    return stalled.isPresent()
        ? queue.stream().mapToLong(waiting -> waiting.batch().entries().size()).sum()
        : 0;
  }

  /** Since when the first of them has waited. */
  Optional<Uptime> heldSince() {
    return stalled.isPresent()
        ? Optional.ofNullable(queue.peek()).map(Waiting::since)
        : Optional.empty();
  }

  long booked() {
    return booked;
  }

  /**
   * Waits for what is being booked, and a while for what is being opened; what waits is dropped: the kernel still has the bytes, and the
   * next start books them. Any thread.
   */
  @Override
  public void close() {
    isClosed = true;
    try {
      if (opening.tryLock(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          held.ifPresent(SqliteBooks::close);
        } finally {
          opening.unlock();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
