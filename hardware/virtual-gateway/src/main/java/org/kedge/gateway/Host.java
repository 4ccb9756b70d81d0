package org.kedge.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.internal.command.ProcessCommandRunner;
import org.kedge.sim.mesh.net.MeshFailure;

/** Programs of this machine that must succeed, and what it lacks. */
final class Host {
  private static final CommandRunner RUNNER = new ProcessCommandRunner();
  private static final List<String> FOLDERS =
      List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin");
  private static final List<String> PROGRAMS = List.of(
      "qemu-system-x86_64",
      "busybox",
      "cpio",
      "modinfo",
      "mkfs.ext4",
      "dpkg",
      "apt-get",
      "babeld",
      "ip",
      "nft",
      "ping",
      "unshare");

  private static final int HEAD = 4096;

  private Host() {}

  /** Its output; or a failure that names the command, its exit code and what it said. */
  static String must(Duration limit, String... arguments) {
    return must(Command.of(limit, arguments));
  }

  static String must(Command command) {
    var result = RUNNER.run(command);
    if (result instanceof CommandResult.Ended ended && ended.succeeded()) {
      return ended.output();
    }
    throw new MeshFailure("'" + command + "' failed, " + result.inWords());
  }

  /** Its output if it succeeds. */
  static Optional<String> may(Duration limit, String... arguments) {
    return RUNNER.run(Command.of(limit, arguments)) instanceof CommandResult.Ended ended
            && ended.succeeded()
        ? Optional.of(ended.output())
        : Optional.empty();
  }

  static Path program(String name) {
    return find(name).orElseThrow(() -> new MeshFailure("There is no program " + name));
  }

  private static Optional<Path> find(String name) {
    return FOLDERS.stream()
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What a virtual gateway needs and this machine has not; the kernel's package is another matter. */
  static List<String> lacking() {
    var lacking = new ArrayList<String>();
    if (!"root".equals(System.getProperty("user.name"))) {
      lacking.add("root");
    }
    PROGRAMS.stream().filter(name -> find(name).isEmpty()).forEach(lacking::add);
    if (find("busybox").filter(Host::needsLibraries).isPresent()) {
      lacking.add("busybox-static");
    }
    return lacking;
  }

  /** Whether it names a loader, at its beginning: then it runs nowhere but where that is. */
  private static boolean needsLibraries(Path program) {
    try (var file = Files.newInputStream(program)) {
      var head = new String(file.readNBytes(HEAD), StandardCharsets.ISO_8859_1);
      return head.contains("ld-linux");
    } catch (IOException e) {
      throw new MeshFailure("Cannot read " + program + ": " + e, e);
    }
  }
}
