package org.kedge.sim.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * An OSGi framework with declarative services and the Kedge bundles in it. Boot delegation is strict, as on a plain framework: a
 * bundle that forgets an import fails here and not on a gateway.
 */
final class Host implements AutoCloseable {
  private static final String KEDGE = "org.kedge.";

  /** What the host and the bundles have to see alike: the log and configuration admin's contract. */
  private static final String SHARED_PACKAGES =
      "org.slf4j;version=\"1.7.36\",org.osgi.service.cm;version=\"1.6.1\"";

  private static final Duration STOP_LIMIT = Duration.ofSeconds(4);

  private final Framework framework;
  private boolean stopped;

  private Host(Framework framework) {
    this.framework = framework;
  }

  /**
   * Starts the framework and every bundle of a folder; nothing is configured yet.
   *
   * @param bundles folder of jars
   * @param data where the node keeps its files; the framework's own storage in it is made anew
   * @throws BundleException if a bundle does not resolve or start, naming it
   */
  static Host start(Path bundles, Path data) throws BundleException, IOException {
    var properties = new HashMap<String, String>();
    properties.put(Constants.FRAMEWORK_STORAGE, data.resolve("osgi").toString());
    properties.put(
        Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
    properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, SHARED_PACKAGES);
    properties.put(Constants.FRAMEWORK_BOOTDELEGATION, "none");
    properties.put("osgi.compatibility.bootdelegation", "false");
    properties.put("org.kedge.data", data.toString());
    // Without somebody to start it again a node must not leave by itself.
    properties.put("org.kedge.keeper", System.getProperty("kedge.keeper", "none"));
    var framework = ServiceLoader.load(FrameworkFactory.class)
        .findFirst()
        .orElseThrow()
        .newFramework(properties);
    framework.start();
    var host = new Host(framework);
    try {
      host.install(bundles);
      return host;
    } catch (BundleException | IOException e) {
      host.close();
      throw e;
    }
  }

  private void install(Path folder) throws BundleException, IOException {
    var installed = new ArrayList<Bundle>();
    try (var jars = Files.list(folder)) {
      for (var jar :
          jars.filter(file -> file.toString().endsWith(".jar")).sorted().toList()) {
        installed.add(context().installBundle("reference:" + jar.toUri()));
      }
    }
    // The plumbing first, so that components find it when their bundle starts.
    installed.sort(Comparator.comparing(bundle -> bundle.getSymbolicName().startsWith(KEDGE)));
    for (var bundle : installed) {
      bundle.start();
    }
  }

  BundleContext context() {
    return framework.getBundleContext();
  }

  /** Every problem with settings by PID and name, a line each; none if they can be put in force. */
  @SuppressWarnings("unchecked")
  List<String> problems(Map<String, Map<String, String>> settings) {
    return (List<String>) desk(Function.class).apply(settings);
  }

  /** Every setting with its default, range and meaning, as a settings file. */
  String exampleSettings() {
    return (String) desk(Supplier.class).get();
  }

  /** Where all settings of the node are known. */
  private <T> T desk(Class<T> type) {
    return service(type, "(org.kedge.desk=settings)");
  }

  private <T> T service(Class<T> type, String filter) {
    try {
      var found = context().getServiceReferences(type, filter);
      if (found.isEmpty()) {
        throw new IllegalStateException(
            "The framework lacks the service " + type.getName() + " " + filter);
      }
      var service = context().getService(found.iterator().next());
      if (service == null) {
        throw new IllegalStateException(
            "The service " + type.getName() + " " + filter + " cannot be had");
      }
      return service;
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException("'" + filter + "' is no filter", e);
    }
  }

  /** Puts settings in force; a component whose settings are the same looks only at the files they name. */
  @SuppressWarnings("JdkObsolete") // configuration admin takes a Dictionary
  void configure(Map<String, Map<String, String>> settings) throws IOException {
    var admin = service(ConfigurationAdmin.class, "(service.id=*)");
    for (var entry : settings.entrySet()) {
      admin.getConfiguration(entry.getKey(), "?").update(new Hashtable<>(entry.getValue()));
    }
  }

  /** Bundles that are not running, each with its state; empty if all is well. */
  String unwell() {
    return List.of(context().getBundles()).stream()
        .filter(bundle -> bundle.getState() != Bundle.ACTIVE
            && bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null)
        .map(bundle -> bundle.getSymbolicName() + " (state " + bundle.getState() + ")")
        .collect(Collectors.joining(", "));
  }

  /**
   * Stops every bundle and the framework.
   *
   * @return false if that took longer than a node may take to stop
   */
  boolean stop() {
    stopped = true;
    try {
      framework.stop();
      return framework.waitForStop(STOP_LIMIT.toMillis()).getType() != FrameworkEvent.WAIT_TIMEDOUT;
    } catch (BundleException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Stops it unless that was done or tried already: a bundle that does not stop is not waited for twice. */
  @Override
  public void close() {
    if (!stopped) {
      stop();
    }
  }
}
