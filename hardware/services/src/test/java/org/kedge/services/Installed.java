package org.kedge.services;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The command that installs. */
final class Installed {
  private Installed() {}

  static Shell.Result install(Path root, String init) {
    return Shell.run(List.of(
        Shell.SERVICES.resolve("install").toString(), "--root", root.toString(), "--init", init));
  }

  static void below(Path root, String init) {
    var result = install(root, init);
    if (result.code() != 0) {
      throw new AssertionError(
          "install --init " + init + " ended with " + result.code() + ":\n" + result.out());
    }
  }

  /** @param words arguments of the launcher that was installed */
  static Shell.Result launch(Path root, Map<String, String> environment, String... words) {
    var command = new ArrayList<String>();
    command.add(root.resolve("opt/kedge/bin/kedge").toString());
    command.addAll(List.of(words));
    return Shell.run(command, environment);
  }
}
