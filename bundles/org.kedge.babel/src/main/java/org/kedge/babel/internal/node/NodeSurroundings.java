package org.kedge.babel.internal.node;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.kedge.babel.internal.core.ForwardingView;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.ProcessLook;
import org.kedge.babel.internal.exit.AddressProbe;
import org.kedge.babel.internal.kernel.Forwarding;
import org.kedge.babel.internal.kernel.ForwardingRepair;
import org.kedge.babel.internal.kernel.KernelEars;
import org.kedge.babel.internal.kernel.KernelRoutes;
import org.kedge.babel.internal.kernel.LinkFiles;
import org.kedge.babel.internal.kernel.RouteRepair;
import org.kedge.babel.internal.process.BabeldKeeper;
import org.kedge.babel.internal.process.ProcFs;
import org.kedge.babel.internal.socket.ControlSocket;
import org.kedge.babel.internal.supervisor.Surroundings;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Lane;
import org.kedge.base.api.SettingsReader.Target;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.RemedyOutcome;

/** The node as it is: babeld's socket, {@code /proc}, {@code /sys}, and the programs {@code ip} and {@code nft}. */
public final class NodeSurroundings implements Surroundings {
  private static final Path SWITCHES = Path.of("/proc/sys");

  private final BabeldKeeper keeper;
  private final SocketAddress address;
  private final UptimeSource uptime;
  private final ProcFs procfs = new ProcFs(Path.of("/proc"));
  private final LinkFiles linkFiles = new LinkFiles(Path.of("/sys/class/net"));
  private final KernelRoutes kernelRoutes;
  private final RouteRepair routeRepair;
  private final Forwarding forwarding;
  private final ForwardingRepair forwardingRepair;

  /** @param address of babeld's control socket */
  public NodeSurroundings(
      BabeldKeeper keeper, SocketAddress address, UptimeSource uptime, CommandRunner runner) {
    this.keeper = keeper;
    this.address = address;
    this.uptime = uptime;
    kernelRoutes = new KernelRoutes(runner);
    routeRepair = new RouteRepair(runner);
    forwarding = new Forwarding(SWITCHES, runner);
    forwardingRepair = new ForwardingRepair(SWITCHES, runner);
  }

  @Override
  public Connection connect(Lane lane, Ear ear) throws IOException {
    return ControlSocket.open(address, lane, ear);
  }

  @Override
  public Seen see(List<String> interfaces, Set<IpFamily> families, boolean withForwarding) {
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

  @Override
  public Optional<Duration> ask(Target target, Duration limit) throws IOException {
    return AddressProbe.ask(target, limit);
  }

  @Override
  public Following follow(Consumer<Change> changed) {
    return KernelEars.open(changed);
  }

  @Override
  public RemedyOutcome putBack(List<KernelRoute> routes) {
    return routeRepair.putBack(routes);
  }

  @Override
  public RemedyOutcome sweep(List<KernelRoute> routes) {
    return routeRepair.sweep(routes);
  }

  @Override
  public RemedyOutcome restoreForwarding(List<String> interfaces, Set<IpFamily> families) {
    return forwardingRepair.restore(interfaces, families);
  }
}
