package org.kedge.billing.internal.channel;

import java.io.IOException;
import java.util.Optional;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.Flash;
import org.kedge.billing.internal.core.neighbour.PinBook;

/** The file of pinned keys, {@code billing-pins}. Used by the channel alone, one call at a time. Blocks. */
public final class Pins {
  private static final String NAME = "billing-pins";

  private final DurableFile file;

  public Pins(Flash flash) {
    file = new DurableFile(flash, NAME);
  }

  /** @param damage what was wrong, and so who is known no longer; without a full stop */
  record Loaded(PinBook pins, Optional<String> damage) {}

  /** @throws IOException where it cannot be read now; waiting may help */
  Loaded load() throws IOException {
    var found = file.read();
    if (found instanceof DurableFile.Found.Content content) {
      return read(content);
    }
    return new Loaded(
        new PinBook(),
        found instanceof DurableFile.Found.Damaged damaged
            ? Optional.of(lost(damaged.reason()))
            : Optional.empty());
  }

  private static Loaded read(DurableFile.Found.Content content) {
    var read = PinBook.of(content.text());
    if (read instanceof PinBook.Read.Good good) {
      return new Loaded(
          good.pins(),
          content
              .damage()
              .map(damage -> "the file " + NAME + " was damaged (" + damage
                  + "): the key that was pinned last may be known no longer"));
    }
    return new Loaded(
        new PinBook(), Optional.of(lost(read instanceof PinBook.Read.Bad bad ? bad.why() : "")));
  }

  private static String lost(String why) {
    return "the file " + NAME + " was damaged (" + why
        + "): no key is known any longer, and whoever is heard first at an address is taken for the neighbour";
  }

  /** Durable when this returns. */
  void save(String text) throws IOException {
    file.write(text);
  }
}
