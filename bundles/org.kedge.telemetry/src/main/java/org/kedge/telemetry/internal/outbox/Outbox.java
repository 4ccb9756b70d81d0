package org.kedge.telemetry.internal.outbox;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Uptime;
import org.kedge.telemetry.internal.core.Kind;
import org.kedge.telemetry.internal.core.Told;
import org.kedge.telemetry.internal.outbox.OutboxBytes.Item;
import org.kedge.telemetry.internal.outbox.OutboxBytes.Line;

/**
 * What waits for the broker. Messages are appended to files on flash and forgotten once they arrived; a file is taken away when
 * nothing in it waits any more. Over its bounds it thins: oldest first, ordinary snapshots before the one of each ten minutes,
 * those before events.
 *
 * <p>It decides and never touches flash itself: {@link #job} says what is to be done there, {@link #done} and {@link #failed} what
 * came of it. What could not be written waits in memory, within a bound of its own. One lane owns it.
 */
public final class Outbox {
  static final int FILE_BYTES = 64 * 1024;

  /** Left free for others: care writes down its orders on the same flash, and comes first. */
  static final long RESERVE_BYTES = 1024 * 1024;

  static final int MEMORY_BYTES = 256 * 1024;
  private static final long TENTH_MILLIS = Duration.ofMinutes(10).toMillis();

  /** An outbox in which nothing waits is begun anew beyond this, instead of noting what has arrived. */
  private static final int DEAD_BYTES = 16 * 1024;

  private static final int READS = 3;

  /** A message that was handed over so often and never confirmed may be what breaks the connection: others go before it. */
  private static final int SUSPECT = 3;

  private static final int NONE = -1;

  private Limits limits;
  private final String bootId;
  private final Duration ageAtBegin;
  private final Uptime begun;
  private final NavigableMap<Long, Slot> slots = new TreeMap<>();
  private final NavigableMap<Integer, File> files = new TreeMap<>();
  private final Set<Integer> unsynced = new TreeSet<>();
  private final List<Long> notes = new ArrayList<>();
  private long lastId;
  private long stateNow;
  private long sequence;
  private Told told;
  private int current = NONE;
  private int lastFile;
  private long free;
  private boolean isFreeFresh;
  private boolean busy;
  private boolean syncWanted;
  private boolean headWanted;
  private boolean durable = true;
  private Optional<Cache> cache = Optional.empty();
  private long lastTenth = -1;
  private long memoryBytes;
  private long thinned;
  private long torn;
  private long written;

  /**
   * @param flashBytes all files together
   * @param age from which on a message is dropped; of the time the node ran
   */
  public record Limits(long flashBytes, Duration age) {}

  /** What is to be done on flash, one at a time. */
  public sealed interface Job {
    /** Read the file and give its content to {@link #loaded}. */
    record Load(int file) implements Job {}

    /**
     * Append, then sync, then delete.
     *
     * @param append empty: nothing
     */
    record Write(int file, byte[] append, Set<Integer> sync, Set<Integer> delete, Batch batch)
        implements Job {}
  }

  /** The outbox's own note of what a write holds. */
  public static final class Batch {
    private final List<Placing> placings = new ArrayList<>();
    private final List<Long> notes = new ArrayList<>();
    private boolean hasHead;
    private boolean isSynced;
  }

  private record Placing(Slot slot, int offset, int length) {}

  private record Cache(int file, byte[] content) {}

  private static final class Slot {
    private final Item item;
    private final int bodyBytes;
    private byte @Nullable [] body;
    private int file = NONE;
    private int movedFrom = NONE;
    private int offset;
    private int length;
    private boolean isWanted;
    private int handed;

    Slot(Item item, int bodyBytes) {
      this.item = item;
      this.bodyBytes = bodyBytes;
    }
  }

  private static final class File {
    private long bytes;
    private long liveBytes;
    private int live;
    private int moving;
    private boolean wasMoved;
    private int failedReads;
  }

  /**
   * How it is.
   *
   * @param count messages that wait
   * @param bytes of their bodies, compressed
   * @param oldest how long the oldest has waited; empty if none does
   * @param thinned messages dropped for a bound since the beginning of this run
   * @param torn stretches of spoilt bytes that were found
   * @param written bytes written to flash in this run
   * @param isDurable false while flash cannot be written and messages wait in memory
   */
  public record Status(
      int count,
      long bytes,
      Optional<Duration> oldest,
      long thinned,
      long torn,
      long written,
      boolean isDurable) {}

