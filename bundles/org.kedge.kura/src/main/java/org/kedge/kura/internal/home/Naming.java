package org.kedge.kura.internal.home;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.eclipse.kura.system.SystemService;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lane.Outcome;
import org.kedge.kura.internal.core.Device;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles once how this device is called, and keeps it for starts at which Kura does not tell: by Kura's system service, or when
 * that does not come in time, by what was kept or is made up.
 */
final class Naming {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration ASKING = Duration.ofSeconds(20);

  private static final Logger LOG = LoggerFactory.getLogger(Naming.class);

  private final Lane lane;
  private final Path data;
  private final DeviceFile file;
  private final IntSupplier chance;
  private final Consumer<Device> named;

  // This lane only.
  private Optional<Device> settled = Optional.empty();
  private Optional<Device> kept = Optional.empty();
  private boolean isFileUsable = true;

  /** @param named called on the lane, once */
  Naming(Lane lane, Path data, IntSupplier chance, Consumer<Device> named) {
    this.lane = lane;
    this.data = data;
    this.chance = chance;
    this.named = named;
    file = new DeviceFile(data);
  }

  void begin() {
    lane.after(PATIENCE, "wait no longer for Kura's system service", () -> {
      if (settled.isEmpty()) {
        LOG.info(
            "Kura's system service told nothing within {} s; Kedge goes on without.",
            PATIENCE.toSeconds());
        settle(Optional.empty());
      }
    });
  }

  /** The service is there; any thread. */
  void ask(SystemService system) {
    lane.aside("ask Kura what the machine is", ASKING, () -> Machine.of(system), this::answered);
  }

  private void answered(Outcome<Machine> outcome) {
    if (outcome instanceof Outcome.Done<Machine> done) {
      compareFolders(done.value());
      heard(Device.live(done.value().serial(), done.value().mac()));
    } else if (outcome instanceof Outcome.Failed<Machine> failed) {
      LOG.warn("Kura's system service failed: {}.", failed.cause().toString());
    } else {
      LOG.warn("Kura's system service did not answer within {} s.", ASKING.toSeconds());
    }
  }

  private void compareFolders(Machine machine) {
    machine
        .data()
        .filter(kuras -> !KuraHome.folderIn(kuras).equals(data))
        .ifPresent(kuras -> LOG.warn(
            "Kura keeps its data in {}, Kedge its own in {}, as its start is not told of the other. Kedge stays there at"
                + " every start until Kura's JVM is given -Dkura.data.dir={}; move the files then.",
            kuras,
            data,
            kuras));
  }

  private void heard(Optional<Device> live) {
    if (settled.isEmpty()) {
      settle(live);
    } else if (live.isPresent() && !isNamed(settled, live.get())) {
      LOG.warn(
          "Kura came too late to name this device: it is called {} until the next start of Kura, then {} ({}).",
          settled.get().name(),
          live.get().name(),
          live.get().source().words());
      keep(live.get());
    }
  }

  private void settle(Optional<Device> live) {
    kept = read();
    var device = live.or(() -> kept).orElseGet(() -> Device.made(chance.getAsInt()));
    if (kept.isPresent() && !isNamed(kept, device)) {
      LOG.warn(
          "This device was called {} at the start before. Is it still the same machine, and shall its name stay, set 'node.id'"
              + " of org.kedge.base to that.",
          kept.get().name());
    }
    LOG.info("This device is {} ({}).", device.name(), device.source().words());
    settled = Optional.of(device);
    keep(device);
    named.accept(device);
  }

  private Optional<Device> read() {
    try {
      return file.read();
    } catch (IOException e) {
      cannot(e);
      return Optional.empty();
    }
  }

  private void keep(Device device) {
    if (!isFileUsable || isNamed(kept, device)) {
      return;
    }
    try {
      file.write(device);
      kept = Optional.of(device);
    } catch (IOException e) {
      cannot(e);
    }
  }

  private void cannot(IOException e) {
    isFileUsable = false;
    LOG.error(
        "The data folder {} cannot be made, read or written ({}): the name of this device is not kept, and the node will not"
            + " start. Make the folder writable for the user that Kura runs as.",
        data,
        e.toString());
  }

  private static boolean isNamed(Optional<Device> one, Device other) {
    return one.map(Device::name).equals(Optional.of(other.name()));
  }
}
