package org.kedge.kura.internal.osgi;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.cloudconnection.publisher.CloudPublisher;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.kedge.base.api.Figures;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.UptimeSource;
import org.kedge.kura.internal.cloud.Found;
import org.kedge.kura.internal.cloud.KuraUplink;
import org.kedge.kura.internal.core.Part;
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

/** Offers Kura's publisher as an {@link Uplink} while it is there, and that for events to it. */
@Component(
    name = KuraComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {ConfigurableComponent.class, Part.class})
@Designate(ocd = KuraConfiguration.class)
public final class KuraComponent implements ConfigurableComponent, Part {
  static final String PID = "org.kedge.kura";

  /** Never just any publisher: those of others have their own topics. */
  static final String STANDARD_TARGET = "(kura.service.pid=kedge-telemetry)";

  static final String STANDARD_EVENT_TARGET = "(kura.service.pid=kedge-events)";

  private static final Logger LOG = LoggerFactory.getLogger(KuraComponent.class);

  private final BundleContext bundle;
  private final UptimeSource uptime;
  private final SettingsInForce<KuraSettings> settings;

  // Changed under the lock of this; figures are told at once and so do without.
  private volatile Optional<Offer> offer = Optional.empty();
  private volatile Optional<Found> events = Optional.empty();

  private record Offer(Found found, KuraUplink uplink, ServiceRegistration<Uplink> service) {}

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

  /** Publishers themselves come and go through their references, whose filters are the settings. */
  @Modified
  void changed(Map<String, ?> values) {
    settings
        .offer(values)
        .ifPresent(accepted -> LOG.info(
            "Telemetry may leave by Kura's publisher {}, events by {}.",
            accepted.publisher(),
            accepted.eventPublisher()));
  }

  @Reference(
      name = "CloudPublisher",
      target = STANDARD_TARGET,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY,
      updated = "updatedCloudPublisher")
  synchronized void setCloudPublisher(CloudPublisher publisher, Map<String, ?> properties) {
    // A replacement comes before its predecessor goes.
    withdraw();
    var found = Found.of(publisher, properties);
    var uplink = new KuraUplink(publisher, uptime, InstantSource.system());
    events.ifPresent(one -> uplink.useForEvents(one.publisher(), one.isBeside(found)));
    offer =
        Optional.of(new Offer(found, uplink, bundle.registerService(Uplink.class, uplink, null)));
    LOG.info("Kura's publisher {} is there.", found.pid());
  }

  /** Over another connection ids mean other messages. */
  synchronized void updatedCloudPublisher(CloudPublisher publisher, Map<String, ?> properties) {
    var found = Found.of(publisher, properties);
    if (offer.filter(one -> one.found().isMovedTo(found)).isPresent()) {
      setCloudPublisher(publisher, properties);
    }
  }

  synchronized void unsetCloudPublisher(CloudPublisher publisher) {
    if (offer.filter(one -> one.found().publisher() == publisher).isPresent()) {
      withdraw();
      LOG.info("Kura's publisher is gone.");
    }
  }

  @Reference(
      name = "EventPublisher",
      target = STANDARD_EVENT_TARGET,
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY,
      updated = "updatedEventPublisher")
  synchronized void setEventPublisher(CloudPublisher publisher, Map<String, ?> properties) {
    var found = Found.of(publisher, properties);
    events = Optional.of(found);
    offer.ifPresent(one -> one.uplink().useForEvents(publisher, found.isBeside(one.found())));
    LOG.info("Kura's publisher {} for events is there.", found.pid());
  }

  synchronized void updatedEventPublisher(CloudPublisher publisher, Map<String, ?> properties) {
    var found = Found.of(publisher, properties);
    if (events.filter(one -> one.isMovedTo(found)).isPresent()) {
      setEventPublisher(publisher, properties);
    }
  }

  synchronized void unsetEventPublisher(CloudPublisher publisher) {
    if (events.filter(one -> one.publisher() == publisher).isPresent()) {
      events = Optional.empty();
      offer.ifPresent(one -> one.uplink().leaveForEvents(publisher));
      LOG.info("Kura's publisher for events is gone; they leave like other messages.");
    }
  }

  @Override
  public Figures figures() {
    return Figures.builder()
        .text("publisher", offer.map(one -> one.found().pid()))
        .text("event_publisher", events.map(Found::pid))
        .build();
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
