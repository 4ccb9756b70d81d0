package org.kedge.sim.mesh.net;

/** How the nodes reach the broker. */
public enum BrokerPlace {
  /** Over a management network of its own, whatever the mesh does. */
  OUT_OF_BAND,
  /** Through the mesh and the exit, as in the field: it is somewhere in the internet. */
  IN_BAND
}
