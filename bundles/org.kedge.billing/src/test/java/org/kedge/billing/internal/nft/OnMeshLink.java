package org.kedge.billing.internal.nft;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/** Tests on a real link, each with a ruleset that is empty. */
@Tag("root")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnMeshLink {
  MeshLink mesh;
  MeterTable table;

  @BeforeAll
  void build() {
    mesh = MeshLink.make("nft", "ping");
  }

  @AfterAll
  void remove() {
    if (mesh != null) {
      mesh.close();
    }
  }

  @BeforeEach
  void begin() {
    mesh.nft("flush ruleset");
    table = new MeterTable(mesh.runnerIn(mesh.node), "boot");
  }
}
