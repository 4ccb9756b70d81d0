package org.kedge.billing.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.CommandResult;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.billing.internal.kernel.NeighbourMacs.Look;

class NeighbourMacsTest {
  @Test
  void each_address_of_a_link_is_told_with_its_mac() {
    assertThat(NeighbourMacs.parse(
            "[{\"dst\":\"fe80::5eff:fe00:201\",\"dev\":\"to2\",\"lladdr\":\"02:00:5E:00:02:01\",\"router\":null,\"state\":[\"REACHABLE\"]},"
                + "{\"dst\":\"fe80::5eff:fe00:201\",\"dev\":\"to3\",\"lladdr\":\"02:00:5e:00:03:01\",\"state\":[\"STALE\"]},"
                + "{\"dst\":\"2001:db8::1\",\"dev\":\"to2\",\"lladdr\":\"02:00:5e:00:02:01\",\"state\":[\"STALE\"]},"
                + "{\"dst\":\"fe80::7\",\"dev\":\"to2\",\"state\":[\"FAILED\"]},"
                + "{\"dst\":\"fe80::8\",\"dev\":\"ib0\",\"lladdr\":\"80:00:00:48:fe:80:00:00\",\"state\":[\"STALE\"]},"
                + "{\"dst\":\"fe80::9\",\"dev\":\"wg1\",\"state\":[\"NOARP\"]}]"))
        .isEqualTo(new Look.Seen(Map.of(
            address("to2", "fe80::5eff:fe00:201"), "02:00:5e:00:02:01",
            address("to3", "fe80::5eff:fe00:201"), "02:00:5e:00:03:01")));
  }

  @Test
  void no_neighbours_are_a_sight_too() {
    assertThat(NeighbourMacs.parse("[ ]\n")).isEqualTo(new Look.Seen(Map.of()));
  }

  @Test
  void what_is_not_one_whole_list_is_unseen() {
    for (var text : List.of("", "{}", "[1]", "[{\"dst\":[]}]", "[{\"dst\":\"fe80::1\"", "[] []")) {
      assertThat(NeighbourMacs.parse(text)).as(text).isInstanceOf(Look.Unseen.class);
    }
  }

  @Test
  void why_they_cannot_be_seen_is_told_in_words() {
    assertThat(why(new CommandResult.NotStarted("No such file or directory")))
        .contains("ip -j -6 neigh", "not started");
    assertThat(why(new CommandResult.Ended(1, "", "Dump terminated", false, Duration.ZERO)))
        .contains("exit code 1", "Dump terminated");
    assertThat(why(new CommandResult.Ended(0, "[]", "", true, Duration.ZERO)))
        .contains("more than");
    assertThat(why(new CommandResult.Ended(
            0, "[]", "Dump was interrupted and may be inconsistent.", false, Duration.ZERO)))
        .contains("interrupted");
  }

  private static String why(CommandResult result) {
    return ((Look.Unseen) new NeighbourMacs(command -> result).look()).why();
  }

  private static LinkAddress address(String interfaceName, String address) {
    return new LinkAddress(interfaceName, address);
  }
}
