package org.kedge.sim.mesh.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.kedge.base.api.CommandResult;
import org.kedge.base.internal.command.ProcessCommandRunner;

/**
 * A mesh that is up, of this process or another, for who wants to reach into it: commands, files and processes of its places. Needs
 * root. Any thread. What the machine refuses is a {@link MeshFailure}.
 */
public final class Site {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Pattern INTERFACE = Pattern.compile("(?m)^\\d+: (to\\d+)[@:]");

  private final MeshRecord record;
  private final Tools tools;

  Site(MeshRecord record, Tools tools) {
    this.record = record;
    this.tools = tools;
  }

  public static Site of(MeshRecord record) {
    return new Site(record, new Tools(new ProcessCommandRunner()));
  }

  public String id() {
    return record.id();
  }

  /** Its routers, in the order of their numbers. */
  public List<String> nodes() {
    return places().stream()
        .filter(place -> !place.equals(Plan.BEYOND) && !place.equals(Plan.BROKER))
        .toList();
  }

  private List<String> places() {
    return record.namespaces().stream()
        .map(namespace -> namespace.substring(prefix().length()))
        .toList();
  }

  private String prefix() {
    return "kedge-" + record.id() + "-";
  }

  /** The router that leads to the internet, if there is one. */
  public Optional<String> exit() {
    return places().contains(Plan.BEYOND)
        ? nodes().stream()
            .filter(
                node -> exec(node, "ip", "link", "show", "out0") instanceof CommandResult.Ended e
                    && e.succeeded())
            .findFirst()
        : Optional.empty();
  }

  /** Interfaces towards other routers. */
  public List<String> babeldInterfaces(String node) {
    return INTERFACE
        .matcher(run(node, "ip", "-o", "link", "show"))
        .results()
        .map(found -> found.group(1))
        .sorted()
        .toList();
  }

  /** The router an interface leads to. */
  public String farEnd(String interfaceName) {
    return nodes().get(Integer.parseInt(interfaceName.substring("to".length())) - 1);
  }

  /** What the interfaces that lead to this router are called at its neighbours. */
  public String interfaceTowards(String far) {
    return "to" + (nodes().indexOf(far) + 1);
  }

  /** Where a router's controller and babeld keep their files, {@code babeld.pid} and {@code babeld.sock} among them. */
  public Path data(String node) {
    return record.folder().resolve("run").resolve(node).resolve("data");
  }

  /** The process of a router's babeld by its pid file; empty if there is none or it is no babeld. */
  public OptionalLong babeldIfAny(String node) {
    try {
      var pid =
          Long.parseLong(Files.readString(data(node).resolve("babeld.pid")).strip());
      var name = Files.readString(Path.of("/proc", Long.toString(pid), "comm")).strip();
      return name.equals("babeld") ? OptionalLong.of(pid) : OptionalLong.empty();
    } catch (IOException | NumberFormatException e) {
      // No file, half a file, or no process of that number: no babeld.
      return OptionalLong.empty();
    }
  }

  /** As {@link #babeldIfAny}; none is a failure. */
  public long babeld(String node) {
    return babeldIfAny(node)
        .orElseThrow(() -> new MeshFailure("No babeld runs at " + node + " of mesh " + id()
            + "; its pid file would be " + data(node).resolve("babeld.pid")));
  }

  /** Runs to its end in a place, at most 10 s; it has to succeed. */
  public String run(String place, String... arguments) {
    var result = exec(place, arguments);
    if (result instanceof CommandResult.Ended ended && ended.succeeded()) {
      return ended.output();
    }
    throw new MeshFailure(
        "'" + String.join(" ", arguments) + "' at " + place + ": " + result.inWords());
  }

  /** Runs to its end in a place, at most 10 s. */
  public CommandResult exec(String place, String... arguments) {
    return tools.run(LIMIT, inside(place, List.of(arguments)));
  }

  /** Many lines for {@code ip}, in one go; a line that fails is a failure that names it. */
  public void ipBatch(String place, List<String> lines) {
    try {
      var file = Files.createTempFile(record.folder(), "batch-", "");
      try {
        tools.batch(file, List.of("ip", "-n", namespace(place)), lines);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new MeshFailure("Cannot use " + record.folder() + ": " + e, e);
    }
  }

  /** Starts a program in a place; its output and errors are handed over line by line. It ends with the mesh at the latest. */
  public MeshProcess start(String place, List<String> arguments, Consumer<String> output) {
    var builder = new ProcessBuilder(inside(place, arguments)).redirectErrorStream(true);
    return Mesh.start(place, arguments, builder, output, output);
  }

  /** Starts a program in a place whose output nobody wants. */
  public MeshProcess start(String place, List<String> arguments) {
    var builder = new ProcessBuilder(inside(place, arguments))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    return new MeshProcess(place, arguments, Mesh.begin(place, arguments, builder));
  }

  /** Removes files from {@link #data} that may be there. */
  public void remove(String node, String... files) {
    try {
      for (var file : files) {
        Files.deleteIfExists(data(node).resolve(file));
      }
    } catch (IOException e) {
      throw new MeshFailure("Cannot remove files of " + node + ": " + e, e);
    }
  }

  private List<String> inside(String place, List<String> arguments) {
    var whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace(place)));
    whole.addAll(arguments);
    return whole;
  }

  private String namespace(String place) {
    if (!places().contains(place)) {
      throw new NoSuchElementException(
          "No place " + place + " in mesh " + id() + "; it has " + String.join(", ", places()));
    }
    return prefix() + place;
  }
}
