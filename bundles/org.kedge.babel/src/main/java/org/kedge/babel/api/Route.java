package org.kedge.babel.api;

import java.util.Map;

/**
 * A route babeld knows, installed or not. Metrics are Babel's unit-less 16 bits; 65535 is infinity.
 *
 * @param handle babeld's name for it, opaque and reused
 * @param prefix destination, such as {@code 2001:db8:2::1/128}
 * @param source source prefix, {@code ::/0} or {@code 0.0.0.0/0} for any
 * @param installed what babeld believes of the kernel; proves nothing by itself
 * @param routerId eight octets of the originator
 * @param metric from here
 * @param advertisedMetric as the next hop told it (key {@code refmetric})
 * @param via next hop
 * @param interfaceName the link to it
 * @param extra keys this version of Kedge does not know, such as a fork's {@code price}, as they came
 */
public record Route(
    String handle,
    String prefix,
    String source,
    boolean installed,
    String routerId,
    int metric,
    int advertisedMetric,
    String via,
    String interfaceName,
    Map<String, String> extra) {
  public static final int INFINITY = 65535;

  public Route {
    extra = Extra.inOrder(extra);
  }

  public boolean isFinite() {
    return metric < INFINITY;
  }

  /** Installed with a finite metric: what is meant to carry packets. */
  public boolean carries() {
    return installed && isFinite();
  }
}
