package org.kedge.billing.internal.loop;

import java.util.Collection;
import java.util.List;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.WantedTable;
import org.kedge.billing.internal.kernel.NeighbourMacs;
import org.kedge.billing.internal.nft.MeterTable;

/** What billing asks of the kernel. Blocks; one thread at a time. */
public interface Kernel {
  /** Those of them that exist. */
  List<MeteredInterface> interfaces(Collection<String> names);

  /**
   * Addresses of this node, link-local ones left out.
   *
   * @throws java.io.UncheckedIOException where they cannot be listed
   */
  List<IpPrefix> own();

  NeighbourMacs.Look macs();

  MeterTable.Applied apply(WantedTable wanted);

  /** @param names interfaces whose own statistics are read along */
  MeterTable.Look read(Uptime at, Collection<String> names);
}
