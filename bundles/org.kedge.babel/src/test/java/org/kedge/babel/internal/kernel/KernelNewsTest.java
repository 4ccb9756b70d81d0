package org.kedge.babel.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelNewsTest {
  // What iproute2 6.1 printed.
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      [ROUTE]2001:db8:2::1 via fe80::2 dev to2 proto babel metric 1024 onlink pref medium         | ROUTES
      [ROUTE]Deleted 198.51.100.2 via inet6 fe80::2 dev to2 proto babel onlink                    | ROUTES
      [ROUTE]Deleted 198.51.100.2 via inet6 fe80::2 dev to2 proto 42 onlink                       | ROUTES
      [ROUTE]198.51.100.2 via inet6 fe80::2 dev to2 proto babel                                   | ROUTES
      [ROUTE]unreachable 2001:db8:2::1 dev lo proto babel metric 4294967295 pref medium           | ROUTES
      [ROUTE]2001:db8:2::1 via fe80::2 dev to2 proto static metric 1024 pref medium               |
      [ROUTE]2001:db8:2::1 via fe80::2 dev to2 proto 421 metric 1024 pref medium                  |
      [ROUTE]Deleted fe80::/64 dev to2 proto kernel metric 256 pref medium                        |
      [LINK]2: to2@if2: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default     | ROUTES
      [NETCONF]inet6 all forwarding off                                                           | FORWARDING
      [NETCONF]inet to2 forwarding on                                                             | FORWARDING
      [NETCONF]inet to2 rp_filter strict                                                          |
      [NETCONF]Deleted inet to2                                                                   |
      '    link/ether 8a:38:df:9f:0f:cb brd ff:ff:ff:ff:ff:ff link-netns other'                   |
      netlink receive error No buffer space available (105)                                       | ROUTES
      ''                                                                                          |
      """)
  void a_line_of_ip_tells_what_changed(String line, String change) {
    assertThat(KernelNews.fromIp(line).map(Enum::name).orElse(null)).isEqualTo(change);
  }

  // What nft 1.0.6 printed.
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      add table inet t                                                                            | FORWARDING
      add chain inet t f { type filter hook forward priority filter; policy drop; }               | FORWARDING
      insert rule inet t f accept comment "y"                                                     | FORWARDING
      delete rule inet t f handle 3                                                               | FORWARDING
      delete chain inet t f                                                                       | FORWARDING
      add set inet t s { type ipv4_addr; flags dynamic,timeout; timeout 5s; }                     |
      add element inet t s { 1.2.3.4 expires 5s }                                                 |
      delete element inet t s { 1.2.3.4 }                                                         |
      # new generation 2 by process 3736 (nft)                                                    |
      # ERROR: We lost some netlink events!                                                       | FORWARDING
      ''                                                                                          |
      """)
  void a_line_of_nft_tells_what_changed(String line, String change) {
    assertThat(KernelNews.fromNft(line).map(Enum::name).orElse(null)).isEqualTo(change);
  }
}
