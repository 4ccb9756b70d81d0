package org.kedge.babel.internal.core;

import java.util.List;

/** What came of reading the kernel's routes of protocol babel. */
public sealed interface KernelRoutesLook {
  /** All of them, of both families. */
  record Seen(List<KernelRoute> routes) implements KernelRoutesLook {
    public Seen {
      routes = List.copyOf(routes);
    }
  }

  /** Cannot be told; says nothing about the routes. Waiting may help. */
  record Unseen(String why) implements KernelRoutesLook {}
}
