package org.kedge.sim.mesh.zombie;

import java.util.Locale;

/** Who looks after babeld. */
enum KeeperKind {
  KEDGE,
  /** Nobody. */
  NOTHING,
  /** Starts it again when it ends. */
  RESPAWN,
  /** Asks every ten minutes whether it answers. */
  SCRIPT;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
