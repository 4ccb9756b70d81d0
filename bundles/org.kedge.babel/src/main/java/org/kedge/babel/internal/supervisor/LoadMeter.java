package org.kedge.babel.internal.supervisor;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.ProcessView;
import org.kedge.base.api.Uptime;

/** How busy babeld is, measured from look to look. One thread. */
final class LoadMeter {
  /** The kernel counts a wait when it ends: over a shorter time the share says little. */
  private static final Duration WINDOW = Duration.ofSeconds(4);

  private Optional<Sample> begin = Optional.empty();
  private Load load = Load.UNKNOWN;

  private record Sample(Uptime at, ProcessLook look) {}

  /** In percent of one processor, and of the time; empty where not known. */
  record Load(OptionalDouble cpuPercent, OptionalDouble waitPercent) {
    static final Load UNKNOWN = new Load(OptionalDouble.empty(), OptionalDouble.empty());
  }

  /** The load over the last whole window, this look included. */
  Load after(Uptime at, ProcessLook look) {
    var window = begin.map(sample -> at.since(sample.at())).orElse(WINDOW);
    if (window.compareTo(WINDOW) < 0) {
      return load;
    }
    load = begin.map(sample -> between(sample.look(), look, window)).orElse(Load.UNKNOWN);
    begin = Optional.of(new Sample(at, look));
    return load;
  }

  private static Load between(ProcessLook earlier, ProcessLook later, Duration window) {
    return earlier instanceof ProcessLook.Alive before && later instanceof ProcessLook.Alive after
        ? new Load(
            ProcessView.cpuShare(before.view(), after.view(), window),
            ProcessView.waitShare(before.view(), after.view(), window))
        : Load.UNKNOWN;
  }
}
