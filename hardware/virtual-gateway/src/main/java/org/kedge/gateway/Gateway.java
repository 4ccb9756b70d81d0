package org.kedge.gateway;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.MeshProcess;
import org.kedge.sim.mesh.topology.Topology;
import org.kedge.sim.mesh.topology.TopologyParser;
import org.kedge.sim.mesh.zombie.Pings;

/**
 * A gateway in a virtual machine, with a neighbour on each side and traffic through it: its kernel, flash, network and watchdog are
 * its own, so it can be reset, frozen and cut from power. Everything lives in the namespaces and the folder of one mesh and goes
 * with it. Any thread; one machine at a time is what a small machine can bear.
 */
public final class Gateway implements AutoCloseable {
  /** The slowest machine needs less than this to boot, start Kedge and find its neighbours. */
  static final Duration LIMIT = Duration.ofMinutes(3);

  private static final String WEST = "west";
  private static final String SELF = "gateway";
  private static final String EAST = "east";
  private static final Duration LOOK = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration STEADY = Duration.ofSeconds(1);
  private static final String STATUS = "http://127.0.0.1:8479/status";
  private static final String FLASH_SIZE = "96M";
  private static final String TROUBLE = "org.kedge.gateway.trouble.jar";

  /**
   * What kind of gateway.
   *
   * @param settings of Kedge beyond the usual ones, {@code PID/name} to value
   * @param trouble whether a bundle is installed that breaks Kedge when it is told to
   * @param console where the machine's console goes
   */
  public record Options(Map<String, String> settings, boolean trouble, Path console) {
    public Options {
      settings = Map.copyOf(settings);
      console = console.toAbsolutePath();
    }
  }

  private final Mesh mesh;
  private final Options options;
  private final MeshProcess machine;
  private final Qmp qmp;
  private final GuestShell shell;
  private final Pings pings;
  private final Instant poweredAt;

  private Gateway(Mesh mesh, Options options, Workshop workshop) throws IOException {
    this.mesh = mesh;
    this.options = options;
    makePorts();
    for (var neighbour : List.of(WEST, EAST)) {
      startBabeld(neighbour);
    }
    pings = Pings.start(mesh.site(), WEST, EAST);
    makeFlash(workshop);
    var kernel = workshop.kernel();
    poweredAt = Instant.now();
    machine = mesh.start(
        SELF,
        arguments(kernel, workshop.disk(kernel)),
        Map.of(),
        mesh.runFolder(SELF).resolve("qemu.log"));
    qmp = new Qmp(LineSocket.connect(socket("qmp"), PATIENCE));
    shell = new GuestShell(LineSocket.connect(socket("shell"), PATIENCE));
  }

  /**
   * Powers one up; Kedge starts by itself.
   *
   * @param workshop where what is made once is kept
   */
  public static Gateway powerUp(Workshop workshop, Options options) {
    Mesh.sweep();
    var mesh = Mesh.up(topology(workshop), Mesh.Options.OUT_OF_BAND);
    try {
      Files.createDirectories(options.console().getParent());
      return new Gateway(mesh, options, workshop);
    } catch (IOException | RuntimeException e) {
      mesh.down();
      throw e instanceof RuntimeException own
          ? own
          : new MeshFailure("The virtual gateway cannot be made: " + e, e);
    }
  }

  private static Topology topology(Workshop workshop) {
    try {
      var reading = TopologyParser.parse(workshop.module().resolve("gateway.mesh"));
      if (reading instanceof TopologyParser.Reading.Read read) {
        return read.topology();
      }
      throw new MeshFailure("gateway.mesh is no topology: " + reading);
    } catch (IOException e) {
      throw new MeshFailure("gateway.mesh cannot be read: " + e, e);
    }
  }

