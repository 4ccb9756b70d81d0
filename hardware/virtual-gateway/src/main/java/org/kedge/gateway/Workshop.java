package org.kedge.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/**
 * Where what a virtual gateway is made of is made, once, and kept.
 *
 * @param module this module's folder; all that is made goes below its {@code target}
 */
public record Workshop(Path module) {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  public Workshop {
    module = module.toAbsolutePath().normalize();
  }

  GuestKernel kernel() {
    return GuestKernel.have(module.resolve("target/kernels"));
  }

  /** The first disk for this kernel, made anew: its scripts may have changed. */
  Path disk(GuestKernel kernel) throws IOException {
    var scratch = Files.createTempDirectory(module.resolve("target"), ".disk-");
    try {
      var archive = scratch.resolve("disk.cpio");
      FirstDisk.write(archive, kernel, Files.createDirectory(scratch.resolve("tree")));
      return Files.move(
          archive, module.resolve("target/first-disk.cpio"), StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Folders.delete(scratch);
    }
  }

  /** Installs Kedge below a folder, as on a gateway whose init is none of the known ones. */
  void install(Path root) {
    var unused = Host.must(
        LIMIT,
        module.resolve("../services/install").normalize().toString(),
        "--root",
        root.toString(),
        "--init",
        "none");
  }
}
