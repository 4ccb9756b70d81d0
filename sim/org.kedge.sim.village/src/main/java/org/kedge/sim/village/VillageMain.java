package org.kedge.sim.village;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.kedge.care.internal.loop.BuiltInLadder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lives through villages, seed by seed. */
@Command(
    name = "sim/village",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Lives through hours of a village of nodes in virtual time: real care, babel and telemetry on simulated routers.",
      "First everything breaks and what must never happen is watched for; then all is healed that no node can heal, and",
      "within 10 virtual minutes every node has to forward, to report and to stand on no rung."
    },
    footer = {"", "Exit codes: 0 all seeds went well, 1 one did not, 2 bad arguments."})
public final class VillageMain implements Callable<Integer> {
  private static final int TOLD_EVERY_SECONDS = 5;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "200",
      description = "how many seeds, from 1 (default: ${DEFAULT-VALUE})")
  private int seeds;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "5",
      description = "nodes in each village, 2 to 200 (default: ${DEFAULT-VALUE})")
  private int nodes;

  @Option(
      names = "--hours",
      paramLabel = "H",
      defaultValue = "6",
      description = "virtual hours in which things break (default: ${DEFAULT-VALUE})")
  private int hours;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "only this seed, with a diary of all that happens")
  private Optional<Long> seed = Optional.empty();

  private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new VillageMain()).execute(arguments));
  }

  @Override
  public Integer call() {
    if (seeds < 1 || nodes < 2 || nodes > Village.NODES_MAX || hours < 1 || hours > 24 * 365) {
      throw new CommandLine.ParameterException(
          new CommandLine(this),
          "Allowed are seeds from 1, 2 to 200 nodes, hours from 1 to a year");
    }
    var figures = new Figures(nodes);
    var begun = System.nanoTime();
    var told = begun;
    var first = seed.orElse(1L);
    var last = seed.orElse((long) seeds);
    for (var number = first; number <= last; number++) {
      var ending = new VillageRun(number, nodes, hours, BuiltInLadder.text(), line -> {
            if (seed.isPresent()) {
              out.println(line);
            }
          })
          .live();
      if (ending.failure().isPresent()) {
        out.println(ending.failure().get());
        return 1;
      }
      figures.add(ending);
      if (System.nanoTime() - told > Duration.ofSeconds(TOLD_EVERY_SECONDS).toNanos()) {
        told = System.nanoTime();
        out.println(number + " of " + last + " seeds went well");
      }
    }
    figures.told(Duration.ofNanos(System.nanoTime() - begun)).forEach(out::println);
    return 0;
  }
}
