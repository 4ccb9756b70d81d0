package org.kedge.billing.internal.channel;

import java.nio.file.Path;
import org.kedge.billing.api.NeighbourId;

/** This node's own key pair, Ed25519. Any thread. */
public final class NodeKey {
  private NodeKey() {}

  /** What came of opening the file. */
  public sealed interface Opened {
    /** @param isNew whether it was made just now: the file was not there */
    record Held(NodeKey key, boolean isNew) implements Opened {}

    /**
     * No key, and none was made in its place: for a person.
     *
     * @param why with what to do, without a full stop
     */
    record Unusable(String why) implements Opened {}
  }

  /**
   * Reads the key, or makes it where there is no file; durable when this returns. Blocks.
   *
   * @param file in a folder that is made where it is not there
   */
  public static Opened open(Path file) {
    throw new UnsupportedOperationException(file.toString());
  }

  /** As neighbours know this node. */
  public NeighbourId id() {
    throw new UnsupportedOperationException();
  }
}
