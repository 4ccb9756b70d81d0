package org.kedge.telemetry.internal.outbox;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.kedge.telemetry.internal.core.Kind;

/**
 * The outbox as bytes: records one after the other, each with its length and a checksum, so that a torn or spoilt one is known and
 * costs no other.
 */
public final class OutboxBytes {
  private static final short MARK = 0x4B65;

  /** Mark, length and checksum. */
  private static final int FRAME = 2 + 4 + 4;

  private static final int LONGEST = 1 << 20;
  private static final byte HEAD = 1;
  private static final byte KEPT = 2;
  private static final byte SENT = 3;

  private OutboxBytes() {}

  /** What stands in the outbox. */
  public sealed interface Line {
    /**
     * Where a run stood when it wrote this: first in each file, and last at a clean end.
     *
     * @param bootId of the run
     * @param lastId given out so far
     * @param sequence given out last in the run
     * @param journal number of care's entry told last
     * @param age of the outbox
     */
    record Head(String bootId, long lastId, long sequence, long journal, Duration age)
        implements Line {}

    /** @param body compressed */
    record Kept(Item item, byte[] body) implements Line {}

    /** These arrived. */
    record Sent(List<Long> ids) implements Line {}
  }

  /**
   * A message that waits.
   *
   * @param id from 1, one more with each, over restarts
   * @param sequence under which the reader knows it, with the boot id in its body
   * @param journal number of care's entry that it tells; 0 for none
   * @param isTenth the snapshot of its ten minutes that is kept longest
   * @param age of the outbox when it was made
   */
  public record Item(
      long id, Kind kind, long sequence, long journal, boolean isTenth, Duration age) {}

  /** A line and where it stands in its file. */
  public record Placed(Line line, int offset, int length) {}

  /** @param torn stretches of bytes that are no whole record */
  public record Parsed(List<Placed> lines, int torn) {}

  public static byte[] of(Line line) {
    var payload = new ByteArrayOutputStream(256);
    try (var out = new DataOutputStream(payload)) {
      if (line instanceof Line.Head head) {
        out.writeByte(HEAD);
        out.writeUTF(head.bootId());
        out.writeLong(head.lastId());
        out.writeLong(head.sequence());
        out.writeLong(head.journal());
        out.writeLong(head.age().toMillis());
      } else if (line instanceof Line.Kept kept) {
        out.writeByte(KEPT);
        out.writeLong(kept.item().id());
        out.writeByte(kept.item().kind().ordinal());
        out.writeLong(kept.item().sequence());
        out.writeLong(kept.item().journal());
        out.writeBoolean(kept.item().isTenth());
        out.writeLong(kept.item().age().toMillis());
        out.write(kept.body());
      } else if (line instanceof Line.Sent sent) {
        out.writeByte(SENT);
        for (long id : sent.ids()) {
          out.writeLong(id);
        }
      }
      var content = payload.toByteArray();
      var framed = new ByteArrayOutputStream(FRAME + content.length);
      try (var frame = new DataOutputStream(framed)) {
        frame.writeShort(MARK);
        frame.writeInt(content.length);
        frame.writeInt(checksum(content, 0, content.length));
        frame.write(content);
      }
      return framed.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to memory failed", e);
    }
  }

  /** Every whole record of a file, whatever lies between them. */
  public static Parsed parse(byte[] file) {
    var lines = new ArrayList<Placed>();
    var torn = 0;
    var inGap = false;
    for (var at = 0; at < file.length; ) {
      var placed = lineAt(file, at);
      if (placed.isPresent()) {
        lines.add(placed.get());
        at += placed.get().length();
        inGap = false;
      } else {
        torn += inGap ? 0 : 1;
        inGap = true;
        at++;
      }
    }
    return new Parsed(lines, torn);
  }

  /** The whole record at this place; empty where there is none. */
  public static Optional<Placed> lineAt(byte[] file, int at) {
    if (at < 0
        || at + FRAME > file.length
        || file[at] != (byte) (MARK >> 8)
        || file[at + 1] != (byte) MARK) {
      return Optional.empty();
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(file, at + 2, file.length))) {
      var length = in.readInt();
      var checksum = in.readInt();
      if (length < 1
          || length > LONGEST
          || at + FRAME + length > file.length
          || checksum(file, at + FRAME, length) != checksum) {
        return Optional.empty();
      }
      return line(in, length).map(line -> new Placed(line, at, FRAME + length));
    } catch (IOException e) {
      // It ends before it should, though its checksum is right: of another version.
      return Optional.empty();
    }
  }

  private static Optional<Line> line(DataInputStream in, int length) throws IOException {
    return switch (in.readByte()) {
      case HEAD ->
        Optional.of(new Line.Head(
            in.readUTF(),
            in.readLong(),
            in.readLong(),
            in.readLong(),
            Duration.ofMillis(in.readLong())));
      case KEPT -> kept(in, length);
      case SENT -> {
        var ids = new ArrayList<Long>();
        for (var left = length - 1; left >= Long.BYTES; left -= Long.BYTES) {
          ids.add(in.readLong());
        }
        yield Optional.of(new Line.Sent(ids));
      }
      default -> Optional.empty();
    };
  }

  private static Optional<Line> kept(DataInputStream in, int length) throws IOException {
    var id = in.readLong();
    var kind = in.readByte();
    if (kind < 0 || kind >= Kind.values().length) {
      return Optional.empty();
    }
    var item = new Item(
        id,
        Kind.values()[kind],
        in.readLong(),
        in.readLong(),
        in.readBoolean(),
        Duration.ofMillis(in.readLong()));
    var before = 1 + Long.BYTES + 1 + Long.BYTES + Long.BYTES + 1 + Long.BYTES;
    return Optional.of(new Line.Kept(item, in.readNBytes(length - before)));
  }

  private static int checksum(byte[] bytes, int from, int length) {
    var crc = new CRC32C();
    crc.update(bytes, from, length);
    return (int) crc.getValue();
  }
}
