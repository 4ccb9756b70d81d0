package org.kedge.kura.internal.core;

import org.kedge.base.api.Figures;

/** A part of this bundle that has figures to tell: they stand together in one section of the snapshot. A service, for this bundle alone. */
public interface Part {
  /** Any thread; returns at once. */
  Figures figures();
}
