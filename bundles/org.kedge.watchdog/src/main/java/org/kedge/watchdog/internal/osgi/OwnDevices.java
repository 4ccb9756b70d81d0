package org.kedge.watchdog.internal.osgi;

import java.nio.file.Path;
import java.util.List;
import org.kedge.watchdog.api.PetDevice;

/** The devices this bundle brings itself; made once, for a hold belongs to the device that gave it. */
final class OwnDevices {
  List<PetDevice> devices(Path linuxDevice) {
    return List.of();
  }
}
