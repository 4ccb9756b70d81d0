package org.kedge.sim.mesh.net;

import java.util.Optional;

/**
 * What {@link Mesh#block} stops.
 *
 * @param match in nft's words, {@code udp dport 6696}; empty for everything
 * @param through only on this interface; empty for all
 */
public record Traffic(String match, Direction direction, Optional<String> through) {
  public static final String BABEL = "udp dport 6696";
  public static final String EVERYTHING = "";

  /** Seen from the node. */
  public enum Direction {
    IN("input", "iifname"),
    OUT("output", "oifname"),
    /** What the node passes on for others; the interface is the one it leaves by. */
    FORWARD("forward", "oifname");

    private final String hook;
    private final String side;

    Direction(String hook, String side) {
      this.hook = hook;
      this.side = side;
    }
  }

  public static Traffic of(String match, Direction direction) {
    return new Traffic(match, direction, Optional.empty());
  }

  public Traffic on(String interfaceName) {
    return new Traffic(match, direction, Optional.of(interfaceName));
  }

  /** A table of its own that drops it. */
  String asTable(String table) {
    return "table inet " + table + " { chain stop { type filter hook " + direction.hook
        + " priority 0; policy accept; "
        + through.map(name -> direction.side + " \"" + name + "\" ").orElse("")
        + (match.isEmpty() ? "" : match + " ") + "counter drop; }; }";
  }
}
