package org.eclipse.kura.watchdog;

import org.osgi.annotation.versioning.ConsumerType;

/** Whoever has to check in with the {@link WatchdogService}. Re-declared from facts for compiling. */
@ConsumerType
public interface CriticalComponent {
  String getCriticalComponentName();

  /** In milliseconds. */
  int getCriticalComponentTimeout();
}
