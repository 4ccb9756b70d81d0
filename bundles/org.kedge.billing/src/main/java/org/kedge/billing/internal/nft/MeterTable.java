package org.kedge.billing.internal.nft;

import java.util.Map;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.metering.MeterReading;
import org.kedge.billing.internal.core.metering.WantedTable;

/**
 * The table {@code netdev kedge}: counts and slows. Kernel 5.16 and nft 1.0.1 or newer. Each call blocks for up to three runs of nft, 5 s
 * each; one thread at a time.
 */
public final class MeterTable {
  /** What became of applying. */
  public sealed interface Applied {
    /** @param transactions how many were needed; none where all was as wanted */
    record Done(int transactions) implements Applied {}

    /** A table of that name is there that is not ours to change: left alone. Waiting does not help. */
    record Foreign(String why) implements Applied {}

    record Failed(String why, boolean waitingHelps) implements Applied {}
  }

  /** What became of reading. */
  public sealed interface Look {
    record Read(MeterReading reading) implements Look {}

    /** There is no such table: {@link #apply} makes it. */
    record Gone() implements Look {}

    record Foreign(String why) implements Look {}

    record Failed(String why, boolean waitingHelps) implements Look {}
  }

  public MeterTable(CommandRunner runner, String kernelBootId) {
    throw new UnsupportedOperationException(runner + kernelBootId);
  }

  /** Makes the table what is wanted, from whatever state it is in, each transaction whole or not at all. Counters stay as they are. */
  public Applied apply(WantedTable wanted) {
    throw new UnsupportedOperationException(wanted.toString());
  }

  /** @param links goes into the reading as it is, see {@link MeterReading#links} */
  public Look read(Uptime at, Map<String, Long> links) {
    throw new UnsupportedOperationException(at.toString() + links);
  }
}
