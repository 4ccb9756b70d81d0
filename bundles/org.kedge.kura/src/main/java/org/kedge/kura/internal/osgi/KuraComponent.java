package org.kedge.kura.internal.osgi;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.cloudconnection.publisher.CloudPublisher;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.UptimeSource;
import org.kedge.kura.internal.cloud.KuraUplink;
import org.kedge.telemetry.api.Uplink;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers Kura's publisher as an {@link Uplink} while it is there. */
@Component(
    name = KuraComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = ConfigurableComponent.class)
@Designate(ocd = KuraConfiguration.class)
public final class KuraComponent implements ConfigurableComponent {
  static final String PID = "org.kedge.kura";

  /** Never just any publisher: those of others have their own topics. */
  static final String STANDARD_TARGET = "(kura.service.pid=kedge-telemetry)";

  private static final Logger LOG = LoggerFactory.getLogger(KuraComponent.class);

  private final BundleContext bundle;
  private final UptimeSource uptime;
  private final SettingsInForce<KuraSettings> settings;
  private Optional<Offer> offer = Optional.empty(); // guarded by this

  private record Offer(KuraUplink uplink, ServiceRegistration<Uplink> service) {}

  @Activate
  public KuraComponent(
      BundleContext bundle,
      @Reference UptimeSource uptime,
      @Reference SettingsNews news,
      Map<String, ?> values) {
    this.bundle = bundle;
    this.uptime = uptime;
    var schema = SettingsSchema.of(KuraSettings.class, PID);
    settings = new SettingsInForce<>(schema, offered -> KuraSettings.taken(schema, offered), news);
    changed(values);
  }

  /** The publisher itself comes and goes through its reference, whose filter is the setting. */
  @Modified
  void changed(Map<String, ?> values) {
    settings.offer(values).ifPresent(accepted -> {
      if (accepted.isFilter()) {
        LOG.info("Telemetry may leave by Kura's publisher {}.", accepted.publisher());
      } else {
        LOG.error(
            "'{}' is no filter; by it no publisher of Kura's is found, and telemetry does not leave that way. Set"
                + " 'CloudPublisher.target' of {} to one such as {}.",
            accepted.publisher(),
            PID,
            STANDARD_TARGET);
      }
    });
  }

  @Reference(
      name = "CloudPublisher",
      target = STANDARD_TARGET,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void setCloudPublisher(CloudPublisher publisher, Map<String, ?> properties) {
    // A replacement comes before its predecessor goes.
    withdraw();
    var uplink = new KuraUplink(publisher, uptime, InstantSource.system());
    offer = Optional.of(new Offer(uplink, bundle.registerService(Uplink.class, uplink, null)));
    LOG.info("Kura's publisher {} is there.", properties.get("kura.service.pid"));
  }

  synchronized void unsetCloudPublisher(CloudPublisher publisher) {
    if (offer.filter(one -> one.uplink().isOver(publisher)).isPresent()) {
      withdraw();
      LOG.info("Kura's publisher is gone.");
    }
  }

  @Deactivate
  synchronized void stop() {
    withdraw();
  }

  private void withdraw() {
    offer.ifPresent(one -> {
      one.service().unregister();
      one.uplink().retire();
    });
    offer = Optional.empty();
  }
}
