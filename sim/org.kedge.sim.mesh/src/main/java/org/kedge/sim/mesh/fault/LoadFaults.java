package org.kedge.sim.mesh.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.MeshProcess;
import org.kedge.sim.mesh.net.Site;

/** What other programs can do to babeld by being busy. */
final class LoadFaults {
  private static final Path CONTROLLER = Path.of("/sys/fs/cgroup/cpu");
  private static final String GROUP_PROCESSES = "cgroup.procs";
  private static final List<String> BUSY = List.of("sh", "-c", "while :; do :; done");
  private static final Duration END_LIMIT = Duration.ofSeconds(3);
  private static final int LOOPS_PER_CORE = 4;
  private static final int LOOKS = 100;

  private LoadFaults() {}

  /** Whether {@link #starve} can be had on this machine. */
  static boolean canStarve() {
    return Files.isWritable(CONTROLLER.resolve(GROUP_PROCESSES))
        && Files.exists(CONTROLLER.resolve("cpu.cfs_quota_us"));
  }

  static Made starve(Site site, String node) throws IOException {
    if (!canStarve()) {
      throw new MeshFailure("Starving babeld needs a cgroup v1 cpu controller at " + CONTROLLER
          + ", which is not here");
    }
    var babeld = site.babeld(node);
    var group = CONTROLLER.resolve("kedge-" + site.id() + "-" + node);
    Files.createDirectories(group);
    var busy = site.start(node, BUSY);
    Files.writeString(group.resolve("cpu.cfs_period_us"), "1000000");
    Files.writeString(group.resolve("cpu.cfs_quota_us"), "1000");
    Files.writeString(group.resolve(GROUP_PROCESSES), Long.toString(busy.pid()));
    var at = Instant.now();
    Files.writeString(group.resolve(GROUP_PROCESSES), Long.toString(babeld));
    return new Made(
        at,
        "Gave babeld of " + node + " a thousandth of a core, to share with a busy loop.",
        () -> {
          release(group);
          busy.kill();
          release(group);
          Files.delete(group);
        });
  }

  /** Until the group is empty: what babeld started meanwhile is in it, too, and a killed process leaves it late. */
  private static void release(Path group) throws IOException {
    for (var look = 0; look < LOOKS; look++) {
      var left = Files.readString(group.resolve(GROUP_PROCESSES)).lines().toList();
      left.forEach(LoadFaults::moveOut);
      if (left.isEmpty()) {
        return;
      }
      pause();
    }
  }

  private static void moveOut(String pid) {
    try {
      Files.writeString(CONTROLLER.resolve(GROUP_PROCESSES), pid);
    } catch (IOException e) {
      // It has ended since, and the next look finds it gone; if not, the group cannot be removed,
      // which is told.
      return;
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static Made crowd(Site site, String node) {
    var babeld = site.babeld(node);
    var loops = new ArrayList<MeshProcess>();
    var count = LOOPS_PER_CORE * Runtime.getRuntime().availableProcessors();
    var at = Instant.now();
    site.run(node, "renice", "-n", "19", "-p", Long.toString(babeld));
    for (var i = 0; i < count; i++) {
      loops.add(site.start(node, BUSY));
    }
    return new Made(
        at, "Gave babeld of " + node + " nice 19, beside " + count + " busy loops.", () -> {
          loops.forEach(loop -> loop.end(END_LIMIT));
          site.exec(node, "renice", "-n", "0", "-p", Long.toString(babeld));
        });
  }
}
