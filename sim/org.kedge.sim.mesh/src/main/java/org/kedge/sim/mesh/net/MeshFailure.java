package org.kedge.sim.mesh.net;

/** The machine did not do what a mesh needs. The message names the command, its exit code and what it said. */
public final class MeshFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public MeshFailure(String message) {
    super(message);
  }

  public MeshFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
