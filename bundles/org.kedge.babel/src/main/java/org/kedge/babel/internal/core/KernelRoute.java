package org.kedge.babel.internal.core;

import java.util.Optional;

/**
 * A route of protocol babel in the kernel's tables, whichever table holds it.
 *
 * @param prefix destination with its length, such as {@code 2001:db8:2::1/128}
 * @param source source prefix, {@code ::/0} or {@code 0.0.0.0/0} for any
 * @param gateway next hop, for IPv4 possibly an IPv6 address; empty where the destination is on the link
 * @param device the link; {@code lo} for an unreachable route, also where the kernel names none (IPv4)
 * @param unreachable it answers packets with an error or drops them; babeld holds such routes while it waits for a better one
 * @param table its name or number as ip tells it, {@code main} where it tells none
 * @param metric the kernel's, which is not Babel's; lower is preferred, 0 where ip tells none
 */
public record KernelRoute(
    String prefix,
    String source,
    Optional<String> gateway,
    String device,
    boolean unreachable,
    String table,
    long metric) {
  /** The table that ip does not tell. */
  public static final String MAIN_TABLE = "main";

  /** Of its prefix. */
  public IpFamily family() {
    return IpFamily.ofAddress(prefix);
  }
}
