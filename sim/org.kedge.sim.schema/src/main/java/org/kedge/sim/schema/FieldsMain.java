package org.kedge.sim.schema;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes what is generated from the schemas: the page of fields, and what they added to the promise of version 1. */
public final class FieldsMain {
  private FieldsMain() {}

  /** Ends with 1 and writes nothing if a promise is broken. */
  public static void main(String[] arguments) throws IOException {
    var schemas = Schemas.ofThisBuild();
    var now = Pin.lines(schemas);
    Map<String, String> pinned = Files.exists(schemas.pinned())
        ? Pin.parse(Schemas.read(schemas.pinned()))
        : new LinkedHashMap<>();
    var broken = Pin.broken(pinned, now);
    if (!broken.isEmpty()) {
      System.err.println("Readers of version 1 would be misled, so nothing was written:");
      broken.forEach(line -> System.err.println("  " + line));
      System.err.println(BROKEN);
      System.exit(1);
    }
    var added = Pin.added(pinned, now);
    Files.createDirectories(schemas.pinned().resolveSibling(""));
    Files.writeString(schemas.pinned(), Pin.text(now));
    Files.writeString(schemas.page(), FieldsPage.of(schemas));
    System.out.println(now.size() + " fields, " + added.size() + " of them new.");
  }

  static final String BROKEN =
      "A field that is removed, of another type, or required no more or newly required needs a new major version: raise"
          + " schema_version of that message in its schema and where it is made, and begin a new file of promises for it. A field"
          + " that no release has carried yet may be taken from the file by hand.";
}
