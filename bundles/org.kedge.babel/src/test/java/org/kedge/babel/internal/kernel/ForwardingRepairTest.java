package org.kedge.babel.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.TransitVerdict;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.internal.command.ProcessCommandRunner;
import org.kedge.care.api.RemedyOutcome;

class ForwardingRepairTest {
  private static final List<String> LINKS = List.of("to1", "eth0.2");
  private static final EnumSet<IpFamily> BOTH = EnumSet.allOf(IpFamily.class);
  private static final CommandResult NO_RULES = nft("empty");
  private static final CommandResult DROPS = nft("policy-drop");
  private static final String IPV6 = "net/ipv6/conf/all/forwarding";
  private static final String IPV4 = "net/ipv4/ip_forward";

  private final List<Command> ran = new ArrayList<>();

  @TempDir
  Path sysRoot;

  @BeforeEach
  void allSwitchesAreOn() throws IOException {
    for (var file : List.of(IPV6, IPV4, ofLink("to1"), ofLink("eth0.2"))) {
      put(file, "1");
    }
  }

  @Test
  void only_what_is_off_is_switched_on_and_each_is_named() throws IOException {
    put(IPV6, "0");
    put(ofLink("eth0.2"), "0");
    assertThat(restore(BOTH, NO_RULES))
        .isEqualTo(new RemedyOutcome.Done("switched net.ipv6.conf.all.forwarding on;"
            + " switched net.ipv4.conf.eth0/2.forwarding on"));
    assertThat(read(IPV6)).isEqualTo("1");
    assertThat(read(ofLink("eth0.2"))).isEqualTo("1");
  }

  @Test
  void the_switch_of_all_interfaces_is_left_where_ipv4_is_forwarded_without_it()
      throws IOException {
    put(IPV4, "0");
    assertThat(restore(BOTH, NO_RULES)).isInstanceOf(RemedyOutcome.Useless.class);
    assertThat(read(IPV4)).isEqualTo("0");
    put(ofLink("to1"), "0");
    assertThat(restore(BOTH, NO_RULES))
        .isEqualTo(new RemedyOutcome.Done(
            "switched net.ipv4.ip_forward on; switched net.ipv4.conf.to1.forwarding on"));
  }

  @Test
  void a_family_the_mesh_has_no_routes_of_stays_off() throws IOException {
    put(IPV6, "0");
    put(IPV4, "0");
    put(ofLink("to1"), "0");
    assertThat(restore(EnumSet.of(IpFamily.IPV6), NO_RULES))
        .isEqualTo(new RemedyOutcome.Done("switched net.ipv6.conf.all.forwarding on"));
    assertThat(read(IPV4)).isEqualTo("0");
    assertThat(read(ofLink("to1"))).isEqualTo("0");
  }

  @Test
  void where_all_is_open_there_is_nothing_to_offer() {
    assertThat(restore(BOTH, NO_RULES))
        .isEqualTo(new RemedyOutcome.Useless(
            "no switch of forwarding is off, and the firewall lets transit pass"));
  }

  @Test
  void not_knowing_the_firewall_is_a_failure_that_changes_nothing() {
    assertThat(restore(BOTH, new CommandResult.TimedOut("", "", Duration.ofSeconds(2))))
        .isInstanceOf(RemedyOutcome.Failed.class)
        .extracting(RemedyOutcome::words)
        .asString()
        .contains("cannot be told", "no end within 2000 ms");
    assertThat(restore(BOTH, nft("named-set-accepts"))).isInstanceOf(RemedyOutcome.Failed.class);
    assertThat(ran).allMatch(command -> command.equals(Forwarding.COMMAND));
  }

