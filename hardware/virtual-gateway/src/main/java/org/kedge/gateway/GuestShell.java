package org.kedge.gateway;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kedge.sim.mesh.net.MeshFailure;

/** The machine's shell on its second serial line: one command at a time. Any thread. */
final class GuestShell implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** What the firmware left in the line's buffer may stand before it. */
  private static final Pattern READY = Pattern.compile("ready ([0-9a-f-]{36})$");

  /** One run of the machine's kernel. */
  record Boot(String id, Instant readyAt) {}

  /** What a command said, errors among it, without the last line's end. */
  record Answer(int exitCode, String output) {}

  /** No answer: too late, or the machine was reset meanwhile. The next one may come. */
  static final class Unheard extends RuntimeException {
    private static final long serialVersionUID = 1;

    Unheard(String message) {
      super(message);
    }
  }

  private record Pending(String mark, StringBuilder output, CompletableFuture<Answer> answer) {}

  private final LineSocket socket;
  private volatile Optional<Boot> boot = Optional.empty();
  private volatile @Nullable Pending pending;
  private long marks;

  /** Over a connected socket, which is closed with it. */
  GuestShell(LineSocket socket) {
    this.socket = socket;
    socket.listen(this::hear);
  }

  private void hear(String line) {
    var waiting = pending;
    var ready = READY.matcher(line);
    if (ready.find()) {
      boot = Optional.of(new Boot(ready.group(1), Instant.now()));
      if (waiting != null) {
        waiting.answer().completeExceptionally(new Unheard("the machine was reset meanwhile"));
      }
    } else if (waiting == null) {
      // The end of an answer for which nobody waits any more.
      return;
    } else if (line.equals(waiting.mark() + " begin")) {
      waiting.output().setLength(0);
    } else if (line.startsWith(waiting.mark() + " ")) {
      var code = Integer.parseInt(line.substring(waiting.mark().length() + 1));
      waiting.answer().complete(new Answer(code, waiting.output().toString().strip()));
    } else {
      waiting.output().append(line).append('\n');
    }
  }

  /** The latest time that the shell said it is there. */
  Optional<Boot> boot() {
    return boot;
  }

  /** Runs a line of shell; it has to succeed. */
  String run(String line) {
    var answer = ask(line);
    if (answer.exitCode() != 0) {
      throw new MeshFailure("'" + line + "' in the virtual gateway: exit code " + answer.exitCode()
          + ": " + answer.output());
    }
    return answer.output();
  }

  /** As {@link #run}, where nothing is to be said. */
  void order(String line) {
    var unused = run(line);
  }

  /**
   * Runs a line of shell; what goes on in the background must not hold the output.
   *
   * @throws Unheard if no answer came
   */
  synchronized Answer ask(String line) {
    var mark = "answer-" + ++marks;
    var asked = new Pending(mark, new StringBuilder(), new CompletableFuture<>());
    pending = asked;
    try {
      socket.send(mark + " " + line);
      return asked.answer().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Unheard("no answer to '" + line + "' within " + LIMIT.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new Unheard("no answer to '" + line + "', " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unheard("interrupted while '" + line + "' ran");
    } finally {
      pending = null;
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
