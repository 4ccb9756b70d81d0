package org.kedge.billing.internal.core.metering;

import org.kedge.base.api.IpPrefix;

/** An address on a link, mostly link-local. */
public record LinkAddress(String interfaceName, IpPrefix address) {
  public LinkAddress {
    if (!address.isAddress()) {
      throw new IllegalArgumentException("Not one address, but " + address);
    }
  }
}
