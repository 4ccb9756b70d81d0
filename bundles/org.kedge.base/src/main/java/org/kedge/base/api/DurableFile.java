package org.kedge.base.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * A small file that survives a power cut: two generations in two places, each with a checksum. A write goes to the older place
 * and is synced before it returns; if the power fails meanwhile, the other place still holds the state before. Not thread-safe:
 * one lane owns it.
 */
public final class DurableFile {
  private static final List<String> PLACES = List.of(".a", ".b");
  private static final Pattern HEADER = Pattern.compile(
      "kedge-durable 1 generation (\\d{1,18}) length (\\d{1,9}) crc32c ([0-9a-f]{8})");
  private static final int HEADER_MAX = 100;

  private final Flash flash;
  private final String name;
  private OptionalInt synced = OptionalInt.empty();
  private OptionalInt unsure = OptionalInt.empty();

  public DurableFile(Flash flash, String name) {
    this.flash = flash;
    this.name = name;
  }

  /** What was found. */
  public sealed interface Found {
    /**
     * The newest whole content.
     *
     * @param damage what was wrong with the other place, if this is an older generation because of it
     */
    record Content(String text, long generation, Optional<String> damage) implements Found {}

    /** Never written. */
    record Absent() implements Found {}

    /** Something is there, but no place is whole. Waiting does not help. */
    record Damaged(String reason) implements Found {}
  }

  private sealed interface Place {
    record Whole(long generation, String text) implements Place {}

    record Broken(String reason) implements Place {}

    record Empty() implements Place {}
  }

  /**
   * Reads the newest whole generation.
   *
   * @throws IOException if no place is whole and one could not be read; waiting may help
   */
  public Found read() throws IOException {
    var places = places();
    var broken = places.stream()
        .filter(Place.Broken.class::isInstance)
        .map(place -> ((Place.Broken) place).reason())
        .collect(Collectors.joining("; "));
    var newest = newest(places);
    if (newest.isPresent()) {
      var whole = newest.get();
      return new Found.Content(
          whole.text(),
          whole.generation(),
          broken.isEmpty()
              ? Optional.empty()
              : Optional.of(broken + "; generation " + whole.generation() + " is used"));
    }
    return broken.isEmpty() ? new Found.Absent() : new Found.Damaged(broken);
  }

  /**
   * Replaces the content; durable when this returns. After an exception the content before or this one is found, whole. A write
   * that failed may be tried again.
   */
  public void write(String text) throws IOException {
    var content = text.getBytes(StandardCharsets.UTF_8);
    var places = places();
    var newest = newest(places);
    var generation = newest.map(Place.Whole::generation).orElse(0L) + 1;
    var at = placeToWrite(places, newest);
    var header = "kedge-durable 1 generation %d length %d crc32c %08x\n"
        .formatted(generation, content.length, checksum(generation, content))
        .getBytes(StandardCharsets.US_ASCII);
    var file = Arrays.copyOf(header, header.length + content.length);
    System.arraycopy(content, 0, file, header.length, content.length);
    unsure = OptionalInt.of(at);
    flash.write(name + PLACES.get(at), file);
    flash.sync(name + PLACES.get(at));
    unsure = OptionalInt.empty();
    synced = OptionalInt.of(at);
  }

  /** Never the newest place that is surely durable: it is what a cut leaves us. */
  private int placeToWrite(List<Place> places, Optional<Place.Whole> newest) throws IOException {
    if (unsure.isPresent()) {
      // Here a write failed: it may read as the newest and be gone after a cut.
      return unsure.getAsInt();
    }
    if (newest.isEmpty()) {
      return 0;
    }
    var at = places.get(0) == newest.get() ? 0 : 1;
    if (!synced.equals(OptionalInt.of(at))) {
      // Written by a run before, which may have been killed between writing and syncing.
      flash.sync(name + PLACES.get(at));
      synced = OptionalInt.of(at);
    }
    return 1 - at;
  }

  private List<Place> places() throws IOException {
    var places = new ArrayList<Place>();
    var unread = new ArrayList<IOException>();
    for (var suffix : PLACES) {
      try {
        var file = flash.read(name + suffix);
        places.add(file.isEmpty() ? new Place.Empty() : parse(name + suffix, file.get()));
      } catch (IOException e) {
        unread.add(e);
        places.add(new Place.Broken(name + suffix + " cannot be read: " + e.getMessage()));
      }
    }
    // A bad block under one place is what the other is for; without a whole one waiting may help.
    if (!unread.isEmpty() && newest(places).isEmpty()) {
      throw unread.get(0);
    }
    return places;
  }

  private static Optional<Place.Whole> newest(List<Place> places) {
    return places.stream()
        .filter(Place.Whole.class::isInstance)
        .map(Place.Whole.class::cast)
        .max((one, other) -> Long.compare(one.generation(), other.generation()));
  }

  private static Place parse(String file, byte[] bytes) {
    var end = 0;
    while (end < bytes.length && end < HEADER_MAX && bytes[end] != '\n') {
      end++;
    }
    var header = HEADER.matcher(new String(bytes, 0, end, StandardCharsets.US_ASCII));
    if (end == bytes.length || !header.matches()) {
      return new Place.Broken(file + " (" + bytes.length + " bytes) has no whole header");
    }
    var generation = Long.parseLong(header.group(1));
    var length = Integer.parseInt(header.group(2));
    var content = Arrays.copyOfRange(bytes, end + 1, bytes.length);
    if (content.length != length) {
      return new Place.Broken(file + " holds " + content.length + " of " + length + " bytes");
    }
    if (checksum(generation, content) != Integer.parseUnsignedInt(header.group(3), 16)) {
      return new Place.Broken(file + " fails its checksum");
    }
    return new Place.Whole(generation, new String(content, StandardCharsets.UTF_8));
  }

  private static int checksum(long generation, byte[] content) {
    var crc = new CRC32C();
    crc.update(Long.toString(generation).getBytes(StandardCharsets.US_ASCII));
    crc.update(content);
    return (int) crc.getValue();
  }
}
