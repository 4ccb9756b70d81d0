package org.kedge.sim.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas of Kedge's messages as they stand in telemetry's sources. Read from the files and not from the class path, so that
 * tests of bundles that telemetry is built upon can use them too.
 */
public final class Schemas {
  static final JsonMapper JSON = new JsonMapper();

  /** Subjects of messages, which are the names of their schemas, in the order people read of them. */
  public static final List<String> SUBJECTS = List.of("snapshot", "event", "state");

  private final Path bundle;

  private Schemas(Path bundle) {
    this.bundle = bundle;
  }

  /** Those of the source tree that the working folder is in. */
  public static Schemas ofThisBuild() {
    var start = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    return Stream.iterate(start, place -> place != null, Path::getParent)
        .map(place -> place.resolve("bundles/org.kedge.telemetry"))
        .filter(Files::isDirectory)
        .findFirst()
        .map(Schemas::new)
        .orElseThrow(
            () -> new IllegalStateException("No bundles/org.kedge.telemetry above " + start));
  }

  /** A copy that the caller may change. */
  public ObjectNode schema(String subject) {
    return (ObjectNode) JSON.readTree(read(folder().resolve(subject + ".json")));
  }

  public Path folder() {
    return bundle.resolve("src/main/resources/org/kedge/telemetry/schema");
  }

  /** The page that lists every field. */
  public Path page() {
    return bundle.resolve("FIELDS.md");
  }

  /** The fields that version 1 has, which later ones only add to. */
  public Path pinned() {
    return bundle.resolve("src/test/resources/org/kedge/telemetry/schema/fields-1.txt");
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read", e);
    }
  }
}