  /** Its namespace is only a patch bay: each cable ends at a bridge with the machine's port on it. */
  private void makePorts() {
    var unused = mesh.site().run(SELF, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
    var lines = new ArrayList<String>();
    mesh.topology().node(SELF).addresses().forEach(address -> {
      // Those of IPv6 went with it.
      if (!address.toString().contains(":")) {
        lines.add("addr del " + address + " dev lo");
      }
    });
    for (var name : mesh.babeldInterfaces(SELF)) {
      lines.add("link add br-" + name + " type bridge mcast_snooping 0");
      lines.add("tuntap add dev tap-" + name + " mode tap");
      for (var port : List.of(name, "tap-" + name)) {
        lines.add("link set " + port + " master br-" + name);
        lines.add("link set " + port + " up");
      }
      lines.add("link set br-" + name + " up");
    }
    mesh.site().ipBatch(SELF, lines);
  }

  private void startBabeld(String node) throws IOException {
    var folder = mesh.runFolder(node);
    Files.writeString(folder.resolve("babeld.conf"), mesh.babeldConfiguration(node));
    var arguments = new ArrayList<>(List.of(
        "babeld",
        "-I",
        folder.resolve("babeld.pid").toString(),
        "-S",
        folder.resolve("babeld.state").toString(),
        "-c",
        folder.resolve("babeld.conf").toString()));
    arguments.addAll(mesh.topology().babeldOptions());
    arguments.addAll(mesh.babeldInterfaces(node));
    var unused = mesh.start(node, arguments, Map.of(), folder.resolve("babeld.log"));
  }

  /** Kedge installed as on a real gateway, with its settings, on a file system of its own. */
  private void makeFlash(Workshop workshop) throws IOException {
    var tree = mesh.runFolder(SELF).resolve("tree");
    Files.createDirectories(tree.resolve("etc/kedge"));
    Files.writeString(tree.resolve("etc/kedge/node.settings"), settings());
    workshop.install(tree);
    if (options.trouble()) {
      TroubleBundle.write(tree.resolve("opt/kedge/bundles").resolve(TROUBLE));
    }
    var unused = Host.must(
        PATIENCE,
        "mkfs.ext4",
        "-q",
        "-E",
        "lazy_itable_init=0,root_owner=0:0",
        "-d",
        tree.toString(),
        flash().toString(),
        FLASH_SIZE);
    Folders.delete(tree);
  }

  private String settings() {
    var all = new LinkedHashMap<String, Map<String, String>>();
    put(all, "org.kedge.base/node.id", SELF);
    put(all, "org.kedge.care/reboot.command", "/box/reboot -f");
    put(all, "org.kedge.babel/run.mode", "child");
    put(all, "org.kedge.babel/interfaces", String.join(",", mesh.babeldInterfaces(SELF)));
    put(
        all,
        "org.kedge.babel/babeld.arguments",
        String.join(" ", mesh.topology().babeldOptions()));
    put(
        all,
        "org.kedge.babel/babeld.configuration",
        mesh.babeldConfiguration(SELF).strip().replace("\n", "; \\\n  "));
    options.settings().forEach((path, value) -> put(all, path, value));
    return all.entrySet().stream()
        .map(section -> "[" + section.getKey() + "]\n"
            + section.getValue().entrySet().stream()
                .map(one -> one.getKey() + " = " + one.getValue() + "\n")
                .collect(Collectors.joining()))
        .collect(Collectors.joining("\n"));
  }

  private static void put(Map<String, Map<String, String>> all, String path, String value) {
    var slash = path.indexOf('/');
    all.computeIfAbsent(path.substring(0, slash), pid -> new LinkedHashMap<>())
        .put(path.substring(slash + 1), value);
  }

  private Path flash() {
    return mesh.runFolder(SELF).resolve("flash.img");
  }

  private Path socket(String name) {
    return mesh.runFolder(SELF).resolve(name);
  }

  private List<String> arguments(GuestKernel kernel, Path disk) {
    var words = new ArrayList<>(List.of(
        "qemu-system-x86_64",
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        // Where /dev/kvm is one of a nested host it does not work, so it is never used.
        "-M",
        "q35",
        "-accel",
        "tcg",
        "-cpu",
        "max",
        "-m",
        "384",
        "-kernel",
        kernel.image().toString(),
        "-initrd",
        disk.toString(),
        "-append",
        kernelWords(),
        "-device",
        "i6300esb",
        "-action",
        "watchdog=reset",
        "-qmp",
        "unix:" + socket("qmp") + ",server=on,wait=off",
        "-chardev",
        "file,id=console,path=" + options.console(),
        "-serial",
        "chardev:console",
        "-chardev",
        "socket,id=shell,path=" + socket("shell") + ",server=on,wait=off",
        "-serial",
        "chardev:shell",
        "-drive",
        "if=virtio,format=raw,file=" + flash(),
        "-virtfs",
        "local,path=/usr,mount_tag=usr,security_model=none,readonly=on"));
    var number = 0;
    for (var name : mesh.babeldInterfaces(SELF)) {
      number++;
      words.addAll(List.of(
          "-netdev",
          "tap,id=" + name + ",ifname=tap-" + name + ",script=no,downscript=no",
          "-device",
          "virtio-net-pci,netdev=" + name + ",mac=02:00:5e:01:00:0" + number));
    }
    return words;
  }

  private String kernelWords() {
    var addresses = mesh.topology().node(SELF).addresses().stream()
        .map(Object::toString)
        .collect(Collectors.joining(","));
    return "console=ttyS0 quiet mitigations=off panic=1 gateway.addresses=" + addresses
        + " gateway.interfaces=" + String.join(",", mesh.babeldInterfaces(SELF))
        + " gateway.java=" + System.getProperty("java.home") + " ";
  }

  public GuestShell shell() {
    return shell;
  }

  public Qmp qmp() {
    return qmp;
  }

  public Pings pings() {
    return pings;
  }

  public Instant poweredAt() {
    return poweredAt;
  }

  /** What Kedge tells of itself; empty while it does not answer. */
  public Optional<JsonObject> status() {
    try {
      var answer = shell.ask("timeout 10 wget -q -O - " + STATUS);
      return answer.exitCode() == 0
          ? Optional.of(JsonParser.parseString(answer.output()).getAsJsonObject())
          : Optional.empty();
    } catch (GuestShell.Unheard e) {
      return Optional.empty();
    }
  }

  /** Kedge's process in the machine. */
  public OptionalLong kedge() {
    var answer = shell.ask("pidof java");
    return answer.exitCode() == 0
        ? OptionalLong.of(Long.parseLong(answer.output().split(" ", 2)[0]))
        : OptionalLong.empty();
  }

  /** A clean stop, waited for. */
  public void stopKedge() {
    shell.order("kill -TERM $(pidof java)");
    await("Kedge has stopped", () -> kedge().isEmpty());
  }

  /** Starts Kedge again, as after an update. */
  public void startKedge() {
    startKedge("");
  }

  /** @param javaOptions further ones of this one start */
  public void startKedge(String javaOptions) {
    // The shell is ahead of all others; what it starts is not to be.
    shell.order("KEDGE_JAVA_OPTIONS='" + javaOptions
        + "' nice -n 10 /guest/kedge </dev/null >/dev/null 2>&1 &");
  }

  /** Waits until Kedge answers and says what is wanted. */
  public JsonObject awaitStatus(String what, Predicate<JsonObject> wanted) {
    return awaitValue("status: " + what, () -> status().filter(wanted));
  }

  /** Waits until a new run of the kernel takes commands. */
  public GuestShell.Boot awaitBoot(Instant since) {
    return awaitValue(
        "the machine takes commands",
        () -> shell.boot().filter(boot -> !boot.readyAt().isBefore(since)));
  }

  /** Waits until traffic in both families goes through it. */
  public void awaitForwarding() {
    await("traffic goes through", () -> pings.isSteady(Instant.now(), STEADY));
  }

  /** Waits for something, at most {@link #LIMIT}; a failure shows the console's end. */
  public void await(String what, BooleanSupplier condition) {
    var unused =
        awaitValue(what, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  private <T> T awaitValue(String what, Supplier<Optional<T>> look) {
    var start = System.nanoTime();
    while (true) {
      var found = look.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (!machine.isAlive()) {
        throw new MeshFailure("QEMU ended: " + text(mesh.runFolder(SELF).resolve("qemu.log")));
      }
      if (System.nanoTime() - start > LIMIT.toNanos()) {
        throw new MeshFailure("Not within " + LIMIT.toSeconds() + " s: " + what
            + "\nThe last of its console (" + options.console() + "):\n" + consoleEnd());
      }
      try {
        TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MeshFailure("Interrupted while waiting: " + what, e);
      }
    }
  }

  /** The power goes and comes back: what was not on the flash is gone. */
  public void cutPower() {
    qmp.execute("system_reset");
  }

  /** The last lines of its console. */
  public String consoleEnd() {
    var lines = text(options.console()).lines().toList();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "(" + e + ")";
    }
  }

  @Override
  public void close() {
    try {
      pings.close();
      machine.kill();
      qmp.close();
      shell.close();
    } finally {
      mesh.down();
    }
  }
}
