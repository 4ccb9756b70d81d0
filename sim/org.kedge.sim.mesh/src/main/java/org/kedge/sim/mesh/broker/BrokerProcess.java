package org.kedge.sim.mesh.broker;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kedge.sim.mesh.net.Mesh;
import org.kedge.sim.mesh.net.MeshFailure;
import org.kedge.sim.mesh.net.MeshProcess;

/** A {@link BrokerMain} in the broker's place of a mesh, heard from here. Ends with the mesh at the latest. */
public final class BrokerProcess implements AutoCloseable {
  /** Called on a thread of the broker process's output, in order. */
  public interface Listener {
    void received(Received message);

    default void connected(BrokerLine.Connected connected) {}

    default void disconnected(BrokerLine.Disconnected disconnected) {}

    /** A line that is none of the broker's own: a log line, a stack trace, a fault of ours. */
    void unknown(String line);
  }

  public static final int PORT = 1883;

  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Duration END_LIMIT = Duration.ofSeconds(2);
  private static final int LAST_WORDS = 20;
  private static final List<String> SMALL_JVM = List.of(
      "-Xmx64m",
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-XX:MaxMetaspaceSize=64m",
      "-Xshare:auto",
      "-Dio.netty.eventLoopThreads=2",
      "-Dio.netty.allocator.type=unpooled",
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

  private final MeshProcess process;
  private final InetSocketAddress address;

  private BrokerProcess(MeshProcess process, InetSocketAddress address) {
    this.process = process;
    this.address = address;
  }

  /** Starts it and waits until it listens. */
  public static BrokerProcess start(Mesh mesh, Listener listener) {
    // Completed with the reason if it will never listen.
    var ready = new CompletableFuture<Optional<String>>();
    var lastWords = new ArrayDeque<String>();
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(SMALL_JVM);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), BrokerMain.class.getName()));
    command.addAll(List.of("--listen", "[::]:" + PORT));
    var process = mesh.start(
        mesh.brokerPlace(), command, Map.of(), line -> heard(line, listener, ready), line -> {
          remember(line, lastWords);
          listener.unknown(line);
        });
    var unused = process
        .exit()
        .thenAccept(code -> ready.complete(
            Optional.of("The broker ended with exit code " + code + ": " + words(lastWords))));
    var refusal = waitFor(ready, process, lastWords);
    if (refusal.isPresent()) {
      throw new MeshFailure(refusal.get());
    }
    return new BrokerProcess(process, new InetSocketAddress(mesh.brokerAddress(), PORT));
  }

  private static Optional<String> waitFor(
      CompletableFuture<Optional<String>> ready,
      MeshProcess process,
      ArrayDeque<String> lastWords) {
    try {
      return ready.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      process.kill();
      return Optional.of("The broker does not listen after " + START_LIMIT.toSeconds() + " s: "
          + words(lastWords));
    } catch (InterruptedException e) {
      process.kill();
      Thread.currentThread().interrupt();
      return Optional.of("Interrupted while the broker started");
    } catch (ExecutionException e) {
      throw new IllegalStateException("Nobody fails this future", e);
    }
  }

  private static void heard(
      String line, Listener listener, CompletableFuture<Optional<String>> ready) {
    var parsed = BrokerLine.parse(line);
    if (parsed.isEmpty()) {
      listener.unknown(line);
      return;
    }
    var said = parsed.get();
    if (said instanceof BrokerLine.Published published) {
      listener.received(published.received());
    } else if (said instanceof BrokerLine.Connected connected) {
      listener.connected(connected);
    } else if (said instanceof BrokerLine.Disconnected disconnected) {
      listener.disconnected(disconnected);
    } else {
      ready.complete(Optional.empty());
    }
  }

  private static void remember(String line, ArrayDeque<String> lastWords) {
    synchronized (lastWords) {
      lastWords.add(line);
      if (lastWords.size() > LAST_WORDS) {
        lastWords.remove();
      }
    }
  }

  private static String words(ArrayDeque<String> lastWords) {
    synchronized (lastWords) {
      return lastWords.isEmpty() ? "it said nothing" : String.join("\n", lastWords);
    }
  }

  /** Where the nodes reach it. */
  public InetSocketAddress address() {
    return address;
  }

  /** For an MQTT client, {@code tcp://203.0.113.129:1883}. */
  public String uri() {
    return "tcp://" + address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  public MeshProcess process() {
    return process;
  }

  /** SIGTERM; it is gone on return. */
  @Override
  public void close() {
    process.end(END_LIMIT);
  }
}
