package org.kedge.babel.internal.core;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.Uptime;

/**
 * All that is seen of Babel on this node, each view with its own age; what was not looked at yet is empty. Immutable.
 *
 * @param interfaces names babeld is meant to use; empty where only babeld knows them
 */
public record Sight(
    List<String> interfaces,
    Optional<Daemon> process,
    Socket socket,
    Optional<Links> links,
    Optional<Kernel> kernel,
    Optional<Forwarding> forwarding,
    Optional<Answers> exit,
    Optional<Answers> beyond) {
  public static Sight nothing(List<String> interfaces) {
    return new Sight(
        List.copyOf(interfaces),
        Optional.empty(),
        Socket.UNTRIED,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  public Sight withSocket(Socket now) {
    return new Sight(interfaces, process, now, links, kernel, forwarding, exit, beyond);
  }

  public Sight withExit(Answers now) {
    return new Sight(
        interfaces, process, socket, links, kernel, forwarding, Optional.of(now), beyond);
  }

  public Sight withBeyond(Answers now) {
    return new Sight(
        interfaces, process, socket, links, kernel, forwarding, exit, Optional.of(now));
  }

  /** After a look; forwarding stays as seen before where it was not looked at. */
  public Sight withNode(
      Daemon processNow, Links linksNow, Kernel kernelNow, Optional<Forwarding> forwardingNow) {
    return new Sight(
        interfaces,
        Optional.of(processNow),
        socket,
        Optional.of(linksNow),
        Optional.of(kernelNow),
        forwardingNow.or(() -> forwarding),
        exit,
        beyond);
  }

  /**
   * The process.
   *
   * @param gone what is known of its end; empty while it lives
   * @param cpuPercent of one core over the last seconds
   * @param waitPercent of the last seconds it was ready to run but waited for a processor
   * @param clients that hold its control socket now, Kedge's own included
   */
  public record Daemon(
      Uptime at,
      ProcessLook look,
      String gone,
      OptionalDouble cpuPercent,
      OptionalDouble waitPercent,
      OptionalInt clients) {}

  /**
   * The conversation over the control socket.
   *
   * @param answeredAt when the last whole answer came, with its table
   * @param failures tries since then that came to nothing, or since the start
   * @param failingSince the first of them
   * @param failure how the last one failed
   * @param refused whether the last one was refused at once, so that nobody listens
   */
  public record Socket(
      Optional<RoutingTable> table,
      Optional<Uptime> answeredAt,
      int failures,
      Optional<Uptime> failingSince,
      String failure,
      boolean refused) {
    static final Socket UNTRIED =
        new Socket(Optional.empty(), Optional.empty(), 0, Optional.empty(), "", false);

    public Socket told(RoutingTable now, boolean whole) {
      return whole
          ? new Socket(Optional.of(now), Optional.of(now.at()), 0, Optional.empty(), "", false)
          : new Socket(Optional.of(now), answeredAt, failures, failingSince, failure, refused);
    }

    public Socket failed(Uptime now, String why, boolean wasRefused) {
      return new Socket(
          table,
          answeredAt,
          failures + 1,
          failingSince.or(() -> Optional.of(now)),
          why,
          wasRefused);
    }
  }

  /** The kernel's view of the interfaces; one that is not there is left out. */
  public record Links(Uptime at, Map<String, Link> byName) {
    public Links {
      byName = Map.copyOf(byName);
    }
  }

  /**
   * @param up as the administrator set it
   * @param carrier whether something is at the far end
   */
  public record Link(boolean up, boolean carrier) {}

  /**
   * The kernel's routes beside babeld's.
   *
   * @param comparison with babeld's table; empty where there was none
   * @param found where the two disagree now
   * @param confirmed where they disagreed in the look before too: only that counts, since a route may be on its way
   */
  public record Kernel(
      Uptime at,
      KernelRoutesLook look,
      Optional<RouteComparison> comparison,
      Disagreement found,
      Disagreement confirmed) {
    public static Kernel after(
        Optional<Kernel> before,
        Uptime at,
        KernelRoutesLook look,
        Optional<RouteComparison> comparison) {
      var found = comparison.map(Disagreement::of).orElse(Disagreement.NONE);
      return new Kernel(
          at,
          look,
          comparison,
          found,
          before.map(Kernel::found).map(found::and).orElse(Disagreement.NONE));
    }

    /** Something disagrees that the next look has to confirm. */
    public boolean isDoubtful() {
      return !found.isEmpty() && !found.equals(confirmed);
    }
  }

  /** Routes that two looks in a row found missing in the kernel, or left there by nobody. */
  public record Disagreement(List<String> missing, List<String> stale) {
    static final Disagreement NONE = new Disagreement(List.of(), List.of());

    public Disagreement {
      missing = List.copyOf(missing);
      stale = List.copyOf(stale);
    }

    public boolean isEmpty() {
      return missing.isEmpty() && stale.isEmpty();
    }

    static Disagreement of(RouteComparison comparison) {
      return new Disagreement(
          comparison.missing().stream().map(Disagreement::name).toList(),
          comparison.stale().stream().map(Disagreement::name).toList());
    }

    /** How a route is called here. */
    public static String name(Route route) {
      return route.prefix() + " from " + route.source();
    }

    public static String name(KernelRoute route) {
      return route.prefix() + " from " + route.source();
    }

    /** What both found; the looks before and after a change disagree in different routes. */
    Disagreement and(Disagreement other) {
      return new Disagreement(both(missing, other.missing), both(stale, other.stale));
    }

    private static List<String> both(List<String> one, List<String> other) {
      var known = new HashSet<>(other);
      return one.stream().filter(known::contains).toList();
    }
  }

  public record Forwarding(Uptime at, ForwardingView view) {}

  /**
   * Whether an address answers.
   *
   * @param at of the last try
   * @param misses tries in a row without an answer
   * @param answeredAt of the last answer
   * @param roundTrip of the last answer
   */
  public record Answers(
      Uptime at,
      String address,
      int misses,
      Optional<Uptime> answeredAt,
      Optional<Duration> roundTrip) {
    public static Answers none(Uptime now, String address) {
      return new Answers(now, address, 0, Optional.empty(), Optional.empty());
    }

    public Answers answered(Uptime now, Duration took) {
      return new Answers(now, address, 0, Optional.of(now), Optional.of(took));
    }

    public Answers missed(Uptime now) {
      return new Answers(now, address, misses + 1, answeredAt, roundTrip);
    }

    /** Misses from before a route led there are no sign of deafness. */
    public Answers forgiven() {
      return new Answers(at, address, 0, answeredAt, roundTrip);
    }

    /** Missed, but not often enough to say so. */
    public boolean isInDoubt() {
      return misses > 0 && !isDeaf();
    }

    boolean isDeaf() {
      return misses >= Judge.DEAF_TRIES;
    }
  }
}