  /**
   * @param contents of earlier runs
   * @param bootId of this run
   * @param free bytes of flash
   */
  public Outbox(Limits limits, OutboxContents contents, String bootId, long free, Uptime now) {
    this.limits = limits;
    this.bootId = bootId;
    this.free = free;
    ageAtBegin = contents.age();
    begun = now;
    lastId = contents.lastId();
    sequence = contents.sequence(bootId);
    told = contents.told();
    torn = contents.torn();
    lastFile = contents.lastFile();
    contents.files().forEach((number, bytes) -> {
      var file = new File();
      file.bytes = bytes;
      files.put(number, file);
      // The run before may have been killed between writing and syncing.
      unsynced.add(number);
    });
    contents.waiting().forEach((id, found) -> {
      var slot = new Slot(found.item(), found.length());
      slot.file = found.file();
      slot.offset = found.offset();
      slot.length = found.length();
      slots.put(id, slot);
      var file = files.get(found.file());
      if (file != null) {
        file.live++;
        file.liveBytes += found.length();
      }
    });
  }

  // --- what comes in ---

  /** The next number for a message of this run, from 1. */
  public long nextSequence() {
    return ++sequence;
  }

  /** How far care's journal has been told, now or in an earlier run. */
  public Told told() {
    return told;
  }

  private long journalTold() {
    return told.bootId().equals(bootId) ? told.number() : 0;
  }

  /**
   * Takes a message.
   *
   * @param journal number of care's entry that it tells, or 0
   * @param body compressed
   * @param atOnce whether it is to be on flash now; otherwise when {@link #keep} says so
   * @return its id
   */
  public long put(Kind kind, long sequence, long journal, byte[] body, boolean atOnce, Uptime now) {
    var age = age(now);
    var tenth = age.toMillis() / TENTH_MILLIS;
    var isTenth = kind == Kind.SNAPSHOT && tenth != lastTenth;
    if (isTenth) {
      lastTenth = tenth;
    }
    var slot = new Slot(new Item(++lastId, kind, sequence, journal, isTenth, age), body.length);
    slot.body = body;
    slot.isWanted = atOnce;
    slots.put(slot.item.id(), slot);
    isFreeFresh = false;
    if (kind == Kind.SNAPSHOT) {
      stateNow = slot.item.id();
    }
    memoryBytes += body.length;
    if (journal > 0) {
      told = new Told(bootId, journal);
    }
    thin(one -> one.body != null, () -> memoryBytes > MEMORY_BYTES);
    return slot.item.id();
  }

  /** These are to be on flash now, unless they have arrived meanwhile. */
  public void keep(long upToId) {
    slots.headMap(upToId, true).values().forEach(slot -> slot.isWanted |= slot.file == NONE);
  }

  private Duration age(Uptime now) {
    return ageAtBegin.plus(now.since(begun));
  }

  // --- what goes out ---

  /**
   * The message to send next: the latest snapshot, then events, then older snapshots, oldest first. One that was handed over a few
   * times in vain waits until nothing else does.
   *
   * @param underWay ids that are not to be given again
   * @param isBacklogDue whether older snapshots may go
   */
  public Optional<Item> next(Set<Long> underWay, boolean isBacklogDue) {
    Predicate<Slot> isFree = slot -> !underWay.contains(slot.item.id());
    var isTrusted = isFree.and(slot -> slot.handed < SUSPECT);
    Predicate<Slot> isDue =
        slot -> isBacklogDue || slot.item.kind() == Kind.EVENT || slot.item.id() == stateNow;
    return Optional.ofNullable(slots.get(stateNow))
        .filter(isTrusted)
        .or(() -> oldest(isTrusted.and(slot -> slot.item.kind() == Kind.EVENT)))
        .or(() -> oldest(isTrusted.and(isDue)))
        .or(() -> oldest(isFree.and(isDue)))
        .map(slot -> slot.item);
  }

