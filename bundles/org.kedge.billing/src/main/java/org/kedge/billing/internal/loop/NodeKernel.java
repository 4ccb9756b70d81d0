package org.kedge.billing.internal.loop;

import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.metering.MeteredInterface;
import org.kedge.billing.internal.core.metering.WantedTable;
import org.kedge.billing.internal.kernel.LinkFiles;
import org.kedge.billing.internal.kernel.NeighbourMacs;
import org.kedge.billing.internal.nft.MeterTable;

/** The kernel of this node. */
public final class NodeKernel implements Kernel {
  private final LinkFiles files;
  private final NeighbourMacs macs;
  private final MeterTable table;

  /** @param bootId the kernel's name of this boot */
  public NodeKernel(CommandRunner runner, String bootId) {
    files = new LinkFiles(Path.of("/sys/class/net"));
    macs = new NeighbourMacs(runner);
    table = new MeterTable(runner, bootId);
  }

  @Override
  public List<MeteredInterface> interfaces(Collection<String> names) {
    return files.look(names).values().stream()
        .map(LinkFiles.Link::metered)
        .sorted()
        .toList();
  }

  @Override
  public List<IpPrefix> own() {
    try {
      return Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLinkLocalAddress() && !address.isLoopbackAddress())
          .map(InetAddress::getHostAddress)
          .map(text -> text.replaceFirst("%.*", ""))
          .flatMap(text -> IpPrefix.of(text).stream())
          .sorted(Comparator.comparing(IpPrefix::toString))
          .toList();
    } catch (SocketException e) {
      throw new UncheckedIOException(
          "the addresses of this node cannot be listed: " + e.getMessage(), e);
    }
  }

  @Override
  public NeighbourMacs.Look macs() {
    return macs.look();
  }

  @Override
  public MeterTable.Applied apply(WantedTable wanted) {
    return table.apply(wanted);
  }

  @Override
  public MeterTable.Look read(Uptime at, Collection<String> names) {
    return table.read(at, links(names));
  }

  private Map<String, Long> links(Collection<String> names) {
    return files.look(names).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, one -> one.getValue().bytes()));
  }
}
