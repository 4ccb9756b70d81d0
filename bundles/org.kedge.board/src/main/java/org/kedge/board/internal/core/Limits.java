package org.kedge.board.internal.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Reading;

/**
 * Whether there is enough of what there is only so much of. For {@code clients} the node is taken to need
 *
 * <ul>
 *   <li>{@value #FILES_BASE} + {@value #FILES_PER_CLIENT} a client descriptors of its own: an exit was seen to hold over 10,000 with
 *       1,000 clients registered;
 *   <li>{@value #CONNECTIONS_BASE} + {@value #CONNECTIONS_PER_CLIENT} a client tracked connections;
 *   <li>{@value #MEMORY_FREE_MEBIBYTES} MiB of memory and {@value #FLASH_FREE_MEBIBYTES} MiB of flash free, whatever the load.
 * </ul>
 *
 * Descriptors and connections may be used up to {@value #USE_MAX_PERCENT} %.
 */
public final class Limits {
  static final long FILES_BASE = 256;
  static final long FILES_PER_CLIENT = 10;
  static final long CONNECTIONS_BASE = 1024;
  static final long CONNECTIONS_PER_CLIENT = 128;
  static final long MEMORY_FREE_MEBIBYTES = 24;
  static final long FLASH_FREE_MEBIBYTES = 16;
  static final int USE_MAX_PERCENT = 80;

  private Limits() {}

  /** One look at one thing. */
  public sealed interface Look {
    String name();

    /**
     * Open files of a process.
     *
     * @param process its name; {@link #OWN} for Kedge
     * @param pid of it; empty for Kedge
     * @param limit the soft limit; empty where there is none
     * @param needed under full load
     */
    record Files(String process, OptionalLong pid, long used, OptionalLong limit, long needed)
        implements Look {
      public static final String OWN = "kedge";

      @Override
      public String name() {
        return process + "-descriptors";
      }
    }

    /** Connections that the firewall of the kernel keeps track of. */
    record Connections(long used, long limit) implements Look {
      @Override
      public String name() {
        return "conntrack";
      }
    }

    /** Memory to be had without swapping. */
    record Memory(Bytes free) implements Look {
      @Override
      public String name() {
        return "memory";
      }
    }

    /** What is free for Kedge where it keeps its files. */
    record Flash(Bytes free) implements Look {
      @Override
      public String name() {
        return "flash";
      }
    }

    /** Should be there and cannot be read. */
    record Unseen(String name, String why) implements Look {}
  }

  /** What one look comes to. */
  public record Judged(Look look, long needed, Optional<String> low) {}

  /** Descriptors that Kedge itself needs. */
  public static long ownFiles(int clients) {
    return FILES_BASE + FILES_PER_CLIENT * clients;
  }

  static long connections(int clients) {
    return CONNECTIONS_BASE + CONNECTIONS_PER_CLIENT * clients;
  }

  public static List<Judged> judge(List<Look> looks, int clients) {
    return looks.stream().map(look -> judge(look, clients)).toList();
  }

  private static Judged judge(Look look, int clients) {
    if (look instanceof Look.Files files) {
      var low = files.limit().isEmpty()
          ? Optional.<String>empty()
          : files(files, files.limit().getAsLong(), clients);
      return new Judged(look, files.needed(), low);
    }
    if (look instanceof Look.Connections connections) {
      return new Judged(look, connections(clients), connections(connections, clients));
    }
    if (look instanceof Look.Memory memory) {
      return free(
          look,
          memory.free(),
          MEMORY_FREE_MEBIBYTES,
          "memory is free; find what takes it, or give the node more");
    }
    if (look instanceof Look.Flash flash) {
      return free(
          look,
          flash.free(),
          FLASH_FREE_MEBIBYTES,
          "flash is free where Kedge keeps its files; delete what is not needed");
    }
    return new Judged(look, 0, Optional.empty());
  }

  private static Optional<String> files(Look.Files files, long limit, int clients) {
    var isOwn = files.pid().isEmpty();
    var who = isOwn ? "Kedge" : files.process();
    if (limit < files.needed()) {
      return Optional.of(who + " may open " + figure(limit) + " files and needs "
          + figure(files.needed()) + (isOwn ? " for " + figure(clients) + " clients" : "")
          + ": set its limit to " + figure(files.needed()) + " or more");
    }
    return isAbove(files.used(), limit)
        ? Optional.of(who + " has " + figure(files.used()) + " of " + figure(limit)
            + " files open, more than " + USE_MAX_PERCENT + " %: set its limit to "
            + figure(enoughFiles(files)) + " or more")
        : Optional.empty();
  }

  /** What a process' limit should be: for the load it is meant for, and for twice what it uses now. */
  public static long enoughFiles(Look.Files files) {
    return Math.max(files.needed(), 2 * files.used());
  }

  private static Optional<String> connections(Look.Connections seen, int clients) {
    if (seen.limit() < connections(clients)) {
      return Optional.of("the kernel tracks " + figure(seen.limit()) + " connections at most and "
          + figure(connections(clients)) + " are needed for " + figure(clients)
          + " clients: set net.netfilter.nf_conntrack_max to " + figure(connections(clients))
          + " or more");
    }
    return isAbove(seen.used(), seen.limit())
        ? Optional.of("the kernel tracks " + figure(seen.used()) + " of at most "
            + figure(seen.limit()) + " connections, more than " + USE_MAX_PERCENT
            + " %: set net.netfilter.nf_conntrack_max to " + figure(2 * seen.used()) + " or more")
        : Optional.empty();
  }

  private static Judged free(Look look, Bytes free, long neededMebibytes, String words) {
    var needed = Bytes.mebi(neededMebibytes);
    return new Judged(
        look,
        needed.count(),
        free.compareTo(needed) >= 0
            ? Optional.empty()
            : Optional.of("only " + free.count() / (1024 * 1024) + " of the " + neededMebibytes
                + " MiB needed of " + words));
  }

  private static boolean isAbove(long used, long limit) {
    return used > limit / 100.0 * USE_MAX_PERCENT;
  }

  private static String figure(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** All of it as care wants to know it. What cannot be seen is no bad news, and no good news either. */
  public static Reading reading(List<Judged> judged, Uptime at) {
    var low = new ArrayList<String>();
    var unseen = new ArrayList<String>();
    for (var one : judged) {
      one.low().ifPresent(low::add);
      if (one.look() instanceof Look.Unseen blind) {
        unseen.add(blind.name() + ": " + blind.why());
      }
    }
    if (!low.isEmpty()) {
      return new Reading.Wrong(BoardFaults.LIMIT_LOW, at, Blame.OURS, String.join("; ", low));
    }
    return unseen.isEmpty()
        ? new Reading.Well(BoardFaults.LIMIT_LOW, at)
        : new Reading.Unseen(BoardFaults.LIMIT_LOW, at, String.join("; ", unseen));
  }
}
