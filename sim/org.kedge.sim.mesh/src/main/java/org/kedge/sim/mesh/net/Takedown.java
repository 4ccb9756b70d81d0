package org.kedge.sim.mesh.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Removes a mesh: the processes in its namespaces, the namespaces, its folder. Only a process whose
 * network namespace is one of the mesh's is touched, and never one of the machine's own. May be done
 * again, and after a crash.
 */
final class Takedown {
  private static final Path NAMED = Path.of("/run/netns");
  private static final Path PROC = Path.of("/proc");
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration LAST_WAIT = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(10);

  private final Tools tools;

  Takedown(Tools tools) {
    this.tools = tools;
  }

  void remove(MeshRecord record) {
    var namespaces = record.namespaces().stream()
        .filter(namespace -> Files.exists(NAMED.resolve(namespace)))
        .toList();
    endProcesses(record.id(), namespaces);
    // One by one and again past a failure: another takedown may be at the same work.
    var failures = new ArrayList<String>();
    for (var namespace : namespaces) {
      try {
        tools.must("ip", "netns", "del", namespace);
      } catch (MeshFailure e) {
        if (Files.exists(NAMED.resolve(namespace))) {
          failures.add(String.valueOf(e.getMessage()));
        }
      }
    }
    if (!failures.isEmpty()) {
      throw new MeshFailure("Mesh " + record.id() + " is not gone, its record stays: " + failures);
    }
    try {
      MeshRecord.remove(record.folder());
    } catch (IOException e) {
      throw new MeshFailure(
          "Mesh " + record.id() + " is gone, but not " + record.folder() + ": " + e, e);
    }
  }

  private void endProcesses(String id, List<String> namespaces) {
    var inodes = inodes(namespaces);
    var asked = new HashSet<Long>();
    // Asked again at every look: a supervisor may have started something new meanwhile.
    if (until(PATIENCE, inodes, process -> {
      if (asked.add(process.pid())) {
        process.destroy();
        resume(process.pid());
      }
    })) {
      return;
    }
    if (!until(LAST_WAIT, inodes, ProcessHandle::destroyForcibly)) {
      throw new MeshFailure("Processes of mesh " + id + " do not end, not even killed: "
          + inside(inodes).stream().map(ProcessHandle::pid).toList());
    }
  }

  /** A stopped process sees its SIGTERM only when it goes on; frozen daemons are common here. */
  private void resume(long pid) {
    var unused = tools.run(PATIENCE, List.of("kill", "-CONT", Long.toString(pid)));
  }

  private static boolean until(
      Duration limit, Set<String> inodes, Consumer<ProcessHandle> treatment) {
    var start = System.nanoTime();
    while (true) {
      var left = inside(inodes);
      if (left.isEmpty()) {
        return true;
      }
      if (System.nanoTime() - start > limit.toNanos()) {
        return false;
      }
      left.forEach(treatment);
      try {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }

  /** As {@code ip netns pids} does, in one pass for all. */
  private static List<ProcessHandle> inside(Set<String> inodes) {
    if (inodes.isEmpty()) {
      return List.of();
    }
    return ProcessHandle.allProcesses()
        .filter(process -> inodes.contains(namespaceOf(Long.toString(process.pid()))))
        .filter(process -> !process.equals(ProcessHandle.current()))
        .toList();
  }

  private static Set<String> inodes(List<String> namespaces) {
    var inodes = new HashSet<String>();
    for (var namespace : namespaces) {
      inode(NAMED.resolve(namespace)).ifPresent(inodes::add);
    }
    inodes.remove(namespaceOf("self"));
    inodes.remove(namespaceOf("1"));
    return inodes;
  }

  private static Optional<String> inode(Path named) {
    try {
      return Optional.of("net:[" + Files.getAttribute(named, "unix:ino") + "]");
    } catch (IOException e) {
      // Gone between two looks; then nothing of it can be left.
      return Optional.empty();
    }
  }

  private static String namespaceOf(String process) {
    try {
      return Files.readSymbolicLink(PROC.resolve(process).resolve("ns/net")).toString();
    } catch (IOException e) {
      // Ended meanwhile.
      return "";
    }
  }
}
