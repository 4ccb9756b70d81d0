package org.kedge.base.api;

/** Runs external programs. A service. Blocks up to the command's limit: call it from {@link Lane#aside}. Any thread. */
@FunctionalInterface
public interface CommandRunner {
  CommandResult run(Command command);
}
