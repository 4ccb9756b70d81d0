package org.kedge.billing.internal.channel;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A Java program of a test in a network namespace, talked to in lines. */
final class Program implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final PrintWriter in;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  Program(String namespace, Class<?> main, String... arguments) {
    var words = new ArrayList<>(List.of(
        "ip",
        "netns",
        "exec",
        namespace,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx64m",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", "")),
        main.getName()));
    words.addAll(List.of(arguments));
    try {
      process = new ProcessBuilder(words)
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    var reader = new Thread(this::read, "lines of " + main.getSimpleName());
    reader.setDaemon(true);
    reader.start();
  }

  private void read() {
    try (var out = new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add("ended " + e);
    }
  }

  /** All it told that begins so. */
  List<String> told(String beginning) {
    return lines.stream().filter(line -> line.startsWith(beginning)).toList();
  }

  /** The first line that begins so. */
  String first(String beginning) {
    awaitTold(beginning, 1);
    return told(beginning).get(0);
  }

  void awaitTold(String beginning, int times) {
    await(beginning + " for the " + times + ". time")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> told(beginning).size() >= times);
  }

  /** Says a line and takes the answer, which begins as given. */
  String ask(String line, String beginning) {
    var before = told(beginning).size();
    in.println(line);
    awaitTold(beginning, before + 1);
    return told(beginning).get(before);
  }

  /** Power off. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Process " + process.pid() + " cannot be ended");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
