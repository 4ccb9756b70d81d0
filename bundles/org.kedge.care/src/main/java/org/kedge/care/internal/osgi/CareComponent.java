package org.kedge.care.internal.osgi;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Gauge;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Node;
import org.kedge.base.api.SettingsInForce;
import org.kedge.base.api.SettingsNews;
import org.kedge.base.api.SettingsSchema;
import org.kedge.base.api.UptimeSource;
import org.kedge.care.api.CareControl;
import org.kedge.care.api.CareJournal;
import org.kedge.care.api.CareListener;
import org.kedge.care.api.CareReport;
import org.kedge.care.api.CareWatch;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Probe;
import org.kedge.care.api.Remedy;
import org.kedge.care.internal.loop.BuiltInLadder;
import org.kedge.care.internal.loop.CareLoop;
import org.kedge.care.internal.node.Leaving;
import org.kedge.care.internal.node.NodeRemedies;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/** Care as the other bundles see it. */
@Component(
    name = CareComponent.PID,
    immediate = true,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    service = {ConfigurableComponent.class, CareWatch.class, CareControl.class, Gauge.class})
@Designate(ocd = CareConfiguration.class)
public final class CareComponent implements ConfigurableComponent, CareWatch, CareControl, Gauge {
  static final String PID = "org.kedge.care";

  /** A host says {@code none} here where nothing would start it again; a gateway has its keeper. */
  private static final String KEEPER_PROPERTY = "org.kedge.keeper";

  private static final int QUEUE = 4;

  /** More than any ladder may have; it is refused for its length then. */
  private static final int FILE_MAX_BYTES = 1 << 20;

  private final CareLoop loop;
  private final CommandRunner runner;
  private final Lane commands;
  private final boolean isKept;
  private final SettingsInForce<CareSettings> settings;
  private final SettingsNews news;

  /** What is refused shows at once, not with the next look. */
  private final Runnable ear;

  private List<Remedy> own = List.of();

  @Activate
  public CareComponent(
      BundleContext bundle,
      @Reference Node node,
      @Reference Lanes lanes,
      @Reference UptimeSource uptime,
      @Reference CommandRunner runner,
      @Reference SettingsNews news,
      Map<String, ?> values) {
    this.runner = runner;
    isKept = !"none".equals(bundle.getProperty(KEEPER_PROPERTY));
    this.news = news;
    loop = new CareLoop(
        lanes,
        uptime,
        InstantSource.system(),
        node.flash(),
        node.kernelBootId(),
        BuiltInLadder.text(),
        news::refused);
    commands = lanes.open("care-commands", QUEUE);
    var schema = SettingsSchema.of(CareSettings.class, PID);
    settings = new SettingsInForce<>(schema, offered -> CareSettings.read(schema, offered), news);
    changed(values);
    loop.start();
    ear = loop::nudge;
    news.listen(ear);
  }

  @Modified
  void changed(Map<String, ?> values) {
    // A file may say something else by now, though the setting that names it is the same.
    var accepted =
        settings.offer(values).or(() -> settings.inForce().filter(CareSettings::isLadderFile));
    accepted.ifPresent(this::take);
  }

  private void take(CareSettings accepted) {
    offerLadder(accepted);
    loop.setPause(accepted.pauseMinutes());
    own.forEach(loop::remove);
    own = List.of(
        NodeRemedies.restartRuntime(
            commands, runner, accepted.restartCommand(), isKept, new Leaving()),
        NodeRemedies.rebootNode(commands, runner, accepted.rebootCommand(), isKept));
    own.forEach(loop::add);
  }

  private void offerLadder(CareSettings accepted) {
    if (!accepted.isLadderFile()) {
      loop.setLadder(Optional.of(accepted.ladder()).filter(text -> !text.isEmpty()));
      return;
    }
    var file = Path.of(accepted.ladder());
    try {
      loop.setLadder(Optional.of(read(file)));
    } catch (IOException e) {
      loop.refuseLadder(file + " cannot be read (" + e + ")");
    }
  }

  private static String read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      // A pipe would hold up whoever sets this for ever.
      throw new NoSuchFileException(file.toString());
    }
    try (var content = Files.newInputStream(file)) {
      return new String(content.readNBytes(FILE_MAX_BYTES), StandardCharsets.UTF_8);
    }
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addProbe(Probe probe) {
    loop.add(probe);
  }

  void removeProbe(Probe probe) {
    loop.remove(probe);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addRemedy(Remedy remedy) {
    loop.add(remedy);
  }

  void removeRemedy(Remedy remedy) {
    loop.remove(remedy);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addListener(CareListener listener) {
    loop.add(listener);
  }

  void removeListener(CareListener listener) {
    loop.remove(listener);
  }

  @Deactivate
  void stop() {
    news.forget(ear);
    loop.close();
    commands.close();
  }

  @Override
  public Optional<CareReport> latest() {
    return loop.latest();
  }

  @Override
  public CareJournal journal() {
    return loop.journal();
  }

  @Override
  public Doing doing() {
    return loop.doing();
  }

  @Override
  public void nudge() {
    loop.nudge();
  }

  @Override
  public void pause(Duration length, String reason) {
    loop.pause(length, reason);
  }

  @Override
  public void resume(String reason) {
    loop.resume(reason);
  }

  @Override
  public void count(Effect effect, String what, String event) {
    loop.count(effect, what, event);
  }

  @Override
  public String section() {
    return "care";
  }

  @Override
  public Figures figures() {
    return loop.figures();
  }
}
