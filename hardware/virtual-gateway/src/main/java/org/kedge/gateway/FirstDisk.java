package org.kedge.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Command;

/** The machine's file system in memory: busybox, modules, what brings it up. Everything else comes from the host and the flash. */
final class FirstDisk {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final List<String> SCRIPTS = List.of("boot", "shell", "kedge");
  private static final List<String> FOLDERS = List.of(
      "box",
      "dev",
      "etc/kedge",
      "flash",
      "guest",
      "modules",
      "opt/kedge",
      "proc",
      "run",
      "sys",
      "tmp",
      "usr",
      "var/lib/kedge");

  private FirstDisk() {}

  /** Writes it as the archive that the kernel unpacks. */
  static void write(Path archive, GuestKernel kernel, Path scratch) throws IOException {
    for (var folder : FOLDERS) {
      Files.createDirectories(scratch.resolve(folder));
    }
    Files.copy(Host.program("busybox"), scratch.resolve("box/busybox"));
    Files.createSymbolicLink(scratch.resolve("init"), Path.of("box/busybox"));
    // As on a Debian with a merged /usr, so that Kedge finds what it finds there.
    for (var link : List.of("bin", "sbin", "lib", "lib64")) {
      Files.createSymbolicLink(scratch.resolve(link), Path.of("usr", link));
    }
    for (var module : kernel.modules()) {
      Files.copy(module, scratch.resolve("modules").resolve(module.getFileName()));
    }
    for (var script : SCRIPTS) {
      var file = scratch.resolve("guest").resolve(script);
      Files.write(file, resource(script));
      if (!file.toFile().setExecutable(true)) {
        throw new IOException("Cannot make " + file + " executable");
      }
    }
    Files.write(scratch.resolve("etc/inittab"), resource("inittab"));
    // Without it the static busybox loads the host's libraries for names, and falls over them.
    Files.writeString(scratch.resolve("etc/nsswitch.conf"), "hosts: files\nservices: files\n");
    copyJavaSettings(scratch);
    String names;
    try (var files = Files.walk(scratch)) {
      names = files
          .map(file -> scratch.relativize(file).toString())
          .filter(name -> !name.isEmpty())
          .sorted()
          .collect(Collectors.joining("\n", "", "\n"));
    }
    var pack = new Command(
            List.of(
                "cpio",
                "--quiet",
                "-o",
                "-H",
                "newc",
                "-D",
                scratch.toString(),
                "-F",
                archive.toString()),
            LIMIT,
            Bytes.mebi(1))
        .withInput(names);
    var unused = Host.must(pack);
  }

  /** Debian keeps a Java's settings in /etc, with links to them from /usr. */
  private static void copyJavaSettings(Path scratch) throws IOException {
    try (var folders = Files.newDirectoryStream(Path.of("/etc"), "java*openjdk")) {
      for (var folder : folders) {
        Folders.copy(folder, scratch.resolve("etc").resolve(folder.getFileName()));
      }
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (var stream = FirstDisk.class.getResourceAsStream("guest/" + name)) {
      return Objects.requireNonNull(stream, name).readAllBytes();
    }
  }
}
