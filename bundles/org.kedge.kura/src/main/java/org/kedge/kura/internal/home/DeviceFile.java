package org.kedge.kura.internal.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.kedge.base.api.DurableFile;
import org.kedge.base.api.FolderFlash;
import org.kedge.kura.internal.core.Device;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The device's name as it was at the start before, in the data folder. One thread. */
final class DeviceFile {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceFile.class);

  private final Path data;

  /** @param data made where it is not there */
  DeviceFile(Path data) {
    this.data = data;
  }

  /** @throws IOException if the data folder cannot be made or read */
  Optional<Device> read() throws IOException {
    var found = open().read();
    if (found instanceof DurableFile.Found.Damaged damaged) {
      LOG.warn("The name that this device had is lost: {}.", damaged.reason());
    }
    if (found instanceof DurableFile.Found.Content content) {
      content.damage().ifPresent(words -> LOG.warn("The name that this device had: {}.", words));
      return Device.kept(content.text());
    }
    return Optional.empty();
  }

  /** @throws IOException if the data folder cannot be made or written */
  void write(Device device) throws IOException {
    open().write(device.name().value());
  }

  private DurableFile open() throws IOException {
    return new DurableFile(new FolderFlash(Files.createDirectories(data)), "device");
  }
}
