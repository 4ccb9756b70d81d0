package org.kedge.kura.internal.home;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.UnaryOperator;
import org.eclipse.kura.crypto.CryptoService;
import org.eclipse.kura.system.SystemService;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Home;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.NodeId;
import org.kedge.kura.internal.core.Device;
import org.kedge.kura.internal.core.Part;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Kura as the {@link Home} of Kedge, once it is settled how the device is called; a host that is the home itself is left alone. */
@Component(immediate = true, service = Part.class)
public final class KuraHome implements Part {
  /** A host says here where data is kept; base offers that home. */
  private static final String HOST_PROPERTY = "org.kedge.data";

  private static final Logger LOG = LoggerFactory.getLogger(KuraHome.class);

  private final Secrets secrets = new Secrets();
  private final boolean isKeyPublic;
  private final Path data;
  private final Function<Home, Runnable> offer;
  private final Optional<Lane> lane;
  private final Optional<Naming> naming;

  // Guarded by this.
  private Optional<Runnable> withdrawal = Optional.empty();
  private boolean isStopped;

  @Activate
  public KuraHome(BundleContext bundle, @Reference Lanes lanes) {
    this(
        bundle::getProperty,
        System::getenv,
        home -> offered(bundle, home),
        lanes,
        new SecureRandom()::nextInt);
  }

  /**
   * @param properties of the framework or the system
   * @param environment variables of this process
   * @param offer makes a home a service; what it returns takes it back
   * @param chance for a name that is made up
   */
  KuraHome(
      UnaryOperator<@Nullable String> properties,
      UnaryOperator<@Nullable String> environment,
      Function<Home, Runnable> offer,
      Lanes lanes,
      IntSupplier chance) {
    this.offer = offer;
    data = data(properties);
    isKeyPublic = Secrets.isKeyPublic(properties, environment);
    lane = properties.apply(HOST_PROPERTY) == null
        ? Optional.of(lanes.open("kura-home", 8))
        : Optional.empty();
    naming = lane.map(own -> new Naming(own, data, chance, this::named));
    naming.ifPresent(Naming::begin);
    if (lane.isPresent() && isKeyPublic) {
      LOG.warn(
          "Kura encrypts passwords with the key that stands in its public sources: who gets at its settings reads them. Give"
              + " Kura's JVM -D{} with 16, 24 or 32 characters of your own, and set the passwords again.",
          Secrets.KEY_PROPERTY);
    }
  }

  private static Runnable offered(BundleContext bundle, Home home) {
    var registration = bundle.registerService(Home.class, home, null);
    return () -> {
      try {
        registration.unregister();
      } catch (IllegalStateException e) {
        // Stopped while it was offered: the framework has taken it back itself.
        LOG.debug("Taking the home back: {}", e.toString());
      }
    };
  }

  /** The same at every start: what Kura's start script tells, whether a service of Kura's is there or not. */
  static Path data(UnaryOperator<@Nullable String> properties) {
    var folder = given(properties, "kura.data.dir")
        .map(Path::of)
        .or(() -> given(properties, "kura.home").map(home -> Path.of(home, "data")))
        .orElse(Path.of("/opt/eclipse/kura/data"));
    return folderIn(folder);
  }

  /** Ours in Kura's. */
  static Path folderIn(Path kuras) {
    return kuras.toAbsolutePath().normalize().resolve("kedge");
  }

  private static Optional<String> given(
      UnaryOperator<@Nullable String> properties, String property) {
    return Optional.ofNullable(properties.apply(property)).filter(value -> !value.isBlank());
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void setSystemService(SystemService system) {
    naming.ifPresent(one -> one.ask(system));
  }

  /** What it told stays true. */
  void unsetSystemService(SystemService system) {}

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void setCryptoService(CryptoService crypto) {
    secrets.use(crypto);
  }

  void unsetCryptoService(CryptoService crypto) {
    secrets.leave(crypto);
  }

  @Deactivate
  void stop() {
    lane.ifPresent(Lane::close);
    Optional<Runnable> offered;
    synchronized (this) {
      isStopped = true;
      offered = withdrawal;
      withdrawal = Optional.empty();
    }
    offered.ifPresent(Runnable::run);
  }

  @Override
  public Figures figures() {
    var figures = Figures.builder();
    if (lane.isPresent()) {
      figures.flag("crypto_key_public", isKeyPublic);
    }
    return figures.build();
  }

  /** Not under the lock: whoever waits for a home starts within. */
  private void named(Device device) {
    var offered = offer.apply(new InKura(data, device.name(), secrets));
    synchronized (this) {
      if (!isStopped) {
        withdrawal = Optional.of(offered);
        return;
      }
    }
    // Stopped in the meantime.
    offered.run();
  }

  private record InKura(Path data, NodeId name, Secrets secrets) implements Home {
    @Override
    public Optional<NodeId> device() {
      return Optional.of(name);
    }

    @Override
    public Revealed reveal(String given) {
      return secrets.reveal(given);
    }
  }
}
