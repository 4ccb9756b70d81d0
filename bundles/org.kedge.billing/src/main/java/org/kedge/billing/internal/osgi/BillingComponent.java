package org.kedge.billing.internal.osgi;

import java.util.List;
import java.util.Map;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.Start;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/** Billing as the other bundles see it. */
@Component(
    name = BillingComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {ConfigurableComponent.class, Probe.class, Gauge.class})
@Designate(ocd = BillingConfiguration.class)
public final class BillingComponent implements ConfigurableComponent, Probe, Gauge {
  static final String PID = "org.kedge.billing";

  private final SettingsInForce<BillingSettings> settings;

  @Activate
  public BillingComponent(
      @Reference(target = "(" + Start.CAPABILITY + "=billing)") Start start,
      @Reference SettingsNews news,
      Map<String, ?> values) {
    var schema = SettingsSchema.of(BillingSettings.class, PID);
    settings =
        new SettingsInForce<>(schema, offered -> BillingSettings.read(schema, offered), news);
    settings.offer(values);
  }

  @Modified
  void modified(Map<String, ?> values) {
    settings.offer(values);
  }

  @Override
  public String name() {
    return "billing";
  }

  @Override
  public List<Reading> readings() {
    return List.of();
  }

  @Override
  public String section() {
    return "billing";
  }

  @Override
  public Figures figures() {
    return Figures.builder().build();
  }
}
