package org.kedge.billing.internal.sqlite;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A writer in a JVM of its own. */
final class Child {
  private Child() {}

  /** @param before a program that is to run it, with its arguments */
  static Process start(
      List<String> before,
      Path folder,
      Path acknowledged,
      int first,
      int last,
      long logLimit,
      Path output)
      throws IOException {
    var command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", "")));
    command.add(CrashWriter.class.getName());
    command.addAll(List.of(
        folder.toString(),
        acknowledged.toString(),
        String.valueOf(first),
        String.valueOf(last),
        String.valueOf(logLimit)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  static boolean hasStrace() {
    for (var place : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      if (Files.isExecutable(Path.of(place, "strace"))) {
        return true;
      }
    }
    return false;
  }
}
