package org.kedge.sim.kura;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.deploymentadmin.DeploymentAdmin;

/**
 * A framework as Kura's, without Kura in it: its API, the log and the OSGi services come from the tests' class path in the versions
 * that Kura exports, so that tests and bundles share the types; Kura's own services are what a test {@linkplain #offer offers}. Boot
 * delegation is strict, which Kura's launcher is not: a bundle that forgets an import fails here.
 */
public final class Gateway implements AutoCloseable {
  private static final int LEVEL_OF_KURA = 2;
  private static final int LEVEL_OF_ADD_ONS = 6;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);

  private final Framework framework;

  private Gateway(Framework framework) {
    this.framework = framework;
  }

  /**
   * Starts it with a clean cache, as Kura does every time.
   *
   * @param home stays from start to start: {@code kura.home}, with {@code data} in it; anything below may be there already
   */
  public static Gateway start(Level level, Path home) throws BundleException, IOException {
    Files.createDirectories(home.resolve("data"));
    var properties = new HashMap<String, String>();
    properties.put(Constants.FRAMEWORK_STORAGE, home.resolve("osgi-cache").toString());
    properties.put(
        Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, level.systemPackages());
    properties.put(Constants.FRAMEWORK_BOOTDELEGATION, "none");
    properties.put("osgi.compatibility.bootdelegation", "false");
    properties.put(Constants.FRAMEWORK_BEGINNING_STARTLEVEL, Integer.toString(LEVEL_OF_ADD_ONS));
    // On a gateway these are system properties, which a bundle reads in the same way.
    properties.put("kura.home", home.toString());
    properties.put("kura.data.dir", home.resolve("data").toString());
    var framework = ServiceLoader.load(FrameworkFactory.class)
        .findFirst()
        .orElseThrow()
        .newFramework(properties);
    framework.init();
    var gateway = new Gateway(framework);
    try {
      for (var jar : level.bundles()) {
        gateway.install("reference:" + jar.toUri(), jar, LEVEL_OF_KURA).start();
      }
      framework.start();
      return gateway;
    } catch (BundleException | IOException | RuntimeException e) {
      gateway.close();
      throw e;
    }
  }

  public BundleContext context() {
    return framework.getBundleContext();
  }

  /** Installs a bundle beside all packages, as from Kura's folder of plug-ins, and starts it. */
  public Bundle install(Path jar) throws BundleException, IOException {
    var bundle = add(jar);
    bundle.start();
    return bundle;
  }

  /** Installs bundles and then starts them in this order, as Kura does those of its folder. */
  public List<Bundle> install(List<Path> jars) throws BundleException, IOException {
    var bundles = new ArrayList<Bundle>();
    for (var jar : jars) {
      bundles.add(add(jar));
    }
    for (var bundle : bundles) {
      bundle.start();
    }
    return bundles;
  }

  private Bundle add(Path jar) throws BundleException, IOException {
    try (var file = new JarFile(jar.toFile())) {
      var name = file.getManifest().getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
      return install("plugins:" + name, jar, LEVEL_OF_ADD_ONS);
    }
  }

  private Bundle install(String location, Path jar, int startLevel)
      throws BundleException, IOException {
    try (var in = Files.newInputStream(jar)) {
      var bundle = location.startsWith("reference:")
          ? context().installBundle(location)
          : context().installBundle(location, in);
      bundle.adapt(BundleStartLevel.class).setStartLevel(startLevel);
      return bundle;
    }
  }

  /** The bundle of this symbolic name, whoever installed it; empty if there is none. */
  public Optional<Bundle> find(String symbolicName) {
    return Arrays.stream(context().getBundles())
        .filter(one -> symbolicName.equals(one.getSymbolicName()))
        .findFirst();
  }

  /** The bundle of this symbolic name. */
  public Bundle bundle(String symbolicName) {
    return find(symbolicName)
        .orElseThrow(() -> new IllegalStateException("There is no bundle " + symbolicName));
  }

  /** Offers a double until the registration is taken back. */
  public <S> ServiceRegistration<S> offer(Class<S> type, S service, Map<String, ?> properties) {
    return context().registerService(type, service, dictionary(properties));
  }

  @SuppressWarnings("JdkObsolete") // the framework takes a Dictionary
  static Hashtable<String, Object> dictionary(Map<String, ?> properties) {
    return new Hashtable<>(properties);
  }

  /** The service of this type; throws if there is none. */
  public <S> S service(Class<S> type) {
    return Optional.ofNullable(context().getServiceReference(type))
        .map(one -> context().getService(one))
        .orElseThrow(() -> new IllegalStateException("Nobody offers " + type.getName()));
  }

  public DeploymentAdmin deploymentAdmin() {
    return service(DeploymentAdmin.class);
  }

  /** Bundles that are not active, each with its state; empty if all is well. */
  public List<String> unwell() {
    return Arrays.stream(context().getBundles())
        .filter(one -> one.getState() != Bundle.ACTIVE)
        .filter(one -> one.getHeaders().get(Constants.FRAGMENT_HOST) == null)
        .map(one -> one.getSymbolicName() + " is " + inWords(one.getState()))
        .toList();
  }

  private static String inWords(int state) {
    return switch (state) {
      case Bundle.INSTALLED -> "installed, but does not resolve";
      case Bundle.RESOLVED -> "resolved, but not started";
      case Bundle.STARTING -> "starting";
      case Bundle.STOPPING -> "stopping";
      default -> "in state " + state;
    };
  }

  /**
   * Components of active bundles that cannot be had, each with what it lacks; empty if all is well. Right after a start not all of
   * them are known yet, which is told, too.
   */
  public List<String> unsatisfied() {
    var runtime = service(ServiceComponentRuntime.class);
    var lacking = new ArrayList<String>();
    for (var bundle : context().getBundles()) {
      var declared = bundle.getHeaders().get("Service-Component");
      if (declared != null
          && bundle.getState() == Bundle.ACTIVE
          && runtime.getComponentDescriptionDTOs(bundle).size() < declared.split(",").length) {
        lacking.add(bundle.getSymbolicName() + " has components that are not known yet");
      }
    }
    for (var component : runtime.getComponentDescriptionDTOs()) {
      var configurations = runtime.getComponentConfigurationDTOs(component);
      if (configurations.isEmpty()) {
        // Of one that has to be configured and is not, services 1.4 have no more to tell.
        lacking.add(component.name
            + (component.configurationPolicy.equals("require")
                ? " has no configuration"
                : " is not made"));
      }
      for (var one : configurations) {
        if (one.state != ComponentConfigurationDTO.ACTIVE
            && one.state != ComponentConfigurationDTO.SATISFIED) {
          lacking.add(component.name + " " + lack(component, one));
        }
      }
    }
    return lacking;
  }

  /** Names of the components that there are. */
  public List<String> components() {
    return service(ServiceComponentRuntime.class).getComponentDescriptionDTOs().stream()
        .map(one -> one.name)
        .sorted()
        .toList();
  }

  private static String lack(
      ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
    return switch (configuration.state) {
      case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION -> "has no configuration";
      case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
        "lacks "
            + Arrays.stream(configuration.unsatisfiedReferences)
                .map(lacking -> Arrays.stream(component.references)
                    .filter(reference -> reference.name.equals(lacking.name))
                    .map(reference -> reference.interfaceName)
                    .findFirst()
                    .orElse(lacking.name))
                .collect(joining(", "));
      case ComponentConfigurationDTO.FAILED_ACTIVATION -> "failed: " + configuration.failure;
      default -> "is in state " + configuration.state;
    };
  }

  /** Stops the framework and all in it; throws if that takes longer than any bundle of an add-on may take. */
  @Override
  public void close() {
    try {
      framework.stop();
      if (framework.waitForStop(CLOSE_LIMIT.toMillis()).getType() == FrameworkEvent.WAIT_TIMEDOUT) {
        throw new IllegalStateException(
            "The framework did not stop within " + CLOSE_LIMIT.toSeconds() + " s");
      }
    } catch (BundleException e) {
      throw new IllegalStateException("The framework does not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Stopping the framework was interrupted", e);
    }
  }
}
