package org.kedge.base.api;

import java.time.Duration;
import java.util.List;

/**
 * An external program and its arguments, given as a list and never to a shell.
 *
 * @param limit after this time it is killed, with whatever it started
 * @param outputLimit what is kept of its output and of its errors each; the rest is read and dropped
 */
public record Command(List<String> arguments, Duration limit, Bytes outputLimit) {
  private static final Bytes DEFAULT_OUTPUT = Bytes.mebi(16);

  public Command {
    arguments = List.copyOf(arguments);
    if (arguments.isEmpty() || arguments.get(0).isBlank()) {
      throw new IllegalArgumentException("A command needs a program, but was " + arguments);
    }
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(
          "A command needs a time limit above zero, but had " + limit);
    }
  }

  public static Command of(Duration limit, String... arguments) {
    return new Command(List.of(arguments), limit, DEFAULT_OUTPUT);
  }

  public static Command of(Duration limit, List<String> arguments) {
    return new Command(arguments, limit, DEFAULT_OUTPUT);
  }

  @Override
  public String toString() {
    return String.join(" ", arguments);
  }
}
