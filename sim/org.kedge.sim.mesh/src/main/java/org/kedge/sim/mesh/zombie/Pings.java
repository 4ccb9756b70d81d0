package org.kedge.sim.mesh.zombie;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.kedge.sim.mesh.net.MeshProcess;
import org.kedge.sim.mesh.net.Site;

/** Traffic through a mesh, in both families, seen packet by packet. Any thread. */
public final class Pings implements AutoCloseable {
  public static final Duration INTERVAL = Duration.ofMillis(50);
  public static final int FAMILIES = 2;

  private static final Duration END_LIMIT = Duration.ofSeconds(2);

  private final List<Family> families;

  /** One ping that runs, and what it said. */
  private static final class Family {
    private final List<String> lines = new ArrayList<>();
    private final MeshProcess process;

    Family(Site site, String node, String from, String to) {
      process = site.start(
          node,
          List.of(
              "ping",
              "-D",
              "-O",
              "-n",
              "-i",
              String.valueOf(INTERVAL.toMillis() / 1e3),
              "-I",
              from,
              to),
          this::hear);
    }

    private synchronized void hear(String line) {
      lines.add(line);
    }

    synchronized PingTimeline timeline() {
      return PingTimeline.read(lines, INTERVAL);
    }
  }

  private Pings(List<Family> families) {
    this.families = families;
  }

  /** From node to node, by the addresses their numbers give them. */
  public static Pings start(Site site, String from, String to) {
    var one = site.nodes().indexOf(from) + 1;
    var other = site.nodes().indexOf(to) + 1;
    return new Pings(List.of(
        new Family(site, from, "2001:db8:" + one + "::1", "2001:db8:" + other + "::1"),
        new Family(site, from, "198.51.100." + one, "198.51.100." + other)));
  }

  public PingTimeline.Seen between(Instant from, Instant to) {
    return families.stream()
        .map(family -> family.timeline().between(from, to))
        .reduce(PingTimeline.Seen::and)
        .orElseThrow();
  }

  /** Whether nothing has been lost for so long, in either family. */
  public boolean isSteady(Instant now, Duration span) {
    // The last ones have not had their time yet.
    var to = now.minus(INTERVAL.multipliedBy(4));
    var seen = between(to.minus(span), to);
    return seen.sent() >= FAMILIES * span.dividedBy(INTERVAL) * 3 / 4 && seen.lost() == 0;
  }

  @Override
  public void close() {
    families.forEach(family -> family.process.end(END_LIMIT));
  }
}
