package org.kedge.babel.internal.core;

import java.util.Map;

/**
 * Whether the node itself lets packets through, at one moment.
 *
 * @param ipv6 {@code net.ipv6.conf.all.forwarding}
 * @param ipv4 {@code net.ipv4.ip_forward}
 * @param ipv4ByInterface {@code net.ipv4.conf.IFACE.forwarding} of each interface asked for
 * @param transit the firewall's verdict on packets between these interfaces
 */
public record ForwardingView(
    Switch ipv6, Switch ipv4, Map<String, Switch> ipv4ByInterface, TransitVerdict transit) {
  public ForwardingView {
    ipv4ByInterface = Map.copyOf(ipv4ByInterface);
  }

  /** A switch of the kernel; unknown if it is not there or cannot be read. */
  public enum Switch {
    ON,
    OFF,
    UNKNOWN
  }

  /**
   * Whether the kernel forwards IPv4 between the interfaces: it asks each interface, and {@code ip_forward} only sets them all
   * (measured: off there and on at the interfaces forwards). Off if any is off.
   */
  public Switch forwardsIpv4() {
    var states = ipv4ByInterface.values();
    if (states.contains(Switch.OFF)) {
      return Switch.OFF;
    }
    return states.isEmpty() || states.contains(Switch.UNKNOWN) ? ipv4 : Switch.ON;
  }

  /** Whether the kernel forwards IPv6; it asks one switch for all interfaces. */
  public Switch forwardsIpv6() {
    return ipv6;
  }

  /** Whether the firewall surely drops transit. */
  public boolean isDropping() {
    return transit instanceof TransitVerdict.Dropped;
  }
}
