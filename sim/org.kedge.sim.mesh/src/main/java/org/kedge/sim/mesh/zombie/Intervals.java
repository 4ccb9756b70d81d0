package org.kedge.sim.mesh.zombie;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kedge.sim.mesh.fault.MeshFault;

/** How often babeld says hello, and how long a case is watched. */
enum Intervals {
  SMALL("-h 0.5 -H 0.5 -M 0", Duration.ofSeconds(30)),
  DEFAULT("", Duration.ofSeconds(60));

  private final String babeldOptions;
  private final Duration window;

  Intervals(String babeldOptions, Duration window) {
    this.babeldOptions = babeldOptions;
    this.window = window;
  }

  List<String> babeldOptions() {
    return babeldOptions.isEmpty() ? List.of() : List.of(babeldOptions.split(" ", -1));
  }

  Duration window() {
    return window;
  }

  Optional<Duration> target(MeshFault fault) {
    return this == SMALL ? fault.targets().small() : fault.targets().byDefault();
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
