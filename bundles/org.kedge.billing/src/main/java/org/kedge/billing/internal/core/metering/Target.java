package org.kedge.billing.internal.core.metering;

import org.kedge.base.api.IpPrefix;

/** Where counted bytes were bound for, as far as the kernel tells. */
public sealed interface Target {
  /** Whatever the target: of each station there is one such counter, which no full set of targets can starve. */
  record Any() implements Target {}

  /** An address within the prefixes of the mesh. */
  record Mesh(IpPrefix address) implements Target {
    public Mesh {
      if (!address.isAddress()) {
        throw new IllegalArgumentException("A target is one address, but was " + address);
      }
    }
  }

  /** Beyond the prefixes of the mesh: by the default route. */
  record Elsewhere() implements Target {}
}
