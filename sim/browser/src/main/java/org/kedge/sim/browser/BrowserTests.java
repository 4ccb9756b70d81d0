package org.kedge.sim.browser;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * Tests of a web page in a real browser: a script for Node that uses {@code sim/browser/harness.mjs}, of which each test becomes
 * one of JUnit's. Where Node, Chromium or the harness's library is missing, one test stands for all and is skipped loudly.
 */
public final class BrowserTests {
  private static final String CHROMIUM = "/usr/bin/chromium";
  private static final int NODE_MAJOR_LEAST = 20;
  private static final long NODE_ANSWER_SECONDS = 30;
  private static final long SCRIPT_LIMIT_SECONDS = 300;

  private BrowserTests() {}

  /**
   * Runs the script to its end and tells its tests; call it from a {@code @TestFactory}.
   *
   * @param script such as {@code src/test/browser/node-page.mjs}; the working folder is that of the module
   * @param environment what the script reads of {@code process.env}, such as the page's address
   */
  public static Stream<DynamicTest> of(Path script, Map<String, String> environment)
      throws IOException, InterruptedException {
    var name = script.getFileName().toString();
    var lacking = lacking();
    if (lacking.isPresent()) {
      var message =
          "SKIPPED, NOTHING IS PROVED: the browser tests of " + name + " lack " + lacking.get();
      return Stream.of(DynamicTest.dynamicTest(name, () -> skip(message)));
    }
    var ended = run(script, environment);
    var tests = new ArrayList<>(Tap.tests(ended.out()));
    var failed = tests.stream().filter(test -> test.failure().isPresent()).count();
    report("browser " + name + ": " + (tests.size() - failed) + " passed, " + failed + " failed");
    if (!Tap.whole(ended.out(), tests.size()) || (failed == 0) != (ended.code() == 0)) {
      tests.add(new Tap.Test(
          "the script itself ends well",
          Optional.of("It ended with " + ended.code() + " and said:\n" + ended.out() + "\n"
              + ended.err())));
    }
    return tests.stream()
        .map(test -> DynamicTest.dynamicTest(
            test.name(),
            () -> test.failure().ifPresent(words -> {
              throw new AssertionError(test.name() + "\n" + words);
            })));
  }

  private record Ended(int code, List<String> out, String err) {
    Ended {
      out = List.copyOf(out);
    }
  }

  private static Ended run(Path script, Map<String, String> environment)
      throws IOException, InterruptedException {
    // All that the browser writes goes here, and goes with it.
    var folder = Files.createTempDirectory("kedge-browser-");
    try {
      var out = folder.resolve("out");
      var err = folder.resolve("err");
      var builder = new ProcessBuilder(
              "node",
              "--test-reporter=tap",
              "--test-reporter-destination=stdout",
              script.toString())
          .redirectOutput(out.toFile())
          .redirectError(err.toFile());
      builder.environment().putAll(environment);
      builder.environment().put("KEDGE_CHROMIUM", CHROMIUM);
      for (var name : List.of("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")) {
        builder.environment().put(name, folder.toString());
      }
      builder
          .environment()
          .keySet()
          .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
      var code = await(builder.start());
      return new Ended(code, Files.readAllLines(out), Files.readString(err));
    } finally {
      delete(folder);
    }
  }

  /** @return its exit code, or -1 where it had to be ended, its browser with it */
  private static int await(Process node) throws InterruptedException {
    try {
      return node.waitFor(SCRIPT_LIMIT_SECONDS, TimeUnit.SECONDS) ? node.exitValue() : -1;
    } finally {
      if (node.isAlive()) {
        var all = Stream.concat(node.descendants(), Stream.of(node.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(one -> one.onExit().join());
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (var found = Files.walk(folder)) {
      all = found.sorted(Comparator.reverseOrder()).toList();
    }
    for (var one : all) {
      Files.deleteIfExists(one);
    }
  }

  private static Optional<String> lacking() throws InterruptedException {
    var library = Path.of("..", "browser", "node_modules", "playwright-core", "package.json");
    if (nodeMajor() < NODE_MAJOR_LEAST) {
      return Optional.of("Node.js " + NODE_MAJOR_LEAST + " or newer");
    }
    if (!Files.isExecutable(Path.of(CHROMIUM))) {
      return Optional.of(CHROMIUM);
    }
    if (!Files.exists(library)) {
      return Optional.of("playwright-core, which sim/prepare --tests fetches with npm");
    }
    return Optional.empty();
  }

  /** @return 0 where there is none */
  private static int nodeMajor() throws InterruptedException {
    try {
      var node =
          new ProcessBuilder("node", "--version").redirectErrorStream(true).start();
      if (!node.waitFor(NODE_ANSWER_SECONDS, TimeUnit.SECONDS)) {
        node.destroyForcibly();
        return 0;
      }
      var said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return said.matches("v\\d+\\..*\\s*")
          ? Integer.parseInt(said.substring(1, said.indexOf('.')))
          : 0;
    } catch (IOException e) {
      // Not installed.
      return 0;
    }
  }

  private static void skip(String message) {
    report("\n*** " + message + " ***\n");
    Assumptions.abort(message);
  }

  @SuppressWarnings("SystemOut")
  private static void report(String line) {
    System.out.println(line);
  }
}