  @Test
  void a_chain_that_drops_gets_one_rule_at_its_head_and_is_looked_at_again() {
    assertThat(
            restore(BOTH, DROPS, Recordings.ended(0, "{\"nftables\": []}", ""), NO_RULES, NO_RULES))
        .isInstanceOf(RemedyOutcome.Done.class)
        .extracting(RemedyOutcome::words)
        .asString()
        .startsWith("inserted a rule that accepts transit between to1, eth0.2 at the head of inet")
        .contains("policy drop and no rule accepts");
    assertThat(ran.get(2).arguments())
        .startsWith("nft", "insert", "rule", "inet")
        .endsWith(
            "iifname",
            "{ \"to1\", \"eth0.2\" }",
            "oifname",
            "{ \"to1\", \"eth0.2\" }",
            "accept",
            "comment",
            "\"kedge: transit of the mesh\"");
  }

  @Test
  void an_old_rule_of_ours_goes_in_the_same_transaction() {
    var ours = """
        {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"chain": {"handle": 1}},
          {"rule": {"handle": 5, "comment": "kedge: transit of the mesh", "expr": []}},
          {"rule": {"handle": 6, "comment": "another", "expr": []}}, {"rule": {"handle": 7}}]}""";
    restore(BOTH, DROPS, Recordings.ended(0, ours, ""), NO_RULES, NO_RULES);
    assertThat(String.join(" ", ran.get(2).arguments()))
        .containsPattern("; delete rule inet \\S+ \\S+ handle 5$");
  }

  @Test
  void a_chain_that_cannot_be_changed_is_told_after_what_was_done() throws IOException {
    put(IPV6, "0");
    assertThat(restore(BOTH, DROPS, Recordings.ended(1, "", "Operation not permitted")))
        .isInstanceOf(RemedyOutcome.Failed.class)
        .extracting(RemedyOutcome::words)
        .asString()
        .startsWith("switched net.ipv6.conf.all.forwarding on; nft -j -t list chain inet")
        .endsWith("exit code 1: Operation not permitted");
  }

  @Test
  void a_firewall_that_goes_on_dropping_is_given_up_after_four_rules() {
    CommandRunner stubborn = command -> {
      ran.add(command);
      return command.equals(Forwarding.COMMAND) ? DROPS : NO_RULES;
    };
    assertThat(new ForwardingRepair(sysRoot, stubborn).restore(LINKS, BOTH))
        .isInstanceOf(RemedyOutcome.Failed.class)
        .extracting(RemedyOutcome::words)
        .asString()
        .contains("still drops transit");
    assertThat(ran.stream().filter(command -> command.arguments().contains("insert")))
        .hasSize(4);
  }

  @Test
  void a_name_that_nft_could_take_for_something_else_is_never_given_to_it() {
    for (var name : List.of("a\"b", "eth*", "x;flush", "{")) {
      assertThat(new ForwardingRepair(sysRoot, runner(DROPS)).restore(List.of(name), BOTH))
          .isInstanceOf(RemedyOutcome.Failed.class)
          .extracting(RemedyOutcome::words)
          .asString()
          .contains("cannot name the interface '" + name + "'");
    }
    var odd = Recordings.read("nft/policy-drop.json")
        .replaceAll("\"table\": \"[^\"]*\"", "\"table\": \"t; flush ruleset\"");
    assertThat(restore(BOTH, Recordings.ended(0, odd, "")))
        .isInstanceOf(RemedyOutcome.Failed.class)
        .extracting(RemedyOutcome::words)
        .asString()
        .contains("nft cannot name");
    assertThat(ran).allMatch(command -> command.equals(Forwarding.COMMAND));
  }

