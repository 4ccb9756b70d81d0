package org.kedge.sim.mesh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.kedge.sim.mesh.net.BrokerPlace;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.MeshRecord;
import org.kedge.sim.mesh.topology.TopologyParser;
import org.kedge.sim.mesh.topology.TopologyParser.Reading;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sim/mesh}: a mesh of network namespaces by hand. */
@Command(
    name = "sim/mesh",
    mixinStandardHelpOptions = true,
    versionProvider = MeshMain.Version.class,
    description = "Brings up meshes of Linux network namespaces on this machine. Needs root.",
    footer = {
      "",
      "Topologies are in sim/topologies. Try:",
      "  sim/mesh up sim/topologies/diamond.mesh",
      "  sim/mesh exec n1 -- ping -c 3 2001:db8:1::1"
    },
    subcommands = {
      MeshMain.Up.class,
      MeshMain.Down.class,
      MeshMain.ListAll.class,
      MeshMain.Exec.class
    })
public final class MeshMain implements Callable<Integer> {
  /** The version of the build. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      var version = MeshMain.class.getPackage().getImplementationVersion();
      return new String[] {"sim/mesh " + (version == null ? "(from classes)" : version)};
    }
  }

  private static final int REFUSED = 1;

  public static void main(String... arguments) {
    var commands = new CommandLine(new MeshMain());
    commands.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (failure instanceof MeshFailure) {
        command.getErr().println(failure.getMessage());
        return REFUSED;
      }
      throw failure;
    });
    System.exit(commands.execute(arguments));
  }

  @Override
  public Integer call() {
    CommandLine.usage(this, System.out);
    return CommandLine.ExitCode.USAGE;
  }

  /** Brings a mesh up. */
  @Command(
      name = "up",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Brings a mesh up, prints what it has, and takes it down at Ctrl-C.",
        "Meshes whose process is gone are removed first. babeld is not started."
      })
  static final class Up implements Callable<Integer> {
    @Parameters(
        paramLabel = "FILE",
        description = "the topology, for example sim/topologies/diamond.mesh")
    private Path file = Path.of("");

    @Option(
        names = "--broker",
        paramLabel = "PLACE",
        defaultValue = "out-of-band",
        description =
            "out-of-band: on a management network; in-band: in the internet beyond the exit,"
                + " through the mesh. Default: ${DEFAULT-VALUE}")
    private String broker = "";

    @Option(
        names = "--detach",
        description = "leave it there and return; 'sim/mesh down' removes it")
    private boolean detach;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
      var reading = read();
      if (reading instanceof Reading.Rejected rejected) {
        spec.commandLine().getErr().println(rejected.inWords(file.toString()));
        return REFUSED;
      }
      var topology = ((Reading.Read) reading).topology();
      var options = new Mesh.Options(place(), detach);
      if (options.broker() == BrokerPlace.IN_BAND && topology.exit().isEmpty()) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "--broker in-band needs a node with 'exit' in " + file);
      }
      Mesh.sweep()
          .forEach(gone -> System.out.println("Removed mesh " + gone.id() + ", left behind"));
      var start = System.nanoTime();
      var mesh = Mesh.up(topology, options);
      if (!detach) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> takeDown(mesh), "down"));
      }
      System.out.println(mesh.inWords());
      System.out.printf(
          Locale.ROOT,
          "Up in %.2f s.%s%n",
          (System.nanoTime() - start) / 1e9,
          detach
              ? " Take it down with 'sim/mesh down " + mesh.id() + "'."
              : " Ctrl-C takes it down.");
      if (!detach) {
        new CountDownLatch(1).await();
      }
      return CommandLine.ExitCode.OK;
    }

    private Reading read() throws IOException {
      if (!Files.isReadable(file)) {
        throw new CommandLine.ParameterException(spec.commandLine(), "Cannot read " + file);
      }
      return TopologyParser.parse(file);
    }

    private BrokerPlace place() {
      return switch (broker) {
        case "in-band" -> BrokerPlace.IN_BAND;
        case "out-of-band" -> BrokerPlace.OUT_OF_BAND;
        default ->
          throw new CommandLine.ParameterException(
              spec.commandLine(), "--broker '" + broker + "' should be in-band or out-of-band");
      };
    }

    private static void takeDown(Mesh mesh) {
      mesh.down();
      System.out.println("Mesh " + mesh.id() + " is down.");
    }
  }

  /** Takes meshes down. */
  @Command(
      name = "down",
      mixinStandardHelpOptions = true,
      description = "Ends everything in a mesh and removes it, whoever brought it up.")
  static final class Down implements Callable<Integer> {
    @Parameters(
        arity = "0..1",
        paramLabel = "ID",
        defaultValue = "",
        description = "as 'sim/mesh list' shows it; not needed if there is only one")
    private String id = "";

    @Option(names = "--all", description = "all meshes on this machine, other people's too")
    private boolean all;

    @Override
    public Integer call() {
      var chosen = all ? Mesh.list() : List.of(one(id));
      for (var record : chosen) {
        Mesh.down(record);
        System.out.println("Mesh " + record.id() + " is down.");
      }
      return CommandLine.ExitCode.OK;
    }
  }

  /** Lists meshes. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the meshes on this machine: id, owner, namespaces.")
  static final class ListAll implements Callable<Integer> {
    @Override
    public Integer call() {
      var records = Mesh.list();
      if (records.isEmpty()) {
        System.out.println("No mesh.");
      }
      for (var record : records) {
        System.out.println(record.id() + "  " + record.ownerInWords() + "  "
            + String.join(" ", record.namespaces()));
      }
      return CommandLine.ExitCode.OK;
    }
  }

  /** Runs a command in a place. */
  @Command(
      name = "exec",
      mixinStandardHelpOptions = true,
      description =
          "Runs a command in a node, or in 'beyond' or 'broker'; ends with its exit code.",
      synopsisHeading = "Usage: ",
      customSynopsis = "sim/mesh exec [--mesh ID] NODE -- COMMAND...%n")
  static final class Exec implements Callable<Integer> {
    @Option(
        names = "--mesh",
        paramLabel = "ID",
        defaultValue = "",
        description = "if there are several")
    private String id = "";

    @Parameters(index = "0", paramLabel = "NODE", description = "the node's name")
    private String place = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "after --")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
      var record = one(id);
      var namespace = "kedge-" + record.id() + "-" + place;
      if (!record.namespaces().contains(namespace)) {
        throw new MeshFailure("No place " + place + " in mesh " + record.id() + "; namespaces are "
            + String.join(", ", record.namespaces()));
      }
      var whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      whole.addAll(command);
      return new ProcessBuilder(whole).inheritIO().start().waitFor();
    }
  }

  private static MeshRecord one(String id) {
    var records = Mesh.list();
    if (records.isEmpty()) {
      throw new MeshFailure("No mesh is up; see 'sim/mesh up --help'");
    }
    var ids = String.join(", ", records.stream().map(MeshRecord::id).toList());
    if (id.isEmpty()) {
      if (records.size() > 1) {
        throw new MeshFailure("Which mesh? There are " + ids);
      }
      return records.get(0);
    }
    return records.stream()
        .filter(record -> record.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new MeshFailure("No mesh " + id + "; there are " + ids));
  }
}
