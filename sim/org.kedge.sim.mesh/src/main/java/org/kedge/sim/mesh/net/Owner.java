package org.kedge.sim.mesh.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The process a mesh belongs to. Process ids are used again, so its start tells it from a later one.
 *
 * @param startTicks clock ticks from boot to its start, field 22 of {@code /proc/PID/stat}
 */
public record Owner(long pid, long startTicks) {
  private static final int STATE = 0;
  private static final int START = 19;

  static Owner self() {
    var pid = ProcessHandle.current().pid();
    return new Owner(
        pid,
        startOf(pid).orElseThrow(() -> new MeshFailure("No start time in /proc/" + pid + "/stat")));
  }

  public boolean isAlive() {
    return startOf(pid).filter(start -> start == startTicks).isPresent();
  }

  private static Optional<Long> startOf(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // The program's name, in parentheses, may hold spaces and parentheses itself.
      var fields = stat.substring(stat.lastIndexOf(')') + 2).strip().split(" ", -1);
      var ended = fields[STATE].equals("Z") || fields[STATE].equals("X");
      return ended ? Optional.empty() : Optional.of(Long.parseLong(fields[START]));
    } catch (IOException e) {
      // No such process; a process that ends while we read it gives an error, too.
      return Optional.empty();
    }
  }
}
