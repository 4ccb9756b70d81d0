package org.kedge.babel.internal.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.BabelLine.Ok;
import org.kedge.base.api.Uptime;

/** A connection to babeld as a test plays it: greeting, one dump, then what a monitor tells. */
final class Session {
  static final Uptime NOW = new Uptime(7);

  final List<BabelLine> lines = new ArrayList<>();
  final LiveTable table = new LiveTable();
  final LineParser parser = new LineParser();
  private final LineReader reader = new LineReader(this::take);
  private int answers;
  int material;

  static Session of(String text) {
    return new Session().feed(text.getBytes(ISO_8859_1));
  }

  static Session ofTranscript(String name) {
    return new Session().feed(transcript(name));
  }

  static byte[] transcript(String name) {
    try (var file = Session.class.getResourceAsStream("/transcripts/" + name)) {
      return Objects.requireNonNull(file, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Session feed(byte[] bytes) {
    reader.feed(ByteBuffer.wrap(bytes));
    return this;
  }

  RoutingTable snapshot() {
    return table.snapshot(NOW);
  }

  private void take(byte[] bytes, int offset, int length) {
    // What the recorder wrote: a command that was sent, and the end of the connection.
    if (starts("> ", bytes, offset, length) || starts("<EOF>", bytes, offset, length)) {
      return;
    }
    var line = parser.parse(bytes, offset, length);
    lines.add(line);
    if (line instanceof Ok) {
      answers++;
      if (answers == 1) {
        table.beginDump();
      } else if (answers == 2) {
        table.endDump(NOW);
      }
    }
    if (table.apply(line)) {
      material++;
    }
  }

  private static boolean starts(String word, byte[] bytes, int offset, int length) {
    return new String(bytes, offset, length, ISO_8859_1).startsWith(word);
  }
}
