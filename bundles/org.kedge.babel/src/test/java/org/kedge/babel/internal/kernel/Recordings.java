package org.kedge.babel.internal.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.kedge.base.api.CommandResult;

/** What real programs printed. */
final class Recordings {
  private Recordings() {}

  static String read(String name) {
    try (var stream = Recordings.class.getResourceAsStream("/kernel/" + name)) {
      if (stream == null) {
        throw new AssertionError("No recording " + name);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static CommandResult ended(int exitCode, String output, String errors) {
    return new CommandResult.Ended(exitCode, output, errors, false, Duration.ofMillis(2));
  }
}
