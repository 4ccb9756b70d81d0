package org.kedge.sim.mesh.zombie;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshProcess;
import org.kedge.sim.mesh.net.Site;

/** A babeld on each node of a mesh without Kedge: left alone, or started again by a simple init. Any thread. */
final class PlainBabelds implements AutoCloseable {
  private static final Duration TERM_LIMIT = Duration.ofSeconds(5);

  /** How long the script's question waits here for a greeting; a well babeld takes milliseconds. */
  private static final Duration GREETING_LIMIT = Duration.ofSeconds(5);

  private final Mesh mesh;
  private final Site site;
  private final boolean respawns;
  private final Map<String, MeshProcess> running = new HashMap<>();
  private final Map<String, RespawnRule> rules = new HashMap<>();
  private final Map<String, List<Instant>> ends = new HashMap<>();
  private final Map<String, Integer> starts = new HashMap<>();
  private final ScheduledExecutorService init = Executors.newSingleThreadScheduledExecutor(work -> {
    var thread = new Thread(work, "init");
    thread.setDaemon(true);
    return thread;
  });
  private boolean closed;

  private PlainBabelds(Mesh mesh, boolean respawns) {
    this.mesh = mesh;
    this.site = mesh.site();
    this.respawns = respawns;
  }

  static PlainBabelds start(Mesh mesh, boolean respawns) throws IOException {
    var babelds = new PlainBabelds(mesh, respawns);
    for (var node : babelds.site.nodes()) {
      Files.createDirectories(babelds.site.data(node));
      Files.writeString(
          babelds.site.data(node).resolve("babeld.conf"), mesh.babeldConfiguration(node));
      babelds.begin(node);
    }
    return babelds;
  }

  private synchronized void begin(String node) {
    if (closed) {
      return;
    }
    var data = site.data(node);
    var command = new ArrayList<>(List.of(
        "babeld",
        "-I",
        data.resolve("babeld.pid").toString(),
        "-S",
        data.resolve("babeld.state").toString(),
        "-c",
        data.resolve("babeld.conf").toString(),
        "-G",
        data.resolve("babeld.sock").toString(),
        // Without descriptors it writes 28 MB a second.
        "-L",
        "/dev/null"));
    command.addAll(mesh.topology().babeldOptions());
    command.addAll(mesh.babeldInterfaces(node));
    var process = site.start(node, command);
    running.put(node, process);
    starts.merge(node, 1, Integer::sum);
    if (respawns) {
      var unused = process.exit().thenAccept(code -> ended(node));
    }
  }

  private synchronized void ended(String node) {
    if (closed) {
      return;
    }
    var now = Instant.now();
    ends.computeIfAbsent(node, name -> new ArrayList<>()).add(now);
    var wait = rules.computeIfAbsent(node, name -> new RespawnRule()).next(now);
    var unused = init.schedule(() -> begin(node), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** When init first saw a node's babeld end. */
  synchronized Optional<Instant> firstEnd(String node) {
    return ends.getOrDefault(node, List.of()).stream().findFirst();
  }

  /** How often babeld was started at a node, the first time included. */
  synchronized int starts(String node) {
    return starts.getOrDefault(node, 0);
  }

  /** Asks as a liveness script does: connect, and wait for the greeting. Waits at most 5 s. */
  ScriptClock.Answer ask(String node) {
    var end = System.nanoTime() + GREETING_LIMIT.toNanos();
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      // A full queue would hold a blocking one for ever.
      channel.configureBlocking(false);
      try {
        channel.connect(UnixDomainSocketAddress.of(site.data(node).resolve("babeld.sock")));
      } catch (IOException e) {
        return String.valueOf(e.getMessage()).contains("temporarily")
            ? ScriptClock.Answer.SILENT
            : ScriptClock.Answer.REFUSED;
      }
      var buffer = ByteBuffer.allocate(64);
      while (System.nanoTime() - end < 0) {
        var read = channel.read(buffer);
        if (read > 0) {
          return ScriptClock.Answer.ANSWERS;
        }
        if (read < 0) {
          return ScriptClock.Answer.REFUSED;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
      return ScriptClock.Answer.SILENT;
    } catch (IOException e) {
      return ScriptClock.Answer.REFUSED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ScriptClock.Answer.SILENT;
    }
  }

  /** Ends a node's babeld for sure, removes its files and starts it anew, as a service's start script does. */
  void restart(String node) {
    MeshProcess old;
    synchronized (this) {
      old = Objects.requireNonNull(running.get(node), node);
    }
    old.end(TERM_LIMIT);
    site.remove(node, "babeld.pid", "babeld.sock");
    begin(node);
  }

  @Override
  public synchronized void close() {
    closed = true;
    init.shutdownNow();
  }
}
