package org.kedge.babel.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.babel.internal.core.ForwardingView.Switch;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.TransitVerdict;
import org.kedge.base.api.CommandResult;

class ForwardingTest {
  private static final List<String> LINKS = List.of("to1", "eth0.2");
  private static final EnumSet<IpFamily> BOTH = EnumSet.allOf(IpFamily.class);
  private static final CommandResult NO_RULES =
      Recordings.ended(0, Recordings.read("nft/empty.json"), "");

  @TempDir
  Path sysRoot;

  @Test
  void the_switches_are_read_for_the_node_and_each_interface() throws IOException {
    put("net/ipv6/conf/all/forwarding", "1\n");
    put("net/ipv4/ip_forward", "0\n");
    put("net/ipv4/conf/to1/forwarding", "1\n");
    put("net/ipv4/conf/eth0.2/forwarding", "0\n");
    var view = new Forwarding(sysRoot, command -> NO_RULES).look(LINKS, BOTH);
    assertThat(view.ipv6()).isEqualTo(Switch.ON);
    assertThat(view.ipv4()).isEqualTo(Switch.OFF);
    assertThat(view.ipv4ByInterface()).isEqualTo(Map.of("to1", Switch.ON, "eth0.2", Switch.OFF));
    assertThat(view.transit()).isEqualTo(new TransitVerdict.Passes());
    assertThat(view.isDropping()).isFalse();
  }

  @Test
  void a_switch_that_is_not_there_or_says_something_else_is_unknown() throws IOException {
    put("net/ipv4/ip_forward", "maybe");
    var view = new Forwarding(sysRoot, command -> NO_RULES).look(LINKS, BOTH);
    assertThat(view.forwardsIpv6()).isEqualTo(Switch.UNKNOWN);
    assertThat(view.forwardsIpv4()).isEqualTo(Switch.UNKNOWN);
  }

  @Test
  void without_an_answer_from_nft_the_verdict_is_unknown_and_says_why() {
    assertThat(why(new CommandResult.NotStarted("No such file or directory")))
        .contains("nft -j -t list ruleset", "not started");
    assertThat(why(new CommandResult.TimedOut("", "", Duration.ofSeconds(2)))).contains("2000 ms");
    assertThat(why(Recordings.ended(1, "", "Operation not permitted (you must be root)")))
        .contains("exit code 1", "you must be root");
    assertThat(why(new CommandResult.Ended(0, "{", "", true, Duration.ofMillis(9))))
        .contains("more than 16777216 bytes");
    assertThat(why(Recordings.ended(0, "{\"nftables\": [", ""))).contains("14 characters", "JSON");
  }

  @Test
  @Tag("root")
  void a_dropping_policy_set_in_the_kernel_is_seen() {
    Namespaces.require("ip", "nft");
    try (var namespaces = new Namespaces()) {
      var node = namespaces.add("drop");
      namespaces.in(node, "nft add table inet t");
      namespaces.in(
          node, "nft add chain inet t f { type filter hook forward priority 0 ; policy drop ; }");
      var view = new Forwarding(sysRoot, namespaces.runnerIn(node)).look(LINKS, BOTH);
      assertThat(view.isDropping()).isTrue();
    }
  }

  private String why(CommandResult result) {
    var transit = new Forwarding(sysRoot, command -> result).look(LINKS, BOTH).transit();
    assertThat(transit).isInstanceOf(TransitVerdict.Unknown.class);
    return ((TransitVerdict.Unknown) transit).why();
  }

  private void put(String file, String content) throws IOException {
    var path = sysRoot.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }
}
