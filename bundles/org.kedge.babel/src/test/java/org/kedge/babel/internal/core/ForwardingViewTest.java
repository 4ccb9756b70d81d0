package org.kedge.babel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kedge.babel.internal.core.ForwardingView.Switch;

class ForwardingViewTest {
  @Test
  void the_interfaces_decide_on_ipv4_and_the_common_switch_only_where_they_do_not() {
    assertThat(view(Switch.OFF, Map.of("to1", Switch.ON, "to2", Switch.ON)).forwardsIpv4())
        .isEqualTo(Switch.ON);
    assertThat(view(Switch.ON, Map.of("to1", Switch.ON, "to2", Switch.OFF)).forwardsIpv4())
        .isEqualTo(Switch.OFF);
    assertThat(view(Switch.ON, Map.of("to1", Switch.UNKNOWN)).forwardsIpv4()).isEqualTo(Switch.ON);
    assertThat(view(Switch.OFF, Map.of()).forwardsIpv4()).isEqualTo(Switch.OFF);
  }

  private static ForwardingView view(Switch ipv4, Map<String, Switch> byInterface) {
    return new ForwardingView(Switch.ON, ipv4, byInterface, new TransitVerdict.Passes());
  }
}
