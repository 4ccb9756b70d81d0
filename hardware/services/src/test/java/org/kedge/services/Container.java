package org.kedge.services;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A Debian with a systemd of its own, in namespaces, that sees nothing of the network; made once with debootstrap, copied for each
 * use. Its processes are in control groups of its own, so that all of it can be ended, also what an ended test left behind.
 */
final class Container implements AutoCloseable {
  static final Duration GENEROUS = Duration.ofSeconds(60);

  private static final String PACKAGES =
      "systemd,systemd-sysv,dbus,runit,iproute2,nftables,babeld,procps";
  private static final Path TARGET = Shell.SERVICES.resolve("target");
  private static final String PREFIX = "kedge-services-";
  /** Where nspawn wants control groups of its own: systemd's hierarchy, and the one that is alone on newer machines. */
  private static final List<Path> HIERARCHIES = List.of(
      Path.of("/sys/fs/cgroup/systemd"),
      Path.of("/sys/fs/cgroup/unified"),
      Path.of("/sys/fs/cgroup"));

  private final String name;
  private final Path root;
  private final Process nspawn;
  private long leader;

  private Container(String name, Path root, Process nspawn) {
    this.name = name;
    this.root = root;
    this.nspawn = nspawn;
  }

  /** Skips the test, loudly, where it cannot be had. */
  static void require() {
    Shell.requireRoot();
    Shell.require("systemd-nspawn", "debootstrap", "nsenter");
    var tree = TARGET.resolve("tree");
    if (Files.isDirectory(tree)) {
      return;
    }
    var making = TARGET.resolve("tree.making");
    delete(making);
    var made = Shell.run(List.of(
        "debootstrap",
        "--variant=minbase",
        "--include=" + PACKAGES,
        "bookworm",
        making.toString()));
    if (made.code() != 0) {
      delete(making);
      Shell.skip("debootstrap could not fetch a Debian: "
          + made.out().lines().reduce((before, last) -> last).orElse("it said nothing"));
    }
    try {
      Files.move(making, tree);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** @return one that has booted, with Kedge installed for each init, but not yet started */
  static Container boot(String... inits) throws IOException {
    sweep();
    var name = PREFIX + ProcessHandle.current().pid();
    var root = TARGET.resolve(name);
    delete(root);
    Shell.succeed("cp", "-a", TARGET.resolve("tree").toString(), root.toString());
    for (var init : inits) {
      Installed.below(root, init);
    }
    // Started by the tests, when they are ready.
    Files.deleteIfExists(root.resolve("etc/systemd/system/multi-user.target.wants/kedge.service"));
    Files.deleteIfExists(
        root.resolve("etc/systemd/system/multi-user.target.wants/kedge-babeld.service"));
    var java = Path.of(System.getProperty("java.home"));
    Files.createSymbolicLink(root.resolve("usr/bin/java"), java.resolve("bin/java"));

    var command = new ArrayList<>(List.of(
        "sh",
        "-c",
        "for group; do echo $$ >$group/cgroup.procs; done; "
            + "exec systemd-nspawn -q -M " + name + " -D " + root
            + " --register=no --keep-unit --private-network --console=pipe" + readOnly(java)
            + " -b",
        "sh"));
    for (var hierarchy : HIERARCHIES) {
      if (Files.exists(hierarchy.resolve("cgroup.procs"))) {
        command.add(Files.createDirectories(hierarchy.resolve(name)).toString());
      }
    }
    var console = TARGET.resolve(name + ".log");
    var container = new Container(
        name,
        root,
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(console.toFile())
            .start());
    Runtime.getRuntime().addShutdownHook(new Thread(container::close));
    try {
      container.awaitBoot();
    } catch (RuntimeException e) {
      var said = Files.readString(console);
      container.close();
      throw new AssertionError("The container does not boot: " + said, e);
    }
    return container;
  }

  /** The host's Java, which need not be Debian's, and where Debian keeps its settings. */
  private static String readOnly(Path java) throws IOException {
    var options = new StringBuilder(" --bind-ro=" + java);
    try (var folders = Files.list(Path.of("/etc"))) {
      folders
          .filter(folder -> folder.getFileName().toString().matches("java-.*"))
          .forEach(folder -> options.append(" --bind-ro=").append(folder));
    }
    return options.toString();
  }

  private void awaitBoot() {
    await().atMost(GENEROUS).until(() -> {
      var first = nspawn.children().findFirst();
      if (first.isEmpty()) {
        return false;
      }
      leader = first.get().pid();
      var state = run("systemctl", "is-system-running").out();
      return state.equals("running") || state.equals("degraded");
    });
  }

  /** Its PID 1, as seen from outside. */
  long leader() {
    return leader;
  }

  Path root() {
    return root;
  }

  /** In the container. */
  Shell.Result run(String... command) {
    var words = new ArrayList<>(
        List.of("nsenter", "-t", Long.toString(leader), "-m", "-u", "-i", "-n", "-p", "-C", "--"));
    words.addAll(List.of(command));
    return Shell.run(words, Map.of());
  }

  /** In the container; it has to succeed. */
  String succeed(String... command) {
    var result = run(command);
    if (result.code() != 0) {
      throw new AssertionError(
          String.join(" ", command) + " ended with " + result.code() + ":\n" + result.out());
    }
    return result.out();
  }

  Process start(String... command) throws IOException {
    var words = new ArrayList<>(
        List.of("nsenter", "-t", Long.toString(leader), "-m", "-u", "-i", "-n", "-p", "-C", "--"));
    words.addAll(List.of(command));
    return new ProcessBuilder(words)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectErrorStream(true)
        .redirectOutput(root.resolve("run.log").toFile())
        .start();
  }

  /** Of a unit. */
  String property(String unit, String property) {
    return succeed("systemctl", "show", "--value", "-p", property, unit);
  }

  /** Ends all of it. The files are left for a look if the test failed to end it. */
  @Override
  public void close() {
    // The end of PID 1 is the end of all in its namespace, and then of nspawn.
    killAll(name);
    nspawn.destroyForcibly().onExit().join();
    await().atMost(GENEROUS).until(() -> {
      killAll(name);
      return removeGroups(name);
    });
    delete(root);
    delete(TARGET.resolve(name + ".log"));
    delete(Path.of("/run/systemd/nspawn/propagate", name));
  }

  /** Ends containers whose test is gone, and removes their files. */
  private static void sweep() throws IOException {
    for (var folder : Stream.concat(HIERARCHIES.stream(), Stream.of(TARGET)).toList()) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      List<String> names;
      try (var found = Files.list(folder)) {
        names = found
            .map(group -> group.getFileName().toString())
            .filter(group -> group.matches(PREFIX + "\\d+"))
            .filter(group -> ProcessHandle.of(Long.parseLong(group.substring(PREFIX.length())))
                .isEmpty())
            .toList();
      }
      for (var name : names) {
        await().atMost(GENEROUS).until(() -> {
          killAll(name);
          return removeGroups(name);
        });
        delete(TARGET.resolve(name));
        delete(TARGET.resolve(name + ".log"));
        delete(Path.of("/run/systemd/nspawn/propagate", name));
      }
    }
  }

  private static void killAll(String name) {
    for (var group : groups(name)) {
      try {
        Files.readAllLines(group.resolve("cgroup.procs")).stream()
            .map(Long::parseLong)
            .filter(pid -> pid > 0)
            .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
      } catch (IOException e) {
        // Gone meanwhile, which is what was wanted.
      }
    }
  }

  /** @return whether none is left */
  private static boolean removeGroups(String name) {
    var gone = true;
    for (var group : groups(name)) {
      gone &= group.toFile().delete();
    }
    return gone;
  }

  /** Deepest first. */
  private static List<Path> groups(String name) {
    return HIERARCHIES.stream()
        .map(hierarchy -> hierarchy.resolve(name))
        .filter(Files::isDirectory)
        .flatMap(group -> {
          try (var folders = Files.walk(group)) {
            return folders
                .filter(Files::isDirectory)
                .sorted(Comparator.reverseOrder())
                .toList()
                .stream();
          } catch (IOException e) {
            return Stream.of(group);
          }
        })
        .toList();
  }

  private static void delete(Path path) {
    Shell.succeed("rm", "-rf", "--one-file-system", path.toString());
  }
}
