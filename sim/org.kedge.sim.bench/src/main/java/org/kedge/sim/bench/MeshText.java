package org.kedge.sim.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** What babeld 1.12.1 writes in a big mesh, made up in the very form of its recordings: two routes to a prefix. */
final class MeshText {
  private static final String HEAD = """
      add interface to1 up true ipv6 fe80::5eff:fe00:201
      add interface to3 up true ipv6 fe80::5eff:fe00:203
      add neighbour 5586136ee000 address fe80::5eff:fe00:102 if to1 reach ffff ureach 0000 rxcost 96 txcost 96 cost 96
      add neighbour 5586136ee100 address fe80::5eff:fe00:302 if to3 reach ffff ureach 0000 rxcost 96 txcost 96 cost 96
      add xroute 2001:db8:2::1/128-::/0 prefix 2001:db8:2::1/128 from ::/0 metric 0
      """;

  private MeshText() {}

  /** The answer to one dump. */
  static byte[] dump(int routes) {
    return (HEAD + routes("add", routes) + "ok\n").getBytes(US_ASCII);
  }

  /** One round of a monitor's repeats, each route once. */
  static byte[] repeats(int routes) {
    return routes("change", routes).getBytes(US_ASCII);
  }

  private static String routes(String verb, int count) {
    var text = new StringBuilder();
    for (var i = 0; i < count; i++) {
      var isBest = i % 2 == 0;
      text.append(verb)
          .append(" route ")
          .append(Long.toHexString(0x5586136f0000L + i * 0x50L))
          .append(prefix(i / 2))
          .append(isBest ? " installed yes" : " installed no")
          .append(" id 74:5c:58:95:15:35:37:36")
          .append(isBest ? " metric 192 refmetric 96" : " metric 384 refmetric 288")
          .append(isBest ? " via fe80::5eff:fe00:302 if to3" : " via fe80::5eff:fe00:102 if to1")
          .append('\n');
    }
    return text.toString();
  }

  private static String prefix(int i) {
    return i % 10 == 0
        ? " prefix 203.0." + (i >> 8 & 0xff) + "." + (i & 0xff) + "/32 from 0.0.0.0/0"
        : " prefix 2001:db8:4:" + Integer.toHexString(i) + "::/64 from ::/0";
  }
}
