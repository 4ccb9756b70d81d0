package org.kedge.babel.api;

import java.util.Optional;

/** The routing table as last told by babeld, as a service. Any thread. */
public interface RouteWatch {
  /** Empty until babeld's first whole answer, and again while its last one is older than 15 s. */
  Optional<RoutingTable> latest();
}
