package org.kedge.billing.internal.core.neighbour;

import java.util.Comparator;
import java.util.regex.Pattern;
import org.kedge.base.api.IpPrefix;

/**
 * Where a neighbour is met.
 *
 * @param interfaceName this node's end of the link, such as {@code wg1}
 * @param address link-local, of the far end, in the shortest usual form, as babeld writes it
 */
public record LinkAddress(String interfaceName, String address) implements Comparable<LinkAddress> {
  private static final IpPrefix LINK_LOCAL = IpPrefix.of("fe80::/10").orElseThrow();
  private static final Pattern INTERFACE = Pattern.compile("[^\\s/]{1,15}");
  private static final Comparator<LinkAddress> ORDER =
      Comparator.comparing(LinkAddress::interfaceName).thenComparing(LinkAddress::address);

  public LinkAddress {
    if (!isValid(interfaceName, address)) {
      throw new IllegalArgumentException(
          "A link's far end is an interface and a link-local address in its shortest form, but was '"
              + interfaceName + "' and '" + address + "'");
    }
  }

  public static boolean isValid(String interfaceName, String address) {
    return INTERFACE.matcher(interfaceName).matches()
        && IpPrefix.of(address)
            .filter(parsed -> LINK_LOCAL.covers(parsed) && parsed.toString().equals(address))
            .isPresent();
  }

  @Override
  public int compareTo(LinkAddress other) {
    return ORDER.compare(this, other);
  }

  /** As people read it: {@code fe80::1c on wg1}. */
  @Override
  public String toString() {
    return address + " on " + interfaceName;
  }
}
