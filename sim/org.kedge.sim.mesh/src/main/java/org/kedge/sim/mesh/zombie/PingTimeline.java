package org.kedge.sim.mesh.zombie;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What a ping saw, probe by probe. Pure.
 *
 * @param probes in the order of their sequence numbers, none left out
 */
public record PingTimeline(List<Probe> probes) {
  /** {@code [1763839616.123456] 64 bytes from 2001:db8:4::1: icmp_seq=12 ttl=62 time=0.080 ms}. */
  private static final Pattern LINE =
      Pattern.compile("^\\[(\\d+\\.\\d+)\\] (.*)icmp_seq=(\\d+)(?:.* time=([0-9.]+) ms)?");

  private static final String NO_ANSWER = "no answer yet for ";

  /** One lost probe is chance, two in a row are an outage. */
  private static final int OUTAGE_PROBES = 2;

  public PingTimeline {
    probes = List.copyOf(probes);
  }

  /** One packet; {@code sent} is reckoned where ping does not tell it. */
  public record Probe(int sequence, Instant sent, boolean answered) {}

  /**
   * What became of the traffic in a span of time.
   *
   * @param again from the start of the span until answers came steadily; empty if they never did. Zero if they never stopped
   */
  public record Seen(Optional<Duration> again, int lost, int sent) {
    /** Of two families: the later, and the sum. */
    public Seen and(Seen other) {
      return new Seen(
          again.flatMap(
              mine -> other.again.map(theirs -> mine.compareTo(theirs) > 0 ? mine : theirs)),
          lost + other.lost,
          sent + other.sent);
    }
  }

  /** Reads the output of {@code ping -D -O}; lines that tell of no probe are passed over. */
  public static PingTimeline read(List<String> lines, Duration interval) {
    var sent = new TreeMap<Integer, Instant>();
    var answered = new TreeMap<Integer, Boolean>();
    for (var line : lines) {
      var match = LINE.matcher(line);
      if (!match.find()) {
        continue;
      }
      var sequence = Integer.parseInt(match.group(3));
      var at = instant(match.group(1));
      if (match.group(4) != null) {
        answered.put(sequence, true);
        sent.put(sequence, at.minus(millis(match.group(4))));
      } else if (match.group(2).endsWith(NO_ANSWER)) {
        // Said when the next one is sent.
        sent.putIfAbsent(sequence, at.minus(interval));
      } else {
        // An error from somewhere on the way: not known when it was sent, but that it was.
        sent.putIfAbsent(sequence, at);
      }
    }
    if (sent.isEmpty()) {
      return new PingTimeline(List.of());
    }
    var probes = new ArrayList<Probe>();
    for (var sequence = 1; sequence <= sent.lastKey(); sequence++) {
      probes.add(new Probe(
          sequence, reckon(sent, sequence, interval), answered.getOrDefault(sequence, false)));
    }
    return new PingTimeline(probes);
  }

  private static Instant reckon(TreeMap<Integer, Instant> sent, int sequence, Duration interval) {
    var near = sent.floorEntry(sequence);
    if (near == null) {
      near = sent.ceilingEntry(sequence);
    }
    return near.getValue().plus(interval.multipliedBy(sequence - near.getKey()));
  }

  private static Instant instant(String seconds) {
    var nanos = new BigDecimal(seconds).movePointRight(9).longValue();
    return Instant.ofEpochSecond(0, nanos);
  }

  private static Duration millis(String number) {
    return Duration.ofNanos(new BigDecimal(number).movePointRight(6).longValue());
  }

  /** Of the probes sent from one moment to another; an answer has to have had its time by the end. */
  public Seen between(Instant from, Instant to) {
    var span = probes.stream()
        .filter(probe -> !probe.sent().isBefore(from) && probe.sent().isBefore(to))
        .toList();
    var lost = (int) span.stream().filter(probe -> !probe.answered()).count();
    var lastOfOutage = -1;
    for (var i = OUTAGE_PROBES - 1; i < span.size(); i++) {
      if (span.subList(i - OUTAGE_PROBES + 1, i + 1).stream().noneMatch(Probe::answered)) {
        lastOfOutage = i;
      }
    }
    if (span.isEmpty() || lastOfOutage == span.size() - 1) {
      return new Seen(Optional.empty(), lost, span.size());
    }
    return new Seen(
        Optional.of(
            lastOfOutage < 0
                ? Duration.ZERO
                : Duration.between(from, span.get(lastOfOutage + 1).sent())),
        lost,
        span.size());
  }
}
