package org.kedge.sim.kura;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.kura.configuration.ConfigurableComponent;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.metatype.MetaTypeService;
import org.osgi.util.tracker.BundleTracker;
import org.osgi.util.tracker.ServiceTracker;
import org.osgi.util.tracker.ServiceTrackerCustomizer;

/**
 * What Kura's configuration service does with components that are there once: it seeds their configurations from metatypes, keeps
 * them in snapshots and hands on whatever an operator gives it, right or wrong. It outlives the frameworks it is attached to, and
 * its snapshots with it.
 *
 * <p>Any thread.
 */
public final class RigConfiguration {
  private static final String PID = "kura.service.pid";

  private final RigCrypto crypto;
  // Guarded by this.
  private final NavigableMap<Long, Map<String, Map<String, Object>>> snapshots = new TreeMap<>();
  private final Map<String, Metatype> metatypes = new HashMap<>();
  private final Set<String> tracked = new HashSet<>();
  private Optional<Attached> attached = Optional.empty();

  /** A password as the console gives it; a plain text that is given as a string instead is handed on as it is. */
  public record Password(String plain) {
    @Override
    public String toString() {
      return "Password[...]";
    }
  }

  private record Attached(
      ConfigurationAdmin admin,
      MetaTypeService metatypes,
      BundleTracker<Bundle> bundles,
      ServiceTracker<ConfigurableComponent, String> components) {}

  public RigConfiguration(RigCrypto crypto) {
    this.crypto = crypto;
  }

  /**
   * The snapshot of a gateway that is set up before any of its add-ons is there.
   *
   * @param values by PID; what is left out has its default
   */
  public synchronized void setUp(Map<String, Map<String, Object>> values) {
    var next = snapshots.isEmpty() ? 0 : snapshots.lastKey() + 1;
    snapshots.put(next, new HashMap<>(values));
  }

  /** Kura's service starts: the latest snapshot goes into force, and from then on every bundle that is active is looked at. */
  public void attach(Gateway gateway) {
    var context = gateway.context();
    var bundles = new ActiveBundles(context);
    var components = new ServiceTracker<>(context, ConfigurableComponent.class, new Components());
    synchronized (this) {
      if (attached.isPresent()) {
        throw new IllegalStateException("Detach it from the framework before");
      }
      attached = Optional.of(new Attached(
          gateway.service(ConfigurationAdmin.class),
          gateway.service(MetaTypeService.class),
          bundles,
          components));
      var latest = snapshots.lastEntry();
      if (latest != null) {
        latest.getValue().forEach((pid, values) -> push(pid, new HashMap<>(values)));
      }
    }
    components.open();
    bundles.open();
  }

  /** Before the framework stops. */
  public void detach() {
    Optional<Attached> before;
    synchronized (this) {
      before = attached;
      attached = Optional.empty();
      tracked.clear();
      metatypes.clear();
    }
    before.ifPresent(one -> {
      one.bundles().close();
      one.components().close();
    });
  }

  /** The PIDs of components that are there: only these can be updated. */
  public synchronized Set<String> pids() {
    return new TreeSet<>(tracked);
  }

  /** The PIDs that a metatype was found for, whether their component is there or not. */
  public synchronized Set<String> seeded() {
    return new TreeSet<>(metatypes.keySet());
  }

  /** What is configured now, a password as cipher text; empty if nothing ever was. */
  public synchronized Map<String, Object> configured(String pid) {
    return running(pid);
  }

  /**
   * An operator changes settings, and a snapshot is taken.
   *
   * @param values the others stay; a null takes one away; nothing is checked
   * @return false if the component is not there: then Kura takes no notice
   */
  public synchronized boolean update(String pid, Map<String, ? extends @Nullable Object> values) {
    if (!updateOnly(pid, values)) {
      return false;
    }
    snapshot();
    return true;
  }

  /** As {@link #update}, without a snapshot: the next start forgets it. */
  public synchronized boolean updateOnly(
      String pid, Map<String, ? extends @Nullable Object> values) {
    var metatype = metatypes.get(pid);
    if (!tracked.contains(pid) || metatype == null) {
      return false;
    }
    var merged = seed(metatype);
    merged.putAll(running(pid));
    values.forEach((key, value) -> {
      if (value == null
          || value instanceof Password password && password.plain().isEmpty()) {
        merged.remove(key);
      } else if (value instanceof Password password) {
        merged.put(key, crypto.encrypt(password.plain()));
      } else {
        merged.put(key, value);
      }
    });
    push(pid, merged);
    return true;
  }

  /** The same values once more, as happens at any time. */
  public synchronized void again(String pid) {
    push(pid, running(pid));
  }

