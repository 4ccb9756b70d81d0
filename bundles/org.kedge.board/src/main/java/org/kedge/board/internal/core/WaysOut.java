package org.kedge.board.internal.core;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Interfaces through which this node reaches others, from the kernel's main tables.
 *
 * @param interfaces those of default routes; where there is none at all, those of any route through a gateway
 */
public record WaysOut(Set<String> interfaces) {
  private static final long UP = 0x1;
  private static final long GATEWAY = 0x2;
  private static final long REJECT = 0x200;
  private static final String LOOPBACK = "lo";

  public WaysOut {
    interfaces = Set.copyOf(interfaces);
  }

  /**
   * @param ipv4 lines of {@code /proc/net/route}
   * @param ipv6 lines of {@code /proc/net/ipv6_route}
   */
  public static WaysOut of(List<String> ipv4, List<String> ipv6) {
    var defaults = new TreeSet<String>();
    var gateways = new TreeSet<String>();
    for (var line : ipv4) {
      // Iface Destination Gateway Flags RefCnt Use Metric Mask ...
      var words = line.strip().split("\\s+", -1);
      if (words.length >= 8 && words[3].matches("[0-9A-Fa-f]{1,8}")) {
        enter(
            words[0],
            Long.parseLong(words[3], 16),
            words[1].equals("00000000") && words[7].equals("00000000"),
            defaults,
            gateways);
      }
    }
    for (var line : ipv6) {
      // Destination Length Source Length NextHop Metric RefCnt Use Flags Iface
      var words = line.strip().split("\\s+", -1);
      if (words.length >= 10 && words[8].matches("[0-9A-Fa-f]{1,8}")) {
        enter(
            words[9],
            Long.parseLong(words[8], 16),
            words[0].matches("0{32}") && words[1].equals("00"),
            defaults,
            gateways);
      }
    }
    return new WaysOut(defaults.isEmpty() ? gateways : defaults);
  }

  private static void enter(
      String name, long flags, boolean isDefault, Set<String> defaults, Set<String> gateways) {
    if (name.equals(LOOPBACK) || (flags & UP) == 0 || (flags & REJECT) != 0) {
      return;
    }
    if (isDefault) {
      defaults.add(name);
    }
    if ((flags & GATEWAY) != 0) {
      gateways.add(name);
    }
  }
}
