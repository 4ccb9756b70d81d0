package org.kedge.sim.mesh.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.MeshRecord;
import org.kedge.sim.mesh.net.Site;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sun.misc.Signal;

/** Makes a fault on the mesh that another process has up, and takes it back. */
@Command(
    name = "sim/break",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Makes a fault for real on the mesh that sim/run has up, and takes it back at Ctrl-C or after a time.",
      "What a node cures by itself meanwhile stays cured. Needs root."
    },
    footer = {
      "",
      "Try, while sim/run shows its table in another terminal:",
      "  sim/break n2 routes-flushed --seconds 20",
      "",
      "Exit codes: 0 made and taken back, 1 not so, 2 bad arguments."
    })
public final class BreakMain implements Callable<Integer> {
  private static final Duration LOOK = Duration.ofMillis(500);
  private static final int BAD_ARGUMENTS = 2;

  @Parameters(index = "0", arity = "0..1", paramLabel = "NODE", description = "such as n2")
  private Optional<String> node = Optional.empty();

  @Parameters(index = "1", arity = "0..1", paramLabel = "FAULT", description = "one of --list")
  private Optional<String> fault = Optional.empty();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "take it back after N seconds (default: at Ctrl-C)")
  private Optional<Integer> seconds = Optional.empty();

  @Option(names = "--mesh", paramLabel = "ID", description = "which mesh, if several are up")
  private Optional<String> mesh = Optional.empty();

  @Option(names = "--list", description = "name all faults, and what to expect of each")
  private boolean list;

  private final CountDownLatch told = new CountDownLatch(1);

  public static void main(String... arguments) {
    var command = new CommandLine(new BreakMain());
    command.setExecutionExceptionHandler((failure, line, parsed) -> {
      if (failure instanceof MeshFailure || failure instanceof IOException) {
        System.err.println("sim/break: " + failure.getMessage());
        return 1;
      }
      throw failure;
    });
    System.exit(command.execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (list) {
      System.out.print(listing());
      return 0;
    }
    if (node.isEmpty() || fault.isEmpty() || seconds.filter(limit -> limit < 1).isPresent()) {
      System.err.println(
          "sim/break: say NODE and FAULT, such as 'sim/break n2 routes-flushed'; --seconds takes 1 or more; --list names all faults.");
      return BAD_ARGUMENTS;
    }
    var chosen = Faults.find(fault.get());
    if (chosen.isEmpty()) {
      System.err.println("sim/break: there is no fault '" + fault.get() + "'; there are " + names()
          + ". See --list.");
      return BAD_ARGUMENTS;
    }
    var record = meshOf(Mesh.list(), mesh);
    var site = Site.of(record);
    if (!site.nodes().contains(node.get())) {
      System.err.println("sim/break: mesh " + site.id() + " has no node '" + node.get()
          + "'; it has " + String.join(", ", site.nodes()) + ".");
      return BAD_ARGUMENTS;
    }
    return breakIt(record, site, node.get(), chosen.get());
  }

  private int breakIt(MeshRecord record, Site site, String place, MeshFault chosen)
      throws IOException, InterruptedException {
    Signal.handle(new Signal("INT"), signal -> told.countDown());
    Signal.handle(new Signal("TERM"), signal -> told.countDown());
    var made = chosen.make(site, place);
    System.out.println(made.words());
    System.out.println("To expect: " + chosen.expectation() + ".");
    System.out.println(seconds
        .map(limit -> "Taken back in " + limit + " s, or at Ctrl-C.")
        .orElse("Ctrl-C takes it back."));
    var isThere = await(record);
    try {
      made.undo().run();
    } catch (MeshFailure e) {
      if (isThere) {
        throw e;
      }
      // What was broken has gone with its mesh.
    }
    System.out.println(
        isThere
            ? "Taken back, as far as it was still there."
            : "The mesh has gone meanwhile, and the fault with it.");
    return 0;
  }

  /** Until told to end, or the time is over, or there is no mesh any more. Returns whether it is there. */
  private boolean await(MeshRecord record) throws InterruptedException {
    var start = System.nanoTime();
    while (Files.exists(record.folder()) && record.isWanted()) {
      if (told.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)
          || seconds
              .filter(limit -> System.nanoTime() - start >= TimeUnit.SECONDS.toNanos(limit))
              .isPresent()) {
        return true;
      }
    }
    return false;
  }

  static MeshRecord meshOf(List<MeshRecord> all, Optional<String> wanted) {
    var up = all.stream().filter(MeshRecord::isWanted).toList();
    if (up.isEmpty()) {
      throw new MeshFailure(
          "no mesh is up. Start one in another terminal with sim/run, and wait until it says that all nodes are healthy.");
    }
    var ids = up.stream().map(MeshRecord::id).collect(Collectors.joining(", "));
    var fitting = up.stream()
        .filter(record -> wanted.isEmpty() || wanted.get().equals(record.id()))
        .toList();
    if (fitting.isEmpty()) {
      throw new MeshFailure("there is no mesh " + wanted.orElse("") + "; up are " + ids + ".");
    }
    if (fitting.size() > 1) {
      throw new MeshFailure("several meshes are up: " + ids + ". Say which with --mesh ID.");
    }
    return fitting.get(0);
  }

  private static String names() {
    return Faults.all().stream().map(MeshFault::name).collect(Collectors.joining(", "));
  }

  static String listing() {
    return Faults.all().stream()
        .map(each -> each.name() + (each.atExitOnly() ? "   (NODE is the exit)" : "") + "\n    "
            + each.sentence() + "\n    " + each.expectation() + "\n")
        .collect(Collectors.joining());
  }
}
