package org.kedge.sim.mesh.run;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.MeshProcess;

/** One Kedge controller in its node's namespace, with the settings an operator of this mesh would give it. Not thread-safe. */
public final class KedgeNode {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private static final int LAST_LINES = 20;

  private final Mesh mesh;
  private final String name;
  private final Path program;
  private final Path folder;
  private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();
  private MeshProcess process;

  private KedgeNode(
      Mesh mesh, String name, Path program, Path folder, Map<String, Map<String, String>> settings)
      throws IOException {
    this.mesh = mesh;
    this.name = name;
    this.program = program;
    this.folder = folder;
    this.settings.putAll(settings);
    process = launch();
  }

  /**
   * Starts it.
   *
   * @param program {@code sim/node}
   * @param broker such as {@code tcp://203.0.113.129:1883}
   * @param own settings of this node beyond the usual ones, {@code PID/name} to value
   */
  public static KedgeNode start(
      Mesh mesh, String name, Path program, String broker, Map<String, String> own)
      throws IOException {
    var settings = new LinkedHashMap<String, Map<String, String>>();
    settings.put("org.kedge.base", new LinkedHashMap<>(Map.of("node.id", name)));
    // A namespace is not the machine: what would reboot the one would reboot the other.
    settings.put("org.kedge.care", new LinkedHashMap<>(Map.of("reboot.command", "")));
    settings.put("org.kedge.watchdog", new LinkedHashMap<>(Map.of("device", "none")));
    settings.put("org.kedge.babel", babel(mesh, name));
    settings.put("org.kedge.telemetry", new LinkedHashMap<>(Map.of("broker.address", broker)));
    own.forEach((path, value) -> put(settings, path, value));
    return new KedgeNode(mesh, name, program, mesh.runFolder(name), settings);
  }

  private static Map<String, String> babel(Mesh mesh, String name) {
    var babel = new LinkedHashMap<String, String>();
    babel.put("run.mode", "child");
    babel.put("interfaces", String.join(",", mesh.babeldInterfaces(name)));
    babel.put("babeld.arguments", String.join(" ", mesh.topology().babeldOptions()));
    babel.put(
        "babeld.configuration",
        mesh.babeldConfiguration(name)
            .lines()
            .filter(line -> !line.isBlank())
            .collect(Collectors.joining("; \\\n  ")));
    if (mesh.topology().exit().isPresent()) {
      babel.put("exit.address", digits(mesh.exitAddress()));
      babel.put("beyond.address", digits(mesh.beyondAddress()));
    }
    return babel;
  }

  private static String digits(InetAddress address) {
    return address.getHostAddress().replaceAll("(^|:)(0(:|$)){2,}", "::");
  }

  private MeshProcess launch() throws IOException {
    var file = folder.resolve("kedge.settings");
    Files.writeString(file, text());
    return mesh.start(
        name,
        List.of(
            program.toString(),
            "--keep",
            "--settings",
            file.toString(),
            "--data",
            folder.resolve("data").toString()),
        Map.of(),
        log());
  }

  private String text() {
    return settings.entrySet().stream()
        .map(section -> "["
            + section.getKey()
            + "]\n"
            + section.getValue().entrySet().stream()
                .map(one -> one.getKey() + " = " + one.getValue() + "\n")
                .collect(Collectors.joining()))
        .collect(Collectors.joining("\n"));
  }

  public String name() {
    return name;
  }

  /** Where its log and that of its babeld go. */
  public Path log() {
    return folder.resolve("kedge.log");
  }

  /** The last lines of its log, for who asks why; empty text if it cannot be read. */
  public String lastWords() {
    try {
      var lines = Files.readAllLines(log());
      return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }

  /** Where it keeps its files: babeld.pid and babeld.sock among them. */
  public Path data() {
    return folder.resolve("data");
  }

  public MeshProcess process() {
    return process;
  }

  /** The pid of Kedge itself, which runs under its keeper. */
  public long runtime() {
    return ProcessHandle.of(process.pid()).stream()
        .flatMap(ProcessHandle::children)
        .filter(child ->
            child.info().command().filter(name -> name.endsWith("java")).isPresent())
        .findFirst()
        .orElseThrow(() -> new MeshFailure("Kedge of " + name + " does not run"))
        .pid();
  }

  /** The pid of its babeld, from the pid file. */
  public long babeld() throws IOException {
    return Long.parseLong(Files.readString(data().resolve("babeld.pid")).strip());
  }

  /** SIGTERM, and waits for the end; babeld goes on. */
  public void stop() {
    process.end(STOP_LIMIT);
  }

  /** Starts it again with the same settings and data. */
  public void startAgain() throws IOException {
    process = launch();
  }

  /** Stops it and starts it with one setting changed. */
  public void startWith(String path, String value) throws IOException {
    stop();
    put(settings, path, value);
    startAgain();
  }

  private static void put(Map<String, Map<String, String>> settings, String path, String value) {
    var slash = path.indexOf('/');
    settings
        .computeIfAbsent(path.substring(0, slash), pid -> new LinkedHashMap<>())
        .put(path.substring(slash + 1), value);
  }
}
