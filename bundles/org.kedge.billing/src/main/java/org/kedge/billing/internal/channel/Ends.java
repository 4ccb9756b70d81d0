package org.kedge.billing.internal.channel;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.kedge.base.api.IpPrefix;
import org.kedge.billing.internal.core.neighbour.LinkAddress;

/** Both ends of each link, as the kernel has this node's at one moment. Immutable. */
final class Ends {
  static final Ends NONE = new Ends(Map.of(), Map.of());

  private static final int IPV6_OCTETS = 16;

  private final Map<LinkAddress, End> ends;
  private final Map<Origin, LinkAddress> origins;

  /**
   * @param far where to send to
   * @param own this node's link-local addresses on the link
   * @param source the one of them from which the kernel sends
   */
  record End(InetSocketAddress far, Set<String> own, String source) {}

  private record Origin(IpPrefix address, int scope) {}

  private record Face(int index, Set<String> addresses) {}

  private Ends(Map<LinkAddress, End> ends, Map<Origin, LinkAddress> origins) {
    this.ends = ends;
    this.origins = origins;
  }

  /** Looks at the interfaces; a far end whose interface is not there, or has no address, is left out. */
  static Ends look(Collection<LinkAddress> wanted, int port) throws IOException {
    var faces = new HashMap<String, Face>();
    var ends = new LinkedHashMap<LinkAddress, End>();
    var origins = new HashMap<Origin, LinkAddress>();
    for (var name : wanted.stream().map(LinkAddress::interfaceName).collect(Collectors.toSet())) {
      var found = NetworkInterface.getByName(name);
      if (found != null) {
        faces.put(name, new Face(found.getIndex(), linkLocals(found)));
      }
    }
    for (var far : wanted) {
      var face = faces.get(far.interfaceName());
      if (face != null && !face.addresses().isEmpty()) {
        var address = Inet6Address.getByAddress(null, octets(far.address()), face.index());
        var target = new InetSocketAddress(address, port);
        source(face, target)
            .ifPresent(source -> ends.put(far, new End(target, face.addresses(), source)));
        origins.put(origin(address), far);
      }
    }
    return new Ends(ends, origins);
  }

  private static Set<String> linkLocals(NetworkInterface face) {
    return face.inetAddresses()
        .filter(address -> address instanceof Inet6Address && address.isLinkLocalAddress())
        .map(address -> bits(address.getAddress()).toString())
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** Of several only the kernel knows which it takes: a socket that is connected, and sends nothing, shows it. */
  private static Optional<String> source(Face face, InetSocketAddress target) throws IOException {
    if (face.addresses().size() == 1) {
      return face.addresses().stream().findFirst();
    }
    try (var socket = DatagramChannel.open()) {
      socket.connect(target);
      return socket.getLocalAddress() instanceof InetSocketAddress local
          ? Optional.of(bits(local.getAddress().getAddress()).toString())
          : Optional.empty();
    }
  }

  private static byte[] octets(String address) {
    var bits = IpPrefix.of(address).orElseThrow();
    return ByteBuffer.allocate(IPV6_OCTETS)
        .putLong(bits.high())
        .putLong(bits.low())
        .array();
  }

  Optional<End> at(LinkAddress far) {
    return Optional.ofNullable(ends.get(far));
  }

  /** Whom this address is known as; empty if nobody is wanted there. */
  Optional<LinkAddress> origin(InetSocketAddress from) {
    return from.getAddress() instanceof Inet6Address address
        ? Optional.ofNullable(origins.get(origin(address)))
        : Optional.empty();
  }

  /** Addresses alone are equal on all interfaces. */
  private static Origin origin(Inet6Address address) {
    return new Origin(bits(address.getAddress()), address.getScopeId());
  }

  private static IpPrefix bits(byte[] octets) {
    var bits = ByteBuffer.wrap(octets);
    return new IpPrefix(bits.getLong(), bits.getLong(), IPV6_OCTETS * Byte.SIZE);
  }
}
