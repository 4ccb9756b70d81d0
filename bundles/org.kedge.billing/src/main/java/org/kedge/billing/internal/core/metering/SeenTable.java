package org.kedge.billing.internal.core.metering;

import java.util.Set;

/**
 * The table as the kernel has it.
 *
 * @param life names this table, another name each time it is made
 */
public record SeenTable(String life, Set<Hook> hooks) {
  public SeenTable {
    hooks = Set.copyOf(hooks);
  }
}
