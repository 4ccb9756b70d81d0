package org.kedge.services;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Runs programs to their end, and says loudly which are not there. */
final class Shell {
  /** The folder of the files under test. */
  static final Path SERVICES = Path.of(System.getProperty("basedir", "")).toAbsolutePath();

  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final List<String> FOLDERS =
      List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin");

  private Shell() {}

  /** @param out what it printed on both outputs, without the last line end */
  record Result(int code, String out) {}

  static Result run(List<String> command) {
    return run(command, Map.of());
  }

  static Result run(List<String> command, Map<String, String> environment) {
    try {
      var printed = Files.createTempFile("kedge-services", ".out");
      try {
        var builder = new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(printed.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("KEDGE_"));
        builder.environment().putAll(environment);
        var process = builder.start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              command + " did not end within " + LIMIT + ":\n" + Files.readString(printed));
        }
        return new Result(process.exitValue(), Files.readString(printed).stripTrailing());
      } finally {
        Files.delete(printed);
      }
    } catch (IOException e) {
      throw new AssertionError(command + " cannot be run", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(command + " was interrupted", e);
    }
  }

  /** @return what it printed */
  static String succeed(String... command) {
    var result = run(List.of(command));
    if (result.code() != 0) {
      throw new AssertionError(
          String.join(" ", command) + " ended with " + result.code() + ":\n" + result.out());
    }
    return result.out();
  }

  /** Skips the test, loudly, unless all are there. */
  static void require(String... programs) {
    var missing = new TreeSet<String>();
    for (var program : programs) {
      if (!isInstalled(program)) {
        missing.add(program);
      }
    }
    if (!missing.isEmpty()) {
      skip("there is no " + String.join(", ", missing));
    }
  }

  static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      skip("root's rights are lacking");
    }
  }

  static void skip(String why) {
    var message = "SKIPPED, NOTHING IS PROVED: keepers of a node: " + why;
    System.err.println("\n*** " + message + " ***\n");
    Assumptions.abort(message);
  }

  private static boolean isInstalled(String program) {
    return FOLDERS.stream().anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
