package org.kedge.base.api;

import java.io.File;
import java.util.Optional;

/** Where programs of the system are found. A runtime started by an init system may lack the folders of ip and nft in its PATH. */
public final class ProgramPath {
  private static final String SYSTEM =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private ProgramPath() {}

  /** The PATH to give to a program: this process' own, then the folders of the system. */
  public static String value() {
    var own = System.getenv("PATH");
    return own == null ? SYSTEM : own + ":" + SYSTEM;
  }

  /**
   * The file of a program along {@link #value}; the JVM by itself would look along its own PATH.
   *
   * @param program a name, or a path, which is taken as it is
   * @return empty if there is none that may be run
   */
  public static Optional<String> find(String program) {
    if (program.contains("/")) {
      return Optional.of(program);
    }
    for (var folder : value().split(":", -1)) {
      var file = new File(folder, program);
      if (!folder.isEmpty() && file.isFile() && file.canExecute()) {
        return Optional.of(file.getPath());
      }
    }
    return Optional.empty();
  }
}