  /** What is configured for components that are there, and what the latest snapshot has of others. @return its id */
  public synchronized long snapshot() {
    var all = new HashMap<String, Map<String, Object>>();
    var latest = snapshots.lastEntry();
    if (latest != null) {
      all.putAll(latest.getValue());
    }
    tracked.forEach(pid -> all.put(pid, running(pid)));
    var id = latest == null ? 0 : latest.getKey() + 1;
    snapshots.put(id, all);
    return id;
  }

  public synchronized Set<Long> snapshots() {
    return new TreeSet<>(snapshots.keySet());
  }

  /** Back to a snapshot, which becomes the latest: what was configured since is gone, and what is not in it has its defaults. */
  public synchronized void rollback(long id) {
    var snapshot = snapshots.get(id);
    if (snapshot == null) {
      throw new IllegalArgumentException("There is no snapshot " + id);
    }
    metatypes.forEach((pid, metatype) -> {
      var values = seed(metatype);
      values.putAll(snapshot.getOrDefault(pid, Map.of()));
      push(pid, values);
    });
    if (id != snapshots.lastKey()) {
      snapshots.put(snapshots.lastKey() + 1, snapshot);
    }
  }

  private synchronized void found(Bundle bundle) {
    if (attached.isEmpty()) {
      return;
    }
    var information = attached.get().metatypes().getMetaTypeInformation(bundle);
    for (var pid : information == null ? new String[0] : information.getPids()) {
      // A file of another name is not found, and nobody says so.
      var file = bundle.getEntry(Metatype.path(pid));
      if (file == null) {
        continue;
      }
      try (var in = file.openStream()) {
        var metatype = Metatype.read(in);
        if (!metatype.ocdId().equals(pid)) {
          continue;
        }
        metatypes.put(pid, metatype);
        var values = seed(metatype);
        values.putAll(running(pid));
        push(pid, values);
      } catch (IOException e) {
        throw new UncheckedIOException("The metatype of " + pid + " cannot be read", e);
      }
    }
  }

  private synchronized void appeared(String pid) {
    if (attached.isPresent()) {
      tracked.add(pid);
      again(pid);
    }
  }

  private synchronized void disappeared(String pid) {
    tracked.remove(pid);
  }

  private Map<String, Object> seed(Metatype metatype) {
    var values = new HashMap<>(metatype.defaults());
    metatype.attributes().stream()
        .filter(Metatype.Attribute::isPassword)
        .forEach(one ->
            values.computeIfPresent(one.id(), (id, plain) -> crypto.encrypt((String) plain)));
    return values;
  }

  private Map<String, Object> running(String pid) {
    var values = new HashMap<String, Object>();
    try {
      var properties = admin().getConfiguration(pid, "?").getProperties();
      if (properties != null) {
        properties
            .keys()
            .asIterator()
            .forEachRemaining(key -> values.put(key, properties.get(key)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The configuration of " + pid + " cannot be had", e);
    }
    return values;
  }

  /** Each time with another cipher text of the same password. */
  private void push(String pid, Map<String, Object> values) {
    var metatype = metatypes.get(pid);
    if (metatype != null) {
      metatype.attributes().stream()
          .filter(Metatype.Attribute::isPassword)
          .forEach(one -> values.computeIfPresent(
              one.id(), (id, given) -> given instanceof String text ? anew(text) : given));
    }
    values.put(PID, pid);
    try {
      admin().getConfiguration(pid, "?").update(Gateway.dictionary(values));
    } catch (IOException e) {
      throw new UncheckedIOException("The configuration of " + pid + " cannot be kept", e);
    }
  }

  private String anew(String given) {
    return crypto.decrypt(given).map(crypto::encrypt).orElse(given);
  }

  private ConfigurationAdmin admin() {
    return attached
        .map(Attached::admin)
        .orElseThrow(() -> new IllegalStateException("It is attached to no framework"));
  }

  /** Kura looks at nothing else: a bundle that is lazily started stays without a configuration. */
  private final class ActiveBundles extends BundleTracker<Bundle> {
    ActiveBundles(BundleContext context) {
      super(context, Bundle.ACTIVE, null);
    }

    @Override
    public Bundle addingBundle(Bundle bundle, @Nullable BundleEvent event) {
      found(bundle);
      return bundle;
    }
  }

  private final class Components
      implements ServiceTrackerCustomizer<ConfigurableComponent, String> {
    /** Known by what it was configured with: without both PIDs it stays invisible. */
    @Override
    public @Nullable String addingService(ServiceReference<ConfigurableComponent> reference) {
      if (reference.getProperty(PID) instanceof String pid
          && reference.getProperty("service.pid") instanceof String) {
        appeared(pid);
        return pid;
      }
      return null;
    }

    @Override
    public void modifiedService(ServiceReference<ConfigurableComponent> reference, String pid) {}

    @Override
    public void removedService(ServiceReference<ConfigurableComponent> reference, String pid) {
      disappeared(pid);
    }
  }
}
