package org.kedge.billing.internal.kernel;

import java.util.Map;
import org.kedge.base.api.CommandRunner;
import org.kedge.billing.internal.core.metering.LinkAddress;

/** Reads from the kernel which MAC address answers to which IPv6 address of a link, by one run of {@code ip}. Blocks up to 2 s. */
public final class NeighbourMacs {
  /** What was seen. */
  public sealed interface Look {
    /** @param macs lower case with colons; stations without one, as on tunnels, are not in it */
    record Seen(Map<LinkAddress, String> macs) implements Look {
      public Seen {
        macs = Map.copyOf(macs);
      }
    }

    record Unseen(String why) implements Look {}
  }

  public NeighbourMacs(CommandRunner runner) {
    throw new UnsupportedOperationException(runner.toString());
  }

  public Look look() {
    throw new UnsupportedOperationException();
  }
}