  @Test
  @Tag("root")
  void forwarding_switched_off_in_the_kernel_is_on_again_and_packets_pass() {
    try (var net = new Transit()) {
      assertThat(net.passes()).isTrue();
      net.in("sysctl -qw net.ipv6.conf.all.forwarding=0 net.ipv4.ip_forward=0");
      assertThat(net.passes(IpFamily.IPV6)).isFalse();
      assertThat(net.passes(IpFamily.IPV4)).isFalse();
      assertThat(net.restoreInside())
          .contains("Done", "net.ipv6.conf.all.forwarding on; switched net.ipv4.ip_forward on]");
      assertThat(net.passes()).isTrue();
      net.in("sysctl -qw net.ipv4.conf.to1.forwarding=0");
      assertThat(net.passes(IpFamily.IPV4)).isFalse();
      assertThat(net.restoreInside())
          .contains("Done[words=switched net.ipv4.conf.to1.forwarding on]");
      assertThat(net.passes()).isTrue();
      assertThat(net.restoreInside()).contains("Useless");
    }
  }

  @Test
  @Tag("root")
  void a_policy_that_drops_is_opened_for_the_mesh_and_for_nobody_else() {
    try (var net = new Transit()) {
      net.in("nft add table inet filter");
      net.in(
          "nft add chain inet filter FORWARD { type filter hook forward priority 0 ; policy drop ; }");
      assertThat(net.passes(IpFamily.IPV6)).isFalse();
      assertThat(net.restore().words())
          .contains("between to1, to2 at the head of inet filter FORWARD");
      assertThat(net.passes()).isTrue();
      assertThat(net.transit(List.of("to1", "to2"))).isInstanceOf(TransitVerdict.Passes.class);
      assertThat(net.transit(List.of("to1", "wan"))).isInstanceOf(TransitVerdict.Dropped.class);
      assertThat(net.rulesOfOurs()).isEqualTo(1);
    }
  }

  @Test
  @Tag("root")
  void chains_that_drop_one_after_the_other_are_all_opened() {
    try (var net = new Transit()) {
      net.in("nft add table inet first");
      net.in("nft add chain inet first f { type filter hook forward priority -5 ; }");
      net.in("nft add rule inet first f oifname to2 drop");
      net.in("nft add table ip second");
      net.in("nft add chain ip second f { type filter hook forward priority 0 ; policy drop ; }");
      net.in("nft add table ip6 third");
      net.in("nft add chain ip6 third f { type filter hook forward priority 5 ; policy drop ; }");
      assertThat(net.restore())
          .isInstanceOf(RemedyOutcome.Done.class)
          .extracting(RemedyOutcome::words)
          .asString()
          .contains("inet first f", "ip second f", "ip6 third f");
      assertThat(net.passes()).isTrue();
      assertThat(net.rulesOfOurs()).isEqualTo(3);
      assertThat(net.restore()).isInstanceOf(RemedyOutcome.Useless.class);
    }
  }

  @Test
  @Tag("root")
  void a_rule_put_before_ours_gets_ours_before_it_again_and_never_a_second_one() {
    try (var net = new Transit()) {
      net.in("nft add table inet t");
      net.in("nft add chain inet t f { type filter hook forward priority 0 ; policy drop ; }");
      net.restore();
      net.in("nft insert rule inet t f drop");
      assertThat(net.passes(IpFamily.IPV6)).isFalse();
      assertThat(net.restore()).isInstanceOf(RemedyOutcome.Done.class);
      assertThat(net.passes()).isTrue();
      assertThat(net.rulesOfOurs()).isEqualTo(1);
    }
  }

  @Test
  @Tag("root")
  void a_node_with_one_interface_passes_packets_back_out_of_it() {
    try (var net = new Transit()) {
      net.in("nft add table inet t");
      net.in("nft add chain inet t f { type filter hook forward priority 0 ; policy drop ; }");
      assertThat(net.repair().restore(List.of("to1"), BOTH)).isInstanceOf(RemedyOutcome.Done.class);
      assertThat(net.transit(List.of("to1"))).isInstanceOf(TransitVerdict.Passes.class);
      assertThat(net.transit(List.of("to1", "to2"))).isInstanceOf(TransitVerdict.Dropped.class);
    }
  }

  /** Two ends with a node between them. */
  private final class Transit implements AutoCloseable {
    private final Namespaces namespaces;
    private final String left;
    private final String node;

