package org.kedge.sim.bench;

import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link ParserBenchmark} in its short form, in the heap of a small router, and prints two lines. */
public final class ParserFigures {
  private static final double LINES_PER_SECOND = 1000;
  private static final double MICROS_PER_SECOND = 1_000_000;

  private ParserFigures() {}

  public static void main(String[] arguments) throws RunnerException {
    var options = new OptionsBuilder()
        .include("^" + ParserBenchmark.class.getName().replace(".", "\\.") + "\\.")
        .forks(1)
        .warmupIterations(3)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(5)
        .measurementTime(TimeValue.seconds(1))
        .jvmArgs("-Xmx48m", "-XX:+UseSerialGC")
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .build();
    for (var result : new Runner(options).run()) {
      print(line(result));
    }
  }

  private static String line(RunResult result) {
    var score = result.getPrimaryResult().getScore();
    if (result.getParams().getBenchmark().endsWith(".dump")) {
      return String.format(
          Locale.ROOT, "parser: dump of 10,000 routes %.1f ms (target < 25 ms)", score);
    }
    var percent = 100 * score * LINES_PER_SECOND / MICROS_PER_SECOND;
    return String.format(
        Locale.ROOT, "parser: monitor 1,000 lines/s %.2f %% of a core (target < 2 %%)", percent);
  }

  @SuppressWarnings("SystemOut") // What it prints is its answer.
  private static void print(String line) {
    System.out.println(line);
  }
}
