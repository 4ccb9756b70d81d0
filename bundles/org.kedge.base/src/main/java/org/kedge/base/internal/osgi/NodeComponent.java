package org.kedge.base.internal.osgi;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Home;
import org.kedge.base.api.Node;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.UptimeSource;
import org.kedge.base.internal.node.Identity;
import org.kedge.base.internal.node.Vitals;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** Offers the {@link Node} and its vital figures; offers it anew when its name is changed. */
@Component(
    name = NodeComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {ConfigurableComponent.class, Gauge.class})
@Designate(ocd = NodeConfiguration.class)
public final class NodeComponent implements ConfigurableComponent, Gauge {
  static final String PID = "org.kedge.base";

  private final BundleContext bundle;
  private final Home home;
  private final Identity identity;
  private final Vitals vitals;
  private final SettingsInForce<NodeSettings> settings;
  private Optional<ServiceRegistration<Node>> node = Optional.empty();

  @Activate
  public NodeComponent(
      BundleContext bundle,
      @Reference Home home,
      @Reference UptimeSource uptime,
      @Reference SettingsNews news,
      Map<String, ?> values)
      throws IOException {
    this.bundle = bundle;
    this.home = home;
    var proc = Path.of("/proc");
    identity = new Identity(proc, home.data());
    vitals = new Vitals(proc, home.data(), InstantSource.system(), uptime);
    var schema = SettingsSchema.of(NodeSettings.class, PID);
    settings = new SettingsInForce<>(schema, offered -> NodeSettings.read(schema, offered), news);
    changed(values);
  }

  @Modified
  void changed(Map<String, ?> values) {
    settings.offer(values).ifPresent(accepted -> {
      node.ifPresent(ServiceRegistration::unregister);
      var id = accepted.id().or(home::device);
      node = Optional.of(bundle.registerService(Node.class, identity.node(id), null));
    });
  }

  @Deactivate
  void stop() {
    node.ifPresent(ServiceRegistration::unregister);
  }

  @Override
  public String section() {
    return "";
  }

  @Override
  public Figures figures() {
    return vitals.figures();
  }
}
