package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node as people start it, {@code sim/node}; killed when closed. */
final class NodeProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Process process;
  private final Path out;
  private final Path err;

  private NodeProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** @param folder for what it prints */
  static NodeProcess start(Path folder, String... words) throws IOException {
    var out = Files.createTempFile(folder, "out", ".log");
    var err = Files.createTempFile(folder, "err", ".log");
    var command = new ArrayList<String>(List.of(Built.nodeCommand().toString()));
    command.addAll(List.of(words));
    var builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().keySet().removeAll(List.of("KEDGE_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS"));
    return new NodeProcess(builder.start(), out, err);
  }

  /** What it printed so far on standard output: the log of a node that runs. */
  String out() {
    return read(out);
  }

  /** What it printed so far on standard error: why it does not run. */
  String err() {
    return read(err);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void signal(String name) throws IOException, InterruptedException {
    var kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(pid())).inheritIO().start();
    assertThat(kill.waitFor()).as("kill -%s", name).isZero();
  }

  int exitCode() throws InterruptedException {
    assertThat(process.waitFor(LIMIT.toMillis(), TimeUnit.MILLISECONDS))
        .as("ended, having printed %s%s", out(), err())
        .isTrue();
    return process.exitValue();
  }

  /** SIGKILL to what runs under a keeper. */
  void killChildren() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() {
    // The keeper first: it would start what it keeps again.
    var children = process.descendants().toList();
    process.destroyForcibly().onExit().join();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("What the node printed cannot be read", e);
    }
  }
}
