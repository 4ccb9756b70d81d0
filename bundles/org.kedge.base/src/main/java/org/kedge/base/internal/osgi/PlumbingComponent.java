package org.kedge.base.internal.osgi;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Home;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.UptimeSource;
import org.kedge.base.internal.command.ProcessCommandRunner;
import org.kedge.base.internal.lane.RealLanes;
import org.kedge.base.internal.node.KernelUptime;
import org.kedge.base.internal.node.LaneFigures;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/** Offers lanes, the steady clock and the runner of external programs to the other bundles. */
@Component(
    name = "org.kedge.base.plumbing",
    immediate = true,
    service = {})
public final class PlumbingComponent {
  /** A host says here where data is kept, and is the node's home then; a gateway's home is Kura. */
  private static final String DATA_PROPERTY = "org.kedge.data";

  private final RealLanes lanes = new RealLanes();
  private final List<ServiceRegistration<?>> offered = new ArrayList<>();

  @Activate
  public PlumbingComponent(BundleContext bundle) {
    offered.add(
        bundle.registerService(UptimeSource.class, new KernelUptime(Path.of("/proc")), null));
    offered.add(bundle.registerService(SettingsNews.class, new SettingsNews(), null));
    offered.add(bundle.registerService(CommandRunner.class, new ProcessCommandRunner(), null));
    offered.add(bundle.registerService(Lanes.class, lanes, null));
    offered.add(bundle.registerService(
        Gauge.class, Gauge.of("", () -> LaneFigures.of(lanes.readings())), null));
    var data = bundle.getProperty(DATA_PROPERTY);
    if (data != null) {
      offered.add(bundle.registerService(Home.class, new OwnHome(Path.of(data)), null));
    }
  }

  /** The machine is the host's own, and so are its settings: nothing in them is encrypted. */
  private record OwnHome(Path data) implements Home {
    @Override
    public Optional<NodeId> device() {
      return Optional.empty();
    }

    @Override
    public Revealed reveal(String given) {
      return new Revealed.Plain(given);
    }
  }

  @Deactivate
  void stop() {
    offered.forEach(ServiceRegistration::unregister);
    lanes.close();
  }
}
