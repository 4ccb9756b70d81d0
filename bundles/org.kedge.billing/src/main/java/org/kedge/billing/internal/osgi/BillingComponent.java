package org.kedge.billing.internal.osgi;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.jspecify.annotations.Nullable;
import org.kedge.babel.api.RouteWatch;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.ClockTrust;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Inquiry;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.LocalPage;
import org.kedge.base.api.Node;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.Start;
import org.kedge.base.api.UptimeSource;
import org.kedge.billing.api.Ledger;
import org.kedge.billing.api.NeighbourAccount;
import org.kedge.billing.api.NeighbourChannel;
import org.kedge.billing.api.Settlement;
import org.kedge.billing.internal.channel.LinkChannel;
import org.kedge.billing.internal.channel.NodeKey;
import org.kedge.billing.internal.channel.Pins;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Balance;
import org.kedge.billing.internal.export.DayPage;
import org.kedge.billing.internal.export.LedgerPage;
import org.kedge.billing.internal.loop.BillingLoop;
import org.kedge.billing.internal.loop.NodeKernel;
import org.kedge.billing.internal.sqlite.Opened;
import org.kedge.billing.internal.sqlite.SqliteBooks;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Reading;
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
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Billing as the other bundles see it: the ledger, the channel to neighbours, readings for care, figures for the snapshot. */
@Component(
    name = BillingComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {ConfigurableComponent.class, Probe.class, Gauge.class, Ledger.class})
@Designate(ocd = BillingConfiguration.class)
public final class BillingComponent implements ConfigurableComponent, Probe, Gauge, Ledger {
  static final String PID = "org.kedge.billing";
  private static final Logger LOG = LoggerFactory.getLogger(BillingComponent.class);
  private static final int QUEUE = 512;

  private final BundleContext bundle;
  private final Node node;
  private final CommandRunner runner;
  private final UptimeSource uptime;
  private final InstantSource wallClock = InstantSource.system();
  private final RouteWatch babel;
  private final Path folder;
  private final Lane lane;
  private final SettingsInForce<BillingSettings> settings;
  private volatile Running running;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  volatile @Nullable CareWatch care;

  /**
   * What bills, with this port.
   *
   * @param trouble why it does not; for a person
   */
  private record Running(
      int port,
      Optional<Parts> parts,
      Optional<String> trouble,
      List<ServiceRegistration<?>> registrations) {}

  private record Parts(NodeKey key, LinkChannel channel, BillingLoop loop) {}

  @Activate
  public BillingComponent(
      @Reference(target = "(" + Start.CAPABILITY + "=billing)") Start start,
      @Reference Node node,
      @Reference Lanes lanes,
      @Reference UptimeSource uptime,
      @Reference CommandRunner runner,
      @Reference RouteWatch babel,
      BundleContext bundle,
      @Reference SettingsNews news,
      Map<String, ?> values) {
    this.bundle = bundle;
    this.node = node;
    this.runner = runner;
    this.uptime = uptime;
    this.babel = babel;
    folder = node.data().resolve("billing");
    var schema = SettingsSchema.of(BillingSettings.class, PID);
    settings =
        new SettingsInForce<>(schema, offered -> BillingSettings.read(schema, offered), news);
    lane = lanes.open("billing", QUEUE);
    running = run(settings.offer(values).orElseThrow());
  }

  @Modified
  void modified(Map<String, ?> values) {
    settings.offer(values).ifPresent(accepted -> {
      var parts = running.parts();
      if (running.port() != accepted.channelPort() || parts.isEmpty()) {
        end();
        running = run(accepted);
      } else {
        parts.get().loop().rules(accepted.rules());
        parts.get().channel().forget(new HashSet<>(accepted.forgetKeys()));
      }
    });
  }

  @Deactivate
  void stop() {
    end();
    lane.close();
  }

