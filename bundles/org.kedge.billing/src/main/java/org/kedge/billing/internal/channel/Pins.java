package org.kedge.billing.internal.channel;

import org.kedge.base.api.Flash;

/** The file of pinned keys, {@code billing-pins}. Used by the channel alone. */
public final class Pins {
  public Pins(Flash flash) {}
}
