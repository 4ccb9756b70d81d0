package org.kedge.sim.mesh.zombie;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.kedge.sim.mesh.fault.Faults;
import org.kedge.sim.mesh.fault.MeshFault;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshFailure;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes every zombie on a real mesh, under Kedge and under other keepers, and prints what became of each. */
@Command(
    name = "sim/zombies",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes every fault of sim/break --list on a real mesh, each on a fresh one, under Kedge and under other keepers,"
          + " and prints a table: found after, forwarding again after, packets lost, what helped. Needs root. All of it takes"
          + " about an hour and a half."
    },
    footer = {
      "",
      "Try: sim/zombies --only routes-flushed,frozen --intervals small",
      "",
      "Exit codes: 0 every target met, 1 one missed or a case failed, 2 bad arguments."
    })
public final class ZombiesMain implements Callable<Integer> {
  /** More would make the times those of a busy machine. */
  private static final int PLAIN_AT_ONCE = 2;

  private static final int BAD_ARGUMENTS = 2;

  @Option(
      names = "--only",
      paramLabel = "FAULT",
      split = ",",
      description = "only these faults (default: all)")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--intervals",
      paramLabel = "WHICH",
      defaultValue = "both",
      description = "small: hellos every half second; default: babeld's own; both (default)")
  private String intervals = "both";

  @Option(
      names = "--keepers",
      paramLabel = "KEEPER",
      split = ",",
      defaultValue = "kedge,nothing,respawn,script",
      description = "who looks after babeld (default: ${DEFAULT-VALUE})")
  private List<String> keepers = new ArrayList<>();

  @Option(names = "--markdown", description = "print the table for a README")
  private boolean markdown;

  /** A fault at one pace. */
  private record Trial(MeshFault fault, Intervals intervals) {
    String inWords() {
      return fault.name() + ", " + intervals.word() + " intervals";
    }

    /** It would spoil the times of all others. */
    boolean needsMachineAlone() {
      return fault.name().equals("niced");
    }
  }

  /** One mesh that is to be watched. */
  private interface Case {
    Map<KeeperKind, Outcome> run() throws IOException;
  }

  public static void main(String... arguments) {
    var command = new CommandLine(new ZombiesMain());
    command.setExecutionExceptionHandler((failure, line, parsed) -> {
      if (failure instanceof MeshFailure || failure instanceof IOException) {
        System.err.println("sim/zombies: " + failure.getMessage());
        return 1;
      }
      throw failure;
    });
    System.exit(command.execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    var unknown = only.stream().filter(name -> Faults.find(name).isEmpty()).toList();
    var paces = paces();
    var kinds = kinds();
    if (!unknown.isEmpty() || paces.isEmpty() || kinds.isEmpty()) {
      System.err.println("sim/zombies: "
          + (unknown.isEmpty()
              ? "--intervals takes small, default or both, --keepers kedge, nothing, respawn, script."
              : "there is no fault " + String.join(", ", unknown) + "; see sim/break --list."));
      return BAD_ARGUMENTS;
    }
    var unused = Mesh.sweep();
    var trials = Faults.all().stream()
        .filter(fault -> only.isEmpty() || only.contains(fault.name()))
        .flatMap(fault -> paces.get().stream().map(pace -> new Trial(fault, pace)))
        .toList();
    return runAll(trials, kinds.get());
  }

  private Optional<List<Intervals>> paces() {
    return switch (intervals.toLowerCase(Locale.ROOT)) {
      case "both" -> Optional.of(List.of(Intervals.values()));
      case "small" -> Optional.of(List.of(Intervals.SMALL));
      case "default" -> Optional.of(List.of(Intervals.DEFAULT));
      default -> Optional.empty();
    };
  }

  private Optional<Set<KeeperKind>> kinds() {
    var known = Arrays.stream(KeeperKind.values())
        .collect(Collectors.toMap(KeeperKind::word, Function.identity()));
    var wanted = EnumSet.noneOf(KeeperKind.class);
    for (var word : keepers) {
      var kind = known.get(word.toLowerCase(Locale.ROOT));
      if (kind == null) {
        return Optional.empty();
      }
      wanted.add(kind);
    }
    return wanted.isEmpty() ? Optional.empty() : Optional.of(wanted);
  }

  private int runAll(List<Trial> trials, Set<KeeperKind> kinds) throws InterruptedException {
    var runner = new CaseRunner(Path.of(System.getProperty("kedge.sim", "sim")).resolve("node"));
    var table = new ZombieTable(List.copyOf(kinds));
    var outcomes = new LinkedHashMap<Trial, Map<KeeperKind, Outcome>>();
    trials.forEach(trial -> outcomes.put(trial, new EnumMap<>(KeeperKind.class)));
    var failed = new ArrayList<String>();
    // Four controllers on one mesh beside two meshes of bare babelds: what two cores carry without
    // being felt.
    var withKedge = Executors.newSingleThreadExecutor();
    var plain = Executors.newFixedThreadPool(PLAIN_AT_ONCE);
    try {
      var together = new ArrayList<Future<?>>();
      for (var trial : trials) {
        if (!trial.needsMachineAlone()) {
          cases(runner, trial, kinds)
              .forEach((kind, each) -> together.add(submit(
                  kind == KeeperKind.KEDGE ? withKedge : plain,
                  trial,
                  kind,
                  each,
                  outcomes,
                  failed)));
        }
      }
      join(together);
      for (var trial : trials) {
        if (trial.needsMachineAlone()) {
          for (var each : cases(runner, trial, kinds).entrySet()) {
            join(List.of(
                submit(withKedge, trial, each.getKey(), each.getValue(), outcomes, failed)));
          }
        }
      }
    } finally {
      withKedge.shutdownNow();
      plain.shutdownNow();
    }
    var rows = outcomes.entrySet().stream()
        .map(each ->
            new ZombieTable.Row(each.getKey().fault(), each.getKey().intervals(), each.getValue()))
        .toList();
    System.out.println();
    System.out.print(markdown ? table.markdown(rows) : table.text(rows));
    System.out.println();
    CaseRunner.notes().forEach(System.out::println);
    return verdict(rows, failed);
  }

  private static Map<KeeperKind, Case> cases(
      CaseRunner runner, Trial trial, Set<KeeperKind> kinds) {
    var cases = new EnumMap<KeeperKind, Case>(KeeperKind.class);
    if (kinds.contains(KeeperKind.KEDGE)) {
      cases.put(
          KeeperKind.KEDGE,
          () -> Map.of(KeeperKind.KEDGE, runner.kedge(trial.fault(), trial.intervals())));
    }
    if (kinds.contains(KeeperKind.NOTHING) || kinds.contains(KeeperKind.SCRIPT)) {
      cases.put(
          KeeperKind.NOTHING,
          () -> runner.nothingAndScript(trial.fault(), trial.intervals(), kinds));
    }
    if (kinds.contains(KeeperKind.RESPAWN)) {
      cases.put(
          KeeperKind.RESPAWN,
          () -> Map.of(KeeperKind.RESPAWN, runner.respawn(trial.fault(), trial.intervals())));
    }
    return cases;
  }

  private static Future<?> submit(
      ExecutorService where,
      Trial trial,
      KeeperKind kind,
      Case each,
      Map<Trial, Map<KeeperKind, Outcome>> outcomes,
      List<String> failed) {
    return where.submit(() -> {
      try {
        var told = each.run();
        synchronized (outcomes) {
          Objects.requireNonNull(outcomes.get(trial)).putAll(told);
        }
        told.forEach((keeper, outcome) -> tell(trial, keeper, outcome));
      } catch (MeshFailure | IOException e) {
        synchronized (failed) {
          failed.add(trial.inWords() + ", " + kind.word() + ": " + e.getMessage());
        }
        say("FAILED " + trial.inWords() + ", " + kind.word() + ": " + e.getMessage());
      }
      return null;
    });
  }

  private static void tell(Trial trial, KeeperKind keeper, Outcome outcome) {
    var isKedge = keeper == KeeperKind.KEDGE;
    var lines = new ArrayList<String>();
    lines.add(trial.inWords() + ", " + keeper.word() + ": "
        + (isKedge
            ? ZombieTable.kedgeInWords(trial.fault(), trial.intervals(), outcome)
            : ZombieTable.otherInWords(trial.intervals(), outcome)));
    // Whoever has to find out why finds it here.
    if (isKedge
        && Verdicts.judge(trial.fault(), trial.intervals(), outcome) == Verdicts.Mark.MISSED) {
      outcome.journal().forEach(line -> lines.add("    " + line));
    }
    say(String.join("\n", lines));
  }

  private static void join(List<Future<?>> work) throws InterruptedException {
    for (var each : work) {
      try {
        each.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("A case met a fault of its own", e.getCause());
      }
    }
  }

  private static int verdict(List<ZombieTable.Row> rows, List<String> failed) {
    var missed = rows.stream().filter(row -> row.mark() == Verdicts.Mark.MISSED).toList();
    var met = rows.stream().filter(row -> row.mark() == Verdicts.Mark.MET).count();
    System.out.println();
    System.out.println(met + " targets met, " + missed.size() + " missed"
        + (missed.isEmpty()
            ? ""
            : ": "
                + missed.stream()
                    .map(row -> row.fault().name() + " (" + row.intervals().word() + ")")
                    .collect(Collectors.joining(", ")))
        + (failed.isEmpty() ? "." : "; " + failed.size() + " cases could not be tried:"));
    failed.forEach(line -> System.out.println("  " + line));
    return missed.isEmpty() && failed.isEmpty() ? 0 : 1;
  }

  private static void say(String words) {
    System.out.println(words);
    System.out.flush();
  }
}
