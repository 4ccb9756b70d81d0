package org.kedge.babel.internal.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a dead babeld leaves behind: pid file and socket, with which the next one refuses to start, and kernel routes of both
 * families, which nobody else ever removes.
 */
final class Leftovers {
  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private Leftovers() {}

  /** Removes them; only while no babeld runs. Blocks. */
  static void remove(Path pidFile, Optional<Path> socket, CommandRunner runner) throws IOException {
    Files.deleteIfExists(pidFile);
    if (socket.isPresent()) {
      Files.deleteIfExists(socket.get());
    }
    for (var family : List.of("-6", "-4")) {
      var flush = Command.of(LIMIT, "ip", family, "route", "flush", "proto", "babel");
      var result = runner.run(flush);
      if (!(result instanceof CommandResult.Ended ended && ended.succeeded())) {
        LOG.warn("Old routes of babel may be left: '{}' ended with {}.", flush, result.inWords());
      }
    }
  }
}
