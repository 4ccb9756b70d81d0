package org.kedge.billing.internal.core.metering;

import java.util.Set;

/**
 * The table as the kernel has it.
 *
 * @param handle the kernel's number for it, another one each time it is made
 */
public record SeenTable(long handle, Set<Hook> hooks) {
  public SeenTable {
    hooks = Set.copyOf(hooks);
  }
}
