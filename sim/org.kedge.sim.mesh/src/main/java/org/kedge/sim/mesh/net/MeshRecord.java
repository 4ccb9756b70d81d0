package org.kedge.sim.mesh.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What is kept of a mesh in {@code /run/kedge-mesh/ID/mesh} before the first namespace is made, so that
 * whoever comes later can remove it.
 *
 * @param owner empty for a detached mesh, which stays until somebody takes it down
 * @param namespaces all it has or may have
 */
public record MeshRecord(
    String id, String mesh, Optional<Owner> owner, List<String> namespaces, Path folder) {
  static final Path ROOT = Path.of("/run/kedge-mesh");
  private static final String FILE = "mesh";
  private static final String NEW = ".new-";
  private static final int SAME_MESH_MOST = 1000;
  private static final Duration HALF_MADE = Duration.ofMinutes(1);

  public MeshRecord {
    namespaces = List.copyOf(namespaces);
  }

  /** Whether its owner lives or it needs none. */
  public boolean isWanted() {
    return owner.map(Owner::isAlive).orElse(true);
  }

  /** In words, for people. */
  public String ownerInWords() {
    return owner
        .map(process -> "process " + process.pid() + (process.isAlive() ? "" : ", gone"))
        .orElse("detached");
  }

  /** Takes the first free id for this mesh and writes its record. */
  static MeshRecord reserve(
      Path root, String mesh, boolean detached, Function<String, List<String>> namespaces) {
    var owner = Owner.self();
    try {
      Files.createDirectories(root);
      for (var i = 1; i <= SAME_MESH_MOST; i++) {
        var id = mesh + "-" + owner.pid() + (i == 1 ? "" : "-" + i);
        var record = new MeshRecord(
            id,
            mesh,
            detached ? Optional.empty() : Optional.of(owner),
            namespaces.apply(id),
            root.resolve(id));
        if (!Files.exists(record.folder()) && record.put(root)) {
          return record;
        }
      }
    } catch (IOException e) {
      throw new MeshFailure("Cannot keep a record of mesh " + mesh + " in " + root + ": " + e, e);
    }
    throw new MeshFailure("There are " + SAME_MESH_MOST + " meshes " + mesh + " of this process in "
        + root + " already; take some down");
  }

  /** All records there are, by id. */
  static List<MeshRecord> all(Path root) {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (var folders = Files.list(root)) {
      return folders
          .map(MeshRecord::read)
          .flatMap(Optional::stream)
          .sorted(Comparator.comparing(MeshRecord::id))
          .toList();
    } catch (IOException e) {
      throw new MeshFailure("Cannot list " + root + ": " + e, e);
    }
  }

  /** Removes folders that never got so far as to have a record; they have no namespaces either. */
  static void clearHalfMade(Path root) {
    if (!Files.isDirectory(root)) {
      return;
    }
    try (var folders = Files.list(root)) {
      for (var folder : folders.toList()) {
        var age = Duration.between(Files.getLastModifiedTime(folder).toInstant(), Instant.now());
        if (age.compareTo(HALF_MADE) > 0 && read(folder).isEmpty()) {
          remove(folder);
        }
      }
    } catch (IOException e) {
      throw new MeshFailure("Cannot clear " + root + ": " + e, e);
    }
  }

  static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var inside = Files.walk(folder)) {
      for (var each : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Appears whole or not at all: written aside, then renamed. */
  private boolean put(Path root) throws IOException {
    var aside = Files.createTempDirectory(root, NEW);
    Files.writeString(aside.resolve(FILE), text());
    try {
      Files.move(aside, folder, StandardCopyOption.ATOMIC_MOVE);
      return true;
    } catch (AtomicMoveNotSupportedException e) {
      throw e;
    } catch (FileSystemException e) {
      remove(aside);
      return false;
    }
  }

  private String text() {
    var lines = new ArrayList<String>();
    lines.add("mesh " + mesh);
    lines.add(owner
        .map(process -> "owner " + process.pid() + " " + process.startTicks())
        .orElse("detached"));
    namespaces.forEach(namespace -> lines.add("namespace " + namespace));
    return String.join("\n", lines) + "\n";
  }

  /** Empty if the folder holds no whole record. */
  private static Optional<MeshRecord> read(Path folder) {
    var mesh = "";
    var owned = false;
    var owner = Optional.<Owner>empty();
    var namespaces = new ArrayList<String>();
    try {
      for (var line : Files.readAllLines(folder.resolve(FILE))) {
        var words = line.split(" ", -1);
        switch (words[0]) {
          case "mesh" -> mesh = words[1];
          case "detached" -> owned = true;
          case "owner" -> {
            owned = true;
            owner = Optional.of(new Owner(Long.parseLong(words[1]), Long.parseLong(words[2])));
          }
          case "namespace" -> namespaces.add(words[1]);
          default -> {
            return Optional.empty();
          }
        }
      }
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return Optional.empty();
    }
    return mesh.isEmpty() || !owned
        ? Optional.empty()
        : Optional.of(
            new MeshRecord(String.valueOf(folder.getFileName()), mesh, owner, namespaces, folder));
  }
}
