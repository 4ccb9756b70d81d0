package org.kedge.base.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An external program and its arguments, given as a list and never to a shell.
 *
 * @param limit after this time it is killed, with whatever it started
 * @param outputLimit what is kept of its output and of its errors each; the rest is read and dropped
 * @param input what it reads, as UTF-8, before the end of its input; empty for no input at all
 */
public record Command(
    List<String> arguments, Duration limit, Bytes outputLimit, Optional<String> input) {
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

  /** Without input. */
  public Command(List<String> arguments, Duration limit, Bytes outputLimit) {
    this(arguments, limit, outputLimit, Optional.empty());
  }

  public static Command of(Duration limit, String... arguments) {
    return new Command(List.of(arguments), limit, DEFAULT_OUTPUT);
  }

  public static Command of(Duration limit, List<String> arguments) {
    return new Command(arguments, limit, DEFAULT_OUTPUT);
  }

  /** The same command with a text to read, of any length. */
  public Command withInput(String text) {
    return new Command(arguments, limit, outputLimit, Optional.of(text));
  }

  /** The program and its arguments; not its input. */
  @Override
  public String toString() {
    return String.join(" ", arguments);
  }
}
