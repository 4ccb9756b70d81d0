package org.kedge.billing.internal.core.metering;

import java.util.List;
import org.kedge.base.api.IpPrefix;
import org.kedge.billing.internal.core.PassAlways;

/**
 * What the kernel is to count and to slow.
 *
 * @param interfaces those that exist now; of one name there is one
 * @param mesh prefixes of the mesh, both families; destinations among them are counted one by one, all others together. Default routes
 *     are none
 * @param slowed of one station there is one
 * @param passAlways reached at full rate all the same
 */
public record WantedTable(
    List<MeteredInterface> interfaces,
    List<IpPrefix> mesh,
    List<Slowed> slowed,
    List<PassAlways> passAlways) {
  public static final WantedTable NONE =
      new WantedTable(List.of(), List.of(), List.of(), List.of());

  public WantedTable {
    interfaces = List.copyOf(interfaces);
    mesh = List.copyOf(mesh);
    slowed = List.copyOf(slowed);
    passAlways = List.copyOf(passAlways);
  }
}
