package org.kedge.telemetry.internal.core;

import java.util.List;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Node;

/** What the broker keeps and tells of the node to whoever asks, as figures. */
public final class State {
  public static final int SCHEMA_VERSION = 1;

  private State() {}

  /** @param lacks what of Kedge does not work, in plain words; empty: all does */
  public static Figures connected(Node node, List<String> lacks) {
    var figures = head(node).text("state", lacks.isEmpty() ? "online" : "reduced");
    return (lacks.isEmpty() ? figures : figures.texts("why", lacks)).build();
  }

  public static Figures offline(Node node) {
    return head(node).text("state", "offline").build();
  }

  private static Figures.Builder head(Node node) {
    return Figures.builder()
        .text("schema", "kedge-state")
        .number("schema_version", SCHEMA_VERSION)
        .text("node", node.id().value())
        .text("boot_id", node.bootId());
  }
}
