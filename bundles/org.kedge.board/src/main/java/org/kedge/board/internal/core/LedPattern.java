package org.kedge.board.internal.core;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch.Doing;
import org.kedge.care.api.Fault;
import org.kedge.care.api.Layer;

/** What the status light says: on for a while, then off, again and again. */
public enum LedPattern {
  /** A short flash every 2 s. */
  HEALTHY("healthy", 100, 1900),
  /** Flickers: Kedge is at it, leave the plug alone. */
  REMEDY("remedy", 100, 100),
  /** Slow and even: somebody has to come. */
  PERSON("person", 1000, 1000),
  /** Lit, with a short gap every 2 s: this node is well, what lies behind it is not. */
  NO_UPLINK("no-uplink", 1900, 100);

  private static final Set<Layer> BEYOND = Set.of(Layer.EXIT, Layer.UPLINK, Layer.BROKER);

  private final String word;
  private final Duration on;
  private final Duration off;

  LedPattern(String word, long onMillis, long offMillis) {
    this.word = word;
    on = Duration.ofMillis(onMillis);
    off = Duration.ofMillis(offMillis);
  }

  /** As telemetry names it. */
  public String word() {
    return word;
  }

  public Duration on() {
    return on;
  }

  public Duration off() {
    return off;
  }

  /** @return empty while care has not judged yet: nothing is known then, and nothing said */
  public static Optional<LedPattern> of(Optional<CareReport> report, Doing doing) {
    return report.map(judged -> of(judged, doing));
  }

  private static LedPattern of(CareReport report, Doing doing) {
    var here = report.faults().stream()
        .filter(fault -> !BEYOND.contains(fault.kind().layer()))
        .toList();
    // A fault that care has a rung for, though not its turn yet, is care's too.
    if (doing.remedy().isPresent() || !here.stream().allMatch(fault -> isLeft(fault, doing))) {
      return REMEDY;
    }
    if (!here.isEmpty()) {
      return PERSON;
    }
    return report.faults().isEmpty() ? HEALTHY : NO_UPLINK;
  }

  private static boolean isLeft(Fault fault, Doing doing) {
    return doing.left().contains(fault.kind().name());
  }
}