    Transit() {
      Namespaces.require("ip", "nft", "ping");
      namespaces = new Namespaces();
      left = namespaces.add("left");
      node = namespaces.add("node");
      var right = namespaces.add("right");
      namespaces.link(left, "mid", node, "to1");
      namespaces.link(node, "to2", right, "mid");
      in("sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1");
      address(node, "to1", 1, 1);
      address(node, "to2", 2, 1);
      address(left, "mid", 1, 2);
      address(right, "mid", 2, 2);
      route(left, 1);
      route(right, 2);
    }

    private void address(String namespace, String link, int net, int host) {
      namespaces.run(
          "ip -n %s addr add 203.0.113.%d/28 dev %s".formatted(namespace, net * 16 + host, link));
      namespaces.run("ip -n %s addr add 2001:db8:%d::%d/64 dev %s nodad"
          .formatted(namespace, net, host, link));
    }

    private void route(String namespace, int net) {
      namespaces.run(
          "ip -n %s route add default via 203.0.113.%d".formatted(namespace, net * 16 + 1));
      namespaces.run("ip -n %s -6 route add default via 2001:db8:%d::1".formatted(namespace, net));
    }

    void in(String words) {
      namespaces.in(node, words);
    }

    boolean passes() {
      return passes(IpFamily.IPV4) && passes(IpFamily.IPV6);
    }

    boolean passes(IpFamily family) {
      return namespaces.succeeds(
          left, "ping -c 1 -W 1 " + (family == IpFamily.IPV4 ? "203.0.113.34" : "2001:db8:2::2"));
    }

    ForwardingRepair repair() {
      return new ForwardingRepair(sysRoot, runner());
    }

    RemedyOutcome restore() {
      return repair().restore(List.of("to1", "to2"), BOTH);
    }

    /** The switches are those of the namespace of who opens them: a runtime of its own, inside. */
    String restoreInside() {
      var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      var result = runner()
          .run(Command.of(
              Duration.ofSeconds(30),
              java,
              "-cp",
              System.getProperty("java.class.path"),
              Inside.class.getName()));
      return result instanceof CommandResult.Ended ended && ended.succeeded()
          ? ended.output().strip()
          : result.inWords();
    }

    TransitVerdict transit(List<String> interfaces) {
      return new Forwarding(sysRoot, runner()).look(interfaces, BOTH).transit();
    }

    long rulesOfOurs() {
      var listing = (CommandResult.Ended) runner().run(Forwarding.COMMAND);
      return listing.output().split(ForwardingRepair.COMMENT, -1).length - 1;
    }

    private CommandRunner runner() {
      return namespaces.runnerIn(node);
    }

    @Override
    public void close() {
      namespaces.close();
    }
  }

  /** Repairs the node it runs in, and says what came of it. */
  static final class Inside {
    private Inside() {}

    public static void main(String[] arguments) {
      var repair = new ForwardingRepair(Path.of("/proc/sys"), new ProcessCommandRunner());
      System.out.println(repair.restore(List.of("to1", "to2"), BOTH));
    }
  }

  private RemedyOutcome restore(Set<IpFamily> families, CommandResult... results) {
    return new ForwardingRepair(sysRoot, runner(results)).restore(LINKS, families);
  }

  /** Answers in turn, and the last for ever. */
  private CommandRunner runner(CommandResult... results) {
    var first = ran.size();
    return command -> {
      ran.add(command);
      return results[Math.min(ran.size() - first, results.length) - 1];
    };
  }

  private static CommandResult nft(String name) {
    return Recordings.ended(0, Recordings.read("nft/" + name + ".json"), "");
  }

  private static String ofLink(String name) {
    return "net/ipv4/conf/" + name + "/forwarding";
  }

  private String read(String file) throws IOException {
    return Files.readString(sysRoot.resolve(file)).strip();
  }

  private void put(String file, String content) throws IOException {
    var path = sysRoot.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }
}
