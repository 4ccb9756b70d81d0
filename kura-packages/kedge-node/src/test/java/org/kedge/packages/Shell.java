package org.kedge.packages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Runs programs to their end, and says loudly which are not there. */
final class Shell {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final String FOLDERS = "/usr/sbin:/usr/bin:/sbin:/bin";

  private Shell() {}

  /** @param out what it printed on both outputs */
  record Result(int code, String out) {}

  static Result run(Map<String, String> environment, List<String> command) {
    try {
      var printed = Files.createTempFile("kedge-packages", ".out");
      try {
        var builder = new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(printed.toFile());
        builder.environment().putAll(Map.of("PATH", FOLDERS, "LC_ALL", "C.UTF-8"));
        builder.environment().putAll(environment);
        var process = builder.start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor();
          throw new AssertionError(
              command + " did not end within " + LIMIT + ":\n" + Files.readString(printed));
        }
        return new Result(process.exitValue(), Files.readString(printed));
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
    var result = run(Map.of(), List.of(command));
    if (result.code() != 0) {
      throw new AssertionError(
          String.join(" ", command) + " ended with " + result.code() + ":\n" + result.out());
    }
    return result.out();
  }

  /** Skips the test, loudly, unless all are there. */
  static void require(String... programs) {
    for (var program : programs) {
      var there = List.of(FOLDERS.split(":")).stream()
          .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
      if (!there) {
        skip("there is no " + program);
      }
    }
  }

  static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      skip("root's rights are lacking");
    }
  }

  private static void skip(String why) {
    var message = "SKIPPED, NOTHING IS PROVED: packages: " + why;
    System.err.println("\n*** " + message + " ***\n");
    Assumptions.abort(message);
  }
}
