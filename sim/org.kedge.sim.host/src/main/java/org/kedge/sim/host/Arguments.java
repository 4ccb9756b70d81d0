package org.kedge.sim.host;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the command line asks for. */
sealed interface Arguments {
  record Run(Path settings, Path data) implements Arguments {}

  record ExampleSettings() implements Arguments {}

  record Help() implements Arguments {}

  record Wrong(String why) implements Arguments {}

  String HELP = """
      Kedge: the controller of a mesh router, in its own host without Kura.

        sim/node --settings FILE --data DIR   run one node in the foreground; log on standard output
        sim/node --keep --settings ...        the same under a keeper: what ends by itself is started again
        sim/node --example-settings           print every setting with its default, range and meaning
        sim/node --help                       print this

      SIGTERM or Ctrl-C stops it; babeld goes on forwarding and is adopted at the next start.
      SIGHUP reads the settings again; bad ones are refused and the old stay in force.
      Exit codes: 0 stopped, 1 internal error, 2 bad settings or arguments, 3 the data folder is in use,
      75 it left to be started again.
      """;

  /** Reads the command line; the last of an option given twice counts. */
  static Arguments parse(List<String> words) {
    Optional<Path> settings = Optional.empty();
    Optional<Path> data = Optional.empty();
    for (var i = 0; i < words.size(); i++) {
      var word = words.get(i);
      switch (word) {
        case "--help", "-h" -> {
          return new Help();
        }
        case "--example-settings" -> {
          return new ExampleSettings();
        }
        case "--settings", "--data" -> {
          if (i + 1 == words.size()) {
            return new Wrong(word + " needs a value");
          }
          i++;
          if (word.equals("--settings")) {
            settings = Optional.of(Path.of(words.get(i)));
          } else {
            data = Optional.of(Path.of(words.get(i)));
          }
        }
        default -> {
          return new Wrong("there is no option '" + word + "'");
        }
      }
    }
    if (settings.isEmpty() || data.isEmpty()) {
      return new Wrong("--settings and --data are both needed");
    }
    return new Run(settings.get().toAbsolutePath(), data.get().toAbsolutePath());
  }
}
