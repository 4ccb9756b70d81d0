package org.kedge.base.internal.osgi;

import java.nio.file.Path;
import java.util.List;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.UptimeSource;
import org.kedge.base.internal.command.ProcessCommandRunner;
import org.kedge.base.internal.lane.RealLanes;
import org.kedge.base.internal.node.KernelUptime;
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
  private final RealLanes lanes = new RealLanes();
  private final List<ServiceRegistration<?>> offered;

  @Activate
  public PlumbingComponent(BundleContext bundle) {
    offered = List.of(
        bundle.registerService(UptimeSource.class, new KernelUptime(Path.of("/proc")), null),
        bundle.registerService(SettingsNews.class, new SettingsNews(), null),
        bundle.registerService(CommandRunner.class, new ProcessCommandRunner(), null),
        bundle.registerService(Lanes.class, lanes, null));
  }

  @Deactivate
  void stop() {
    offered.forEach(ServiceRegistration::unregister);
    lanes.close();
  }
}
