package org.kedge.babel.internal.core;

import java.util.Optional;
import org.kedge.babel.api.RoutingTable;
import org.kedge.babel.internal.core.BabelLine.Malformed;
import org.kedge.babel.internal.core.BabelLine.Unknown;
import org.kedge.base.api.Uptime;

/**
 * What babeld knows, kept up to date line by line. Confined to one thread. A dump is the truth: while one is read the table stays
 * as it was, and at its end it is replaced.
 */
public final class LiveTable {
  private KnownObjects shown = new KnownObjects();
  private KnownObjects filling = shown; // another one while a dump is read
  private long malformed;
  private Optional<String> firstMalformed = Optional.empty();
  private long unknownKinds;

  /**
   * Takes one line.
   *
   * @return whether what {@link #snapshot} shows changed in a way that matters: an object came, went or became another; an
   *     interface went up or down; a neighbour's cost or a route's metric crossed infinity; {@code installed} flipped. Always
   *     false while a dump is read
   */
  public boolean apply(BabelLine line) {
    if (line instanceof Malformed bad) {
      countMalformed(bad.quote());
    } else if (line instanceof Unknown) {
      unknownKinds++;
    } else {
      var effect = filling.apply(line);
      if (effect == KnownObjects.Effect.NO_ROOM) {
        countMalformed("an object beyond the most a table holds, " + KnownObjects.OBJECTS_MAX);
      }
      return effect == KnownObjects.Effect.MATERIAL && !isDumping();
    }
    return false;
  }

  /** The lines that follow are a dump, up to {@link #endDump}. A dump that never ended is dropped. */
  public void beginDump() {
    filling = new KnownObjects();
  }

  /** The dump is whole; from here on the table is what it told. */
  public RoutingTable endDump(Uptime at) {
    if (!isDumping()) {
      throw new IllegalStateException("A dump ended at " + at + " that was not begun");
    }
    shown = filling;
    return snapshot(at);
  }

  public RoutingTable snapshot(Uptime at) {
    return shown.snapshot(at);
  }

  public LineFaults faults() {
    return new LineFaults(malformed, firstMalformed, unknownKinds);
  }

  private boolean isDumping() {
    return filling != shown;
  }

  private void countMalformed(String quote) {
    malformed++;
    if (firstMalformed.isEmpty()) {
      firstMalformed = Optional.of(quote);
    }
  }
}
