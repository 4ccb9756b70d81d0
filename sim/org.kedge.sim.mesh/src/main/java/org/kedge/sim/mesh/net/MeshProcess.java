package org.kedge.sim.mesh.net;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program running in a namespace of a mesh. Any thread. */
public final class MeshProcess {
  private final String place;
  private final List<String> arguments;
  private final Process process;

  MeshProcess(String place, List<String> arguments, Process process) {
    this.place = place;
    this.arguments = List.copyOf(arguments);
    this.process = process;
  }

  /** The node it runs in, or {@code broker} or {@code beyond}. */
  public String place() {
    return place;
  }

  /** Of the program itself; nothing stands between. */
  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Completes with the exit code; 128 + N for signal N. */
  public CompletableFuture<Integer> exit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** SIGTERM, and SIGKILL if that does not end it in time. */
  public void end(Duration patience) {
    process.destroy();
    if (!endsWithin(patience)) {
      kill();
    }
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly();
    if (!endsWithin(Duration.ofSeconds(5))) {
      throw new MeshFailure(this + " does not end, not even killed");
    }
  }

  private boolean endsWithin(Duration limit) {
    try {
      return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public String toString() {
    return "'" + String.join(" ", arguments) + "' in " + place + ", process " + pid();
  }
}
