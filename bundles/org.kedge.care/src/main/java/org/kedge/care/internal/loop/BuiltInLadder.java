package org.kedge.care.internal.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The ladder that comes with the bundle. */
public final class BuiltInLadder {
  private static final String FILE = "ladder.txt";

  private BuiltInLadder() {}

  public static String text() {
    try (var file = BuiltInLadder.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException("The bundle lacks its " + FILE);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The bundle's " + FILE + " cannot be read", e);
    }
  }
}
