package org.kedge.base.api;

import java.util.OptionalLong;

/** A process that a capability supervises, as a service: for who watches what the kernel grants it. Any thread; returns at once. */
public interface WatchedProcess {
  /** As people know it, such as {@code babeld}. */
  String name();

  /** As last seen; empty while it does not run or cannot be found. */
  OptionalLong pid();

  /** Open files it needs under full load. */
  long descriptorsNeeded();
}
