package org.kedge.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.kedge.sim.mesh.net.MeshFailure;

/**
 * Debian's kernel, unpacked from its package and never installed.
 *
 * @param version the package's name, such as {@code linux-image-6.1.0-56-amd64}
 * @param modules what the machine needs, in the order of loading
 */
record GuestKernel(String version, Path image, List<Path> modules) {
  /** What the machine is made of; what these need comes with them. The checksum is asked for by name only, so nobody names it. */
  private static final List<String> WANTED = List.of(
      "crc32c_generic",
      "virtio_pci",
      "virtio_blk",
      "virtio_net",
      "9pnet_virtio",
      "9p",
      "ext4",
      "nf_tables",
      "nft_ct",
      "i6300esb");

  private static final String NEWEST = "linux-image-amd64";
  private static final Pattern DEPENDS = Pattern.compile("(?m)^ *Depends: (linux-image-\\S+)");
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Duration FETCH = Duration.ofMinutes(3);

  GuestKernel {
    modules = List.copyOf(modules);
  }

  /**
   * The newest of this Debian, from the cache if it is there, else fetched from the package archive.
   *
   * @throws MeshFailure if there is none and none can be had
   */
  static GuestKernel have(Path cache) {
    try {
      Files.createDirectories(cache);
      var version = newest();
      if (version.isEmpty() || !Files.exists(cache.resolve(version.get()))) {
        if (version.isEmpty() || !fetch(version.get(), cache)) {
          // An old list names what the archive no longer has.
          Host.may(FETCH, "apt-get", "update");
          version = newest();
          if (version.isEmpty() || !fetch(version.get(), cache)) {
            return anyOf(cache)
                .orElseThrow(() -> new MeshFailure("The package that " + NEWEST
                    + " stands for cannot be fetched, and none is in " + cache));
          }
        }
      }
      return read(cache.resolve(version.get()));
    } catch (IOException e) {
      throw new MeshFailure("No kernel for the virtual gateway: " + e, e);
    }
  }

  private static Optional<String> newest() {
    return Host.may(QUICK, "apt-cache", "depends", NEWEST)
        .map(DEPENDS::matcher)
        .flatMap(found -> found.find() ? Optional.of(found.group(1)) : Optional.<String>empty());
  }

  private static Optional<GuestKernel> anyOf(Path cache) throws IOException {
    try (var folders = Files.list(cache)) {
      var newest = folders
          .filter(folder -> Files.exists(folder.resolve("vmlinuz")))
          .max(Comparator.naturalOrder());
      return newest.isPresent() ? Optional.of(read(newest.get())) : Optional.empty();
    }
  }

  private static GuestKernel read(Path folder) throws IOException {
    try (var files = Files.list(folder.resolve("modules"))) {
      return new GuestKernel(
          String.valueOf(folder.getFileName()),
          folder.resolve("vmlinuz"),
          files.sorted().toList());
    }
  }

  /** Whether it could be fetched; what is needed of it is then in the cache, whole. */
  private static boolean fetch(String version, Path cache) throws IOException {
    var scratch = Files.createTempDirectory(cache, ".fetch-");
    try {
      if (Host.may(FETCH, "env", "-C", scratch.toString(), "apt-get", "download", version)
          .isEmpty()) {
        return false;
      }
      Path archive;
      try (var files = Files.list(scratch)) {
        archive = files.findFirst().orElseThrow();
      }
      var unpacked = scratch.resolve("unpacked");
      var unused = Host.must(FETCH, "dpkg", "-x", archive.toString(), unpacked.toString());
      var kept = Files.createDirectory(scratch.resolve("kept"));
      keep(unpacked, kept);
      Files.move(kept, cache.resolve(version), StandardCopyOption.ATOMIC_MOVE);
      return true;
    } finally {
      Folders.delete(scratch);
    }
  }

  private static void keep(Path unpacked, Path kept) throws IOException {
    try (var files = Files.list(unpacked.resolve("boot"))) {
      var image = files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("vmlinuz-"))
          .findFirst()
          .orElseThrow(() -> new MeshFailure("No vmlinuz in the kernel's package"));
      Files.move(image, kept.resolve("vmlinuz"));
    }
    var byName = new HashMap<String, Path>();
    try (var files = Files.walk(unpacked.resolve("lib/modules"))) {
      files
          .filter(file -> file.toString().endsWith(".ko"))
          .forEach(file -> byName.put(nameOf(file), file));
    }
    var modules = Files.createDirectory(kept.resolve("modules"));
    var number = 0;
    for (var name : inOrder(WANTED, module -> dependencies(byName, module))) {
      number++;
      Files.move(
          file(byName, name),
          modules.resolve(String.format(Locale.ROOT, "%02d-%s.ko", number, name)));
    }
  }

  private static List<String> dependencies(Map<String, Path> byName, String module) {
    var said = Host.must(QUICK, "modinfo", "-F", "depends", file(byName, module).toString())
        .strip();
    return said.isEmpty() ? List.of() : List.of(said.split(",", -1));
  }

  private static Path file(Map<String, Path> byName, String module) {
    var file = byName.get(module.replace('-', '_'));
    if (file == null) {
      throw new MeshFailure("The kernel has no module " + module);
    }
    return file;
  }

  /** Files write some names with a hyphen, the kernel all with an underscore. */
  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName()).replace(".ko", "").replace('-', '_');
  }

  /** Each module after all that it needs, none twice. */
  static List<String> inOrder(List<String> wanted, Function<String, List<String>> dependencies) {
    var ordered = new LinkedHashSet<String>();
    wanted.forEach(each -> add(each, dependencies, ordered));
    return new ArrayList<>(ordered);
  }

  private static void add(
      String module, Function<String, List<String>> dependencies, Set<String> ordered) {
    if (!ordered.contains(module)) {
      dependencies.apply(module).forEach(each -> add(each, dependencies, ordered));
      ordered.add(module);
    }
  }
}
