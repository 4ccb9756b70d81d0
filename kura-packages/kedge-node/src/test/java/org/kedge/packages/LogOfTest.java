package org.kedge.packages;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** All that is logged meanwhile, in place of the standard error that it goes to. */
final class LogOfTest implements AutoCloseable {
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  LogOfTest() {
    System.setErr(new PrintStream(kept, true, StandardCharsets.UTF_8));
  }

  String text() {
    return kept.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    System.setErr(before);
  }
}
