package org.eclipse.kura.watchdog;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Kura's owner of the hardware timer: it reboots the node when a registered component does not check in. Re-declared from facts for
 * compiling; on a gateway Kura's own is used.
 */
@ProviderType
public interface WatchdogService {
  /** Does nothing. */
  @Deprecated
  void startWatchdog();

  /** Does nothing. */
  @Deprecated
  void stopWatchdog();

  /** Returns 0. */
  int getHardwareTimeout();

  @Deprecated
  void registerCriticalService(CriticalComponent criticalComponent);

  @Deprecated
  void unregisterCriticalService(CriticalComponent criticalComponent);

  /** Known by identity; its time runs from now. */
  void registerCriticalComponent(CriticalComponent criticalComponent);

  void unregisterCriticalComponent(CriticalComponent criticalComponent);

  List<CriticalComponent> getCriticalComponents();

  void checkin(CriticalComponent criticalComponent);
}
