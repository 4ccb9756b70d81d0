package org.kedge.board.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WaysOutTest {
  private static final String HEAD =
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
  private static final String DEFAULT_4 =
      "eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0";
  private static final String LOCAL_4 =
      "eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0";
  private static final String MESH_4 =
      "wlan1\t000A0A0A\t010A0A0A\t0007\t0\t0\t0\t00FFFFFF\t0\t0\t0";
  private static final String ZEROS = "00000000000000000000000000000000";
  private static final String DEFAULT_6 = ZEROS + " 00 " + ZEROS
      + " 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003    wlan2";
  private static final String REJECT_6 =
      ZEROS + " 00 " + ZEROS + " 00 " + ZEROS + " ffffffff 00000001 00000000 00200200       lo";
  private static final String LINK_6 = "fe800000000000000000000000000000 40 " + ZEROS + " 00 "
      + ZEROS + " 00000100 00000001 00000000 00000001    wlan3";

  @Test
  void default_routes_of_both_families_lead_out() {
    assertThat(WaysOut.of(
                List.of(HEAD, DEFAULT_4, LOCAL_4, MESH_4), List.of(DEFAULT_6, REJECT_6, LINK_6))
            .interfaces())
        .containsExactlyInAnyOrder("eth0", "wlan2");
  }

  @Test
  void without_a_default_route_any_route_through_a_gateway_does() {
    assertThat(WaysOut.of(List.of(HEAD, LOCAL_4, MESH_4), List.of(REJECT_6, LINK_6))
            .interfaces())
        .containsExactly("wlan1");
  }

  @Test
  void a_route_that_rejects_or_is_not_up_leads_nowhere() {
    var rejects = DEFAULT_6.replace("00000003 ", "00000203 ");
    var isDown = DEFAULT_4.replace("\t0003\t", "\t0002\t");
    assertThat(WaysOut.of(List.of(HEAD, isDown), List.of(rejects)).interfaces()).isEmpty();
  }

  @Test
  void lines_of_another_form_are_passed_over() {
    assertThat(WaysOut.of(List.of("", "x y z"), List.of("a b")).interfaces()).isEmpty();
  }
}