  private Optional<Slot> oldest(Predicate<Slot> which) {
    return slots.values().stream().filter(which).findFirst();
  }

  /** The compressed body, where it is in memory; otherwise {@link #need} it. Empty also for one that is gone. */
  public Optional<byte[]> body(long id) {
    var slot = slots.get(id);
    if (slot == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(slot.body).or(() -> cached(slot));
  }

  private Optional<byte[]> cached(Slot slot) {
    return cache
        .filter(held -> held.file() == slot.file)
        .flatMap(held -> OutboxBytes.lineAt(held.content(), slot.offset))
        .map(placed -> placed.line())
        .filter(line -> line instanceof Line.Kept kept && kept.item().id() == slot.item.id())
        .map(line -> ((Line.Kept) line).body());
  }

  /** Notes that it is handed over now, and tells whether it was before. */
  public boolean isHandedAgain(long id) {
    var slot = slots.get(id);
    return slot != null && slot.handed++ > 0;
  }

  /** What has to be read before {@link #body} has it; empty where nothing would help. */
  public Optional<Job.Load> need(long id) {
    var slot = slots.get(id);
    if (slot == null || slot.file == NONE || busy) {
      return Optional.empty();
    }
    busy = true;
    return Optional.of(new Job.Load(slot.file));
  }

  /**
   * It has arrived. Told twice, or of one that is gone, it changes nothing.
   *
   * @return whether it was waiting
   */
  public boolean confirmed(long id) {
    var slot = slots.remove(id);
    if (slot == null) {
      return false;
    }
    if (slot.file == NONE && slot.item.journal() > 0) {
      // Flash does not know that it was told.
      headWanted = true;
    }
    leave(slot);
    if (slots.isEmpty()) {
      cache = Optional.empty();
    }
    return true;
  }

  private void leave(Slot slot) {
    if (slot.body != null) {
      memoryBytes -= slot.body.length;
      slot.body = null;
    }
    release(slot.movedFrom);
    slot.movedFrom = NONE;
    var file = files.get(slot.file);
    if (file != null) {
      file.live--;
      file.liveBytes -= slot.length;
      notes.add(slot.item.id());
    }
  }

  private void release(int movedFrom) {
    var file = files.get(movedFrom);
    if (file != null) {
      file.moving--;
    }
  }

  // --- bounds ---

  public void limit(Limits other) {
    limits = other;
  }

  private void thin(Predicate<Slot> which, BooleanSupplier isTooMuch) {
    for (var level = 0; level < 3; level++) {
      var victims = slots.values().iterator();
      while (isTooMuch.getAsBoolean() && victims.hasNext()) {
        var slot = victims.next();
        if (level(slot.item) == level && which.test(slot)) {
          victims.remove();
          leave(slot);
          thinned++;
        }
      }
    }
  }

  private static int level(Item item) {
    if (item.kind() == Kind.EVENT) {
      return 2;
    }
    return item.isTenth() ? 1 : 0;
  }

  private void dropAged(Uptime now) {
    var limit = age(now).minus(limits.age());
    var oldest = slots.firstEntry();
    while (oldest != null && oldest.getValue().item.age().compareTo(limit) < 0) {
      slots.remove(oldest.getKey());
      leave(oldest.getValue());
      thinned++;
      oldest = slots.firstEntry();
    }
  }

  private long filesBytes() {
    return files.values().stream().mapToLong(file -> file.bytes).sum();
  }

  private long room() {
    return Math.max(0, Math.min(limits.flashBytes(), filesBytes() + free - RESERVE_BYTES));
  }

  private long liveBytes() {
    return files.values().stream().mapToLong(file -> file.liveBytes).sum();
  }

  // --- flash ---

  /** Whether something waits for a sync: ask for one within seconds. */
  public boolean wantsSync() {
    return !unsynced.isEmpty() || !notes.isEmpty() || headWanted;
  }

  /** What has been written becomes durable, and what arrived is noted, with the next job. */
  public void sync() {
    syncWanted = wantsSync();
  }

  /** What is to be done on flash now, if anything; until {@link #done} or {@link #failed} there is nothing else. */
  public Optional<Job> job(Uptime now) {
    if (busy) {
      return Optional.empty();
    }
    dropAged(now);
    var job = makeRoom().or(() -> write(now));
    busy = job.isPresent();
    return job;
  }

  private Optional<Job> makeRoom() {
    var wanted = wantedBytes();
    var slack = 2L * FILE_BYTES;
    if (wanted == 0
        || filesBytes() + wanted <= room() - slack
        || room() <= slack
        || files.values().stream().anyMatch(file -> file.moving > 0)) {
      // There is room, or none to be gained, or what was moved is to be written first.
      return Optional.empty();
    }
    var target = (room() - slack) * 3 / 4;
    if (liveBytes() + wanted > target) {
      // A good stretch at once, so that thinning is rare.
      thin(slot -> true, () -> liveBytes() + wantedBytes() > target * 7 / 8);
    }
    return files.entrySet().stream()
        .filter(entry -> entry.getKey() != current
            && entry.getValue().live > 0
            && entry.getValue().liveBytes * 4 <= entry.getValue().bytes * 3)
        .map(entry -> (Job) new Job.Load(entry.getKey()))
        .findFirst();
  }

  private long wantedBytes() {
    return slots.values().stream()
        .filter(slot -> slot.isWanted && slot.file == NONE)
        .mapToLong(slot -> slot.bodyBytes)
        .sum();
  }

  private Optional<Job> write(Uptime now) {
    var batch = new Batch();
    var wanted = slots.values().stream()
        .filter(slot -> slot.isWanted && slot.file == NONE && slot.body != null)
        .toList();
    var isEmptied = wanted.isEmpty() && liveBytes() == 0 && filesBytes() > DEAD_BYTES;
    if (wanted.isEmpty() && !syncWanted && !isEmptied && deletable(NONE).isEmpty()) {
      return Optional.empty();
    }
    var append = new ByteArrayOutputStream();
    var at = current;
    var size = at == NONE ? 0 : file(at).bytes;
    var hasLines = !wanted.isEmpty() || !notes.isEmpty() || headWanted || isEmptied;
    if (hasLines && (at == NONE || size >= FILE_BYTES || isEmptied)) {
      at = lastFile + 1;
      size = 0;
    }
    var budget = room() - filesBytes();
    if (hasLines) {
      if (size == 0 || headWanted) {
        append.writeBytes(
            OutboxBytes.of(new Line.Head(bootId, lastId, sequence, journalTold(), age(now))));
        batch.hasHead = true;
      }
      if (!notes.isEmpty() && !isEmptied) {
        append.writeBytes(OutboxBytes.of(new Line.Sent(List.copyOf(notes))));
      }
      batch.notes.addAll(notes);
    }
    for (var slot : wanted) {
      var body = slot.body;
      if (body == null || size + append.size() >= FILE_BYTES) {
        break;
      }
      var record = OutboxBytes.of(new Line.Kept(slot.item, body));
      if (append.size() + record.length > budget) {
        break;
      }
      batch.placings.add(new Placing(slot, (int) (size + append.size()), record.length));
      append.writeBytes(record);
    }
    var delete = deletable(isEmptied ? at : NONE);
    if (append.size() > budget && delete.isEmpty()
        || (!wanted.isEmpty() && batch.placings.isEmpty())) {
      // Flash is full of what is not ours.
      durable = false;
      if (delete.isEmpty() && isFreeFresh) {
        return Optional.empty();
      }
      // Also with nothing to delete: it tells how much is free by now.
      return Optional.of(new Job.Write(NONE, new byte[0], Set.of(), delete, new Batch()));
    }
    var sync = new TreeSet<Integer>();
    if (syncWanted || delete.stream().anyMatch(number -> file(number).wasMoved) || isEmptied) {
      sync.addAll(unsynced);
      if (append.size() > 0) {
        sync.add(at);
      }
      batch.isSynced = true;
    }
    sync.removeAll(delete);
    if (append.size() == 0 && sync.isEmpty() && delete.isEmpty()) {
      syncWanted = false;
      return Optional.empty();
    }
    return Optional.of(
        new Job.Write(append.size() == 0 ? NONE : at, append.toByteArray(), sync, delete, batch));
  }

  /** @param begun the file that takes the place of all others, or none */
  private Set<Integer> deletable(int begun) {
    var found = new TreeSet<Integer>();
    files.forEach((number, file) -> {
      if (file.live == 0 && file.moving == 0 && (number != current || begun != NONE)) {
        found.add(number);
      }
    });
    return found;
  }

  private File file(int number) {
    return files.computeIfAbsent(number, made -> new File());
  }

  /**
   * A file was read.
   *
   * @param content empty if it is gone
   */
  public void loaded(Job.Load job, byte[] content) {
    busy = false;
    cache = Optional.of(new Cache(job.file(), content));
    var isCleaned = filesBytes() > room() - 3L * FILE_BYTES && job.file() != current;
    for (var slot : List.copyOf(slots.values())) {
      if (slot.file == job.file()) {
        var body = cached(slot);
        if (body.isEmpty()) {
          torn++;
          slots.remove(slot.item.id());
          leave(slot);
        } else if (isCleaned) {
          move(slot, body.get());
        }
      }
    }
  }

  /** A file could not be read. After a few times what waits in it is given up in this run; another start may read it. */
  public void unreadable(Job.Load job) {
    busy = false;
    var file = file(job.file());
    file.failedReads++;
    if (file.failedReads >= READS) {
      torn++;
      files.remove(job.file());
      unsynced.remove(job.file());
      slots.values().removeIf(slot -> slot.file == job.file());
    }
  }

  /** To the end of the outbox, so that its file can go. */
  private void move(Slot slot, byte[] body) {
    var from = file(slot.file);
    from.live--;
    from.liveBytes -= slot.length;
    from.moving++;
    from.wasMoved = true;
    slot.movedFrom = slot.file;
    slot.file = NONE;
    slot.body = body;
    memoryBytes += body.length;
    slot.isWanted = true;
  }

  /** @param freeNow bytes of flash after it */
  public void done(Job.Write job, long freeNow) {
    busy = false;
    durable |= job.append().length > 0;
    free = freeNow;
    isFreeFresh = true;
    written += job.append().length;
    if (job.append().length > 0) {
      current = job.file();
      lastFile = Math.max(lastFile, current);
      file(current).bytes += job.append().length;
      unsynced.add(current);
    }
    for (var placing : job.batch().placings) {
      place(placing, job.file());
    }
    notes.removeAll(job.batch().notes);
    if (job.batch().hasHead) {
      headWanted = false;
    }
    if (job.batch().isSynced) {
      unsynced.removeAll(job.sync());
      syncWanted = false;
    }
    job.delete().forEach(number -> {
      files.remove(number);
      unsynced.remove(number);
      cache = cache.filter(held -> held.file() != number);
    });
  }

  private void place(Placing placing, int number) {
    var slot = placing.slot();
    if (slots.get(slot.item.id()) != slot) {
      // Arrived while it was written.
      notes.add(slot.item.id());
      return;
    }
    release(slot.movedFrom);
    slot.movedFrom = NONE;
    slot.file = number;
    slot.offset = placing.offset();
    slot.length = placing.length();
    if (slot.body != null) {
      memoryBytes -= slot.body.length;
      slot.body = null;
    }
    var file = file(number);
    file.live++;
    file.liveBytes += placing.length();
  }

  /** Flash did not do it. Nothing is lost; the file is not written to again, since part of it may be there. */
  public void failed(Job job) {
    busy = false;
    durable = false;
    if (job instanceof Job.Write write && write.append().length > 0) {
      file(write.file()).bytes += write.append().length;
      lastFile = Math.max(lastFile, write.file());
      current = NONE;
    }
  }

  /** Everything to flash, and where the run stands: before a clean end. */
  public void end() {
    headWanted = current != NONE || !slots.isEmpty() || !files.isEmpty();
    if (!slots.isEmpty()) {
      keep(slots.lastKey());
    }
    sync();
  }

  /** Whether what is put is written to flash, as far as the last try tells. */
  public boolean isDurable() {
    return durable;
  }

  public Status status(Uptime now) {
    return new Status(
        slots.size(),
        slots.values().stream().mapToLong(slot -> slot.bodyBytes).sum(),
        slots.isEmpty()
            ? Optional.empty()
            : Optional.of(age(now).minus(slots.firstEntry().getValue().item.age())),
        thinned,
        torn,
        written,
        durable);
  }
}
