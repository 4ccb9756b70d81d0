package org.kedge.gateway;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.kedge.sim.mesh.net.MeshFailure;

/** QEMU's control of the machine, in its machine protocol: a line of JSON each way. Any thread. */
final class Qmp implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** Something that happened to the machine, such as {@code WATCHDOG} or {@code RESET}. */
  record Event(String name, Instant at) {}

  private final LineSocket socket;
  private final BlockingQueue<JsonObject> answers = new LinkedBlockingQueue<>();
  private final List<Event> events = new CopyOnWriteArrayList<>();

  /** Over a connected socket, which is closed with it. */
  Qmp(LineSocket socket) {
    this.socket = socket;
    socket.listen(this::hear);
    execute("qmp_capabilities");
  }

  private void hear(String line) {
    var message = JsonParser.parseString(line).getAsJsonObject();
    if (message.has("event")) {
      events.add(new Event(message.get("event").getAsString(), Instant.now()));
    } else if (!message.has("QMP")) {
      answers.add(message);
    }
  }

  /** Without arguments; it has to succeed. */
  synchronized void execute(String command) {
    answers.clear();
    socket.send("{\"execute\": \"" + command + "\"}");
    try {
      var answer = answers.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      if (answer == null || !answer.has("return")) {
        throw new MeshFailure("QEMU answered " + answer + " to " + command);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MeshFailure("Interrupted while QEMU had to answer " + command, e);
    }
  }

  /** Those of a name since a moment, in their order. */
  List<Event> events(String name, Instant since) {
    return events.stream()
        .filter(event -> event.name().equals(name) && !event.at().isBefore(since))
        .toList();
  }

  @Override
  public void close() {
    socket.close();
  }
}
