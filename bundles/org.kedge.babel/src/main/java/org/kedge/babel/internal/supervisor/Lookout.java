package org.kedge.babel.internal.supervisor;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.kedge.babel.internal.core.ForwardingView;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.core.Sight;
import org.kedge.babel.internal.kernel.Forwarding;
import org.kedge.babel.internal.kernel.KernelRoutes;
import org.kedge.babel.internal.kernel.LinkFiles;
import org.kedge.babel.internal.process.BabeldKeeper;
import org.kedge.babel.internal.process.ProcFs;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;

/** Looks at babeld's process, the links, the kernel's routes and the firewall. Slow: for the shared pool; any thread. */
final class Lookout {
  private final BabeldKeeper keeper;
  private final SocketAddress address;
  private final UptimeSource uptime;
  private final ProcFs procfs = new ProcFs(Path.of("/proc"));
  private final LinkFiles linkFiles = new LinkFiles(Path.of("/sys/class/net"));
  private final KernelRoutes kernelRoutes;
  private final Forwarding forwarding;

  Lookout(BabeldKeeper keeper, SocketAddress address, UptimeSource uptime, CommandRunner runner) {
    this.keeper = keeper;
    this.address = address;
    this.uptime = uptime;
    kernelRoutes = new KernelRoutes(runner);
    forwarding = new Forwarding(Path.of("/proc/sys"), runner);
  }

  /** What one look brought. */
  record Seen(
      Uptime at,
      ProcessLook process,
      String gone,
      OptionalInt clients,
      Sight.Links links,
      KernelRoutesLook kernel,
      Optional<ForwardingView> forwarding) {}

  /** @param withForwarding whether to look at forwarding and the firewall too, which costs most */
  Seen see(List<String> interfaces, Set<IpFamily> families, boolean withForwarding) {
    var where = keeper.whereabouts();
    ProcessLook process;
    var gone = "";
    var clients = OptionalInt.empty();
    if (where instanceof BabeldKeeper.Whereabouts.At at) {
      process = procfs.look(at.pid());
      gone = "process " + at.pid() + " is gone";
      if (address instanceof UnixDomainSocketAddress unix) {
        clients = procfs.socketClients(at.pid(), unix.getPath().toString());
      }
    } else if (where instanceof BabeldKeeper.Whereabouts.Ended ended) {
      process = new ProcessLook.Gone();
      gone = ended.how();
    } else {
      process = new ProcessLook.Unseen(((BabeldKeeper.Whereabouts.Unknown) where).why());
    }
    var links = linkFiles.look(interfaces, uptime.now());
    var kernel = kernelRoutes.look();
    Optional<ForwardingView> forwards =
        withForwarding ? Optional.of(forwarding.look(interfaces, families)) : Optional.empty();
    return new Seen(uptime.now(), process, gone, clients, links, kernel, forwards);
  }
}