  private Running run(BillingSettings accepted) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      return idle(accepted, "the folder " + folder + " cannot be made: " + e.getMessage());
    }
    var key = NodeKey.open(folder.resolve("node-key"));
    if (key instanceof NodeKey.Opened.Unusable unusable) {
      return idle(accepted, unusable.why());
    }
    var held = (NodeKey.Opened.Held) key;
    var channel = new LinkChannel(
        lane,
        uptime,
        node.id(),
        held.key(),
        new Pins(node.flash()),
        accepted.channelPort(),
        new SecureRandom());
    channel.forget(new HashSet<>(accepted.forgetKeys()));
    var loop = new BillingLoop(
        lane,
        uptime,
        wallClock,
        new NodeKernel(runner, node.kernelBootId()),
        this::open,
        channel,
        held.key().id(),
        node.kernelBootId(),
        babel::latest,
        accepted.rules(),
        this::nudge);
    loop.start();
    var parts = new Parts(held.key(), channel, loop);
    return new Running(
        accepted.channelPort(),
        Optional.of(parts),
        Optional.empty(),
        List.of(
            bundle.registerService(NeighbourChannel.class, channel, null),
            bundle.registerService(LocalPage.class, new LedgerPage(loop::books, wallClock), null),
            bundle.registerService(
                LocalPage.class, new DayPage(loop::books, loop::accounts, wallClock), null),
            bundle.registerService(Inquiry.class, LedgerInquiry.of(this::figures), null)));
  }

  private Opened open() {
    var now = wallClock.instant();
    return SqliteBooks.open(folder, now, !now.isBefore(ClockTrust.EARLIEST));
  }

  private static Running idle(BillingSettings accepted, String why) {
    LOG.error("Nothing is billed: {}. Forwarding goes on.", why);
    return new Running(accepted.channelPort(), Optional.empty(), Optional.of(why), List.of());
  }

  private void end() {
    running.registrations().forEach(ServiceRegistration::unregister);
    running.parts().ifPresent(parts -> {
      parts.loop().close();
      parts.channel().close();
    });
  }

  private void nudge() {
    var present = care;
    if (present != null) {
      present.nudge();
    }
  }

  @Override
  public List<NeighbourAccount> accounts() {
    return running.parts().map(parts -> parts.loop().accounts()).orElse(List.of());
  }

  @Override
  public void settle(Settlement settlement, Consumer<Booked> done) {
    running
        .parts()
        .ifPresentOrElse(
            parts -> parts.loop().settle(settlement, done),
            () -> done.accept(new Booked.NotNow(running.trouble().orElse("nothing is billed"))));
  }

  @Override
  public String name() {
    return "billing";
  }

  @Override
  public List<Reading> readings() {
    return running.parts().map(parts -> parts.loop().findings().readings()).orElse(List.of());
  }

  @Override
  public String section() {
    return "billing";
  }

  @Override
  public Figures figures() {
    return BillingFigures.of(state(), accounts());
  }

  private BillingState state() {
    var parts = running.parts();
    if (parts.isEmpty()) {
      return new BillingState(
          BillingState.Stage.CLOSED,
          running.trouble(),
          0,
          0,
          Duration.ZERO,
          Bytes.NONE,
          Bytes.NONE,
          Optional.empty());
    }
    var loop = parts.get().loop();
    var summary = loop.findings().summary();
    var books = loop.books();
    var unknown = books
        .map(open -> open.balances().getOrDefault(Account.Own.UNKNOWN, Balance.NONE))
        .orElse(Balance.NONE);
    return new BillingState(
        !summary.isCounting()
            ? BillingState.Stage.CLOSED
            : summary.held() > 0
                ? BillingState.Stage.STALLED
                : books.isEmpty()
                    ? BillingState.Stage.COUNTING
                    : summary.damaged().isPresent()
                        ? BillingState.Stage.DAMAGED
                        : BillingState.Stage.OK,
        summary.trouble(),
        summary.booked(),
        summary.held(),
        summary.heldFor(),
        new Bytes(unknown.carried().count() + unknown.handed().count()),
        summary.gaps(),
        Optional.of(parts.get().key().id().value()));
  }
}
