package org.kedge.babel.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.TransitPacket;
import org.kedge.babel.internal.core.TransitVerdict;
import org.kedge.babel.internal.core.TransitVerdict.Dropped;
import org.kedge.babel.internal.core.TransitVerdict.Passes;
import org.kedge.babel.internal.core.TransitVerdict.Unknown;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;

class TransitTest {
  private static final List<String> LINKS = List.of("to1", "to2");
  private static final EnumSet<IpFamily> BOTH = EnumSet.allOf(IpFamily.class);

  @TempDir
  Path folder;

  // ruleset, IPv4 to1-to2, IPv4 to2-to1, IPv6 to1-to2, IPv6 to2-to1: passes, drops, ? unknown
  @ParameterizedTest
  @CsvSource({
    "empty,                             passes, passes, passes, passes",
    "policy-drop,                       drops,  drops,  drops,  drops",
    "policy-drop-accepts-from-to1,      passes, drops,  passes, drops",
    "policy-accept-rule-drops,          drops,  drops,  drops,  drops",
    "rejects-towards-to2,               drops,  passes, drops,  passes",
    "established-accepted-rest-dropped, ?,      ?,      ?,      ?",
    "jumps,                             passes, drops,  passes, drops",
    "jump-accepts-only-ipv6,            drops,  drops,  passes, passes",
    "fw4-mesh-zone,                     ?,      ?,      passes, passes",
    "fw4-mesh-not-in-a-zone,            ?,      ?,      ?,      ?",
    "fw4-no-flow-rule-mesh-rejected,    drops,  drops,  drops,  drops",
    "accept-then-later-chain-drops,     drops,  drops,  drops,  drops",
    "doubt-then-later-chain-drops,      drops,  drops,  drops,  drops",
    "ipv4-table-drops,                  drops,  drops,  passes, passes",
    "dormant-table-drops,               ?,      ?,      ?,      ?",
    "named-set-accepts,                 ?,      ?,      ?,      ?",
    "named-map-decides,                 ?,      ?,      ?,      ?",
    "map-decides,                       passes, drops,  passes, drops",
    "map-by-addresses-decides-alike,    ?,      ?,      passes, passes",
    "doubt-that-changes-nothing,        passes, passes, passes, passes",
    "limit-drops,                       ?,      ?,      ?,      ?",
    "drops-elsewhere,                   passes, passes, passes, passes",
    "families-apart,                    drops,  drops,  passes, passes",
    "wildcards-and-negation,            drops,  passes, drops,  passes",
    "interface-indexes,                 passes, drops,  passes, drops",
    "gone-interface-index,              ?,      ?,      ?,      ?",
    "star-in-a-name,                    passes, passes, passes, passes",
    "many-statements,                   ?,      ?,      ?,      ?",
  })
  void a_recorded_ruleset_gives_the_verdict(
      String name, String there4, String back4, String there6, String back6) throws Exception {
    var listing = Recordings.read("nft/" + name + ".json");
    assertThat(List.of(
            word(judge(listing, "to1", "to2", IpFamily.IPV4)),
            word(judge(listing, "to2", "to1", IpFamily.IPV4)),
            word(judge(listing, "to1", "to2", IpFamily.IPV6)),
            word(judge(listing, "to2", "to1", IpFamily.IPV6))))
        .containsExactly(there4, back4, there6, back6);
  }

  @Test
  void a_drop_is_told_with_table_chain_and_reason() throws Exception {
    assertThat(judge(Recordings.read("nft/policy-drop.json"), "to1", "to2", IpFamily.IPV6))
        .isEqualTo(new Dropped(
            "inet filter", "forward", "policy drop and no rule accepts, for IPv6 from to1 to to2"));
    assertThat(judge(
            Recordings.read("nft/fw4-no-flow-rule-mesh-rejected.json"),
            "to1",
            "to2",
            IpFamily.IPV4))
        .isInstanceOfSatisfying(Dropped.class, dropped -> {
          assertThat(dropped.table()).isEqualTo("inet fw4");
          assertThat(dropped.chain()).isEqualTo("forward");
          assertThat(dropped.reason())
              .matches(
                  "rule with handle \\d+ rejects in chain handle_reject, for IPv4 from to1 to to2");
        });
  }

  @Test
  void a_doubt_names_the_rule_it_rests_on() throws Exception {
    assertThat(judge(
            Recordings.read("nft/established-accepted-rest-dropped.json"),
            "to1",
            "to2",
            IpFamily.IPV6))
        .isInstanceOfSatisfying(
            Unknown.class,
            unknown -> assertThat(unknown.why())
                .matches(
                    "inet filter forward may pass or drop IPv6 from to1 to to2:"
                        + " rule with handle \\d+ in inet filter forward depends on more than interface and family"));
  }

  @Test
  void a_node_drops_if_it_does_for_one_way_and_one_family_asked_for() {
    assertThat(node("policy-drop-accepts-from-to1", LINKS, BOTH)).isInstanceOf(Dropped.class);
    assertThat(node("ipv4-table-drops", LINKS, BOTH)).isInstanceOf(Dropped.class);
    assertThat(node("ipv4-table-drops", LINKS, EnumSet.of(IpFamily.IPV6)))
        .isInstanceOf(Passes.class);
    assertThat(node("named-set-accepts", LINKS, BOTH)).isInstanceOf(Unknown.class);
  }

  @Test
  void a_node_with_one_interface_is_judged_by_what_goes_back_out_of_it() {
    assertThat(node("policy-drop-accepts-from-to1", List.of("to1"), BOTH))
        .isInstanceOf(Passes.class);
    assertThat(node("policy-drop-accepts-from-to1", List.of("to2"), BOTH))
        .isInstanceOf(Dropped.class);
    assertThat(node("policy-drop", List.of(), BOTH)).isInstanceOf(Unknown.class);
  }

  @Test
  void what_is_not_a_whole_listing_is_unreadable() {
    var whole = Recordings.read("nft/jumps.json");
    for (var text : List.of(
        "",
        "[]",
        "{}",
        "table inet filter {",
        whole.substring(0, whole.length() / 2),
        whole.replaceFirst("\"expr\": \\[[^\\]]*\\]", "\"expr\": 5"),
        whole.replace("\"chain\": \"inspect\"", "\"chain\": \"nowhere\""),
        whole.replaceFirst("\"chain\": \"mesh\", ", ""),
        whole.replace("\"handle\": 6", "\"handle\": \"six\""))) {
      assertThatThrownBy(() -> NftListing.read(text))
          .as(text)
          .isInstanceOf(NftListing.UnreadableException.class);
    }
  }

  @Test
  void a_statement_from_a_later_nft_leaves_the_verdict_open() throws Exception {
    var listing = Recordings.read("nft/policy-drop-accepts-from-to1.json");
    for (var part :
        List.of("{\"hologram\": null}", "{\"xt\": null}", "7", "{}", "{\"a\": 1, \"b\": 2}")) {
      var changed = listing.replace("{\"accept\": null}", part);
      assertThat(changed).isNotEqualTo(listing);
      assertThat(judge(changed, "to1", "to2", IpFamily.IPV6)).as(part).isInstanceOf(Unknown.class);
    }
  }

  @Test
  void a_dormant_table_decides_nothing_where_nft_names_its_flags() throws Exception {
    var listing = Recordings.read("nft/dormant-table-drops.json");
    for (var flags : List.of("\"dormant\"", "[\"dormant\"]", "[\"owner\", \"dormant\"]")) {
      var named = listing.replace("\"flags\": \"filter\"", "\"flags\": " + flags);
      assertThat(named).isNotEqualTo(listing);
      assertThat(judge(named, "to1", "to2", IpFamily.IPV6)).as(flags).isInstanceOf(Passes.class);
    }
    var owned = listing.replace("\"flags\": \"filter\"", "\"flags\": [\"owner\"]");
    assertThat(judge(owned, "to1", "to2", IpFamily.IPV6)).isInstanceOf(Dropped.class);
  }

  @Test
  void chains_that_jump_in_a_circle_or_to_nowhere_end_in_doubt() throws Exception {
    var listing = Recordings.read("nft/jumps.json");
    var circle = listing.replace("{\"return\": null}", "{\"jump\": {\"target\": \"inspect\"}}");
    assertThat(judge(circle, "to1", "to2", IpFamily.IPV6)).isInstanceOf(Unknown.class);
    var nowhere = listing.replace("{\"target\": \"mesh\"}", "{\"target\": \"nowhere\"}");
    assertThat(judge(nowhere, "to1", "to2", IpFamily.IPV6)).isInstanceOf(Unknown.class);
  }

  @Test
  @Tag("root")
  void the_verdict_agrees_with_a_ping_through_the_kernel() throws Exception {
    Namespaces.require("ip", "nft", "ping", "sysctl");
    try (var namespaces = new Namespaces()) {
      var one = namespaces.add("one");
      var node = namespaces.add("node");
      var two = namespaces.add("two");
      namespaces.link(node, "to1", one, "end");
      namespaces.link(node, "to2", two, "end");
      namespaces.link(node, "other", node, "other2");
      namespaces.in(node, "sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv4.ip_forward=1");
      address(namespaces, node, "to1", one, 1);
      address(namespaces, node, "to2", two, 2);
      var checks = new SoftAssertions();
      var sure = new LinkedHashMap<String, Integer>();
      for (var ruleset : rulesets()) {
        namespaces.in(node, "nft flush ruleset");
        namespaces.in(node, "nft -f " + file(ruleset, Recordings.read("nft/" + ruleset)));
        var listing = listing(namespaces.runnerIn(node));
        for (var family : IpFamily.values()) {
          var there = word(judge(listing, "to1", "to2", family));
          var back = word(judge(listing, "to2", "to1", family));
          if (there.equals("drops")
              || back.equals("drops")
              || (there + back).equals("passespasses")) {
            var passes = namespaces.succeeds(
                one,
                "ping -c 1 -W 0.3 " + (family == IpFamily.IPV4 ? "10.9.2.2" : "2001:db8:2::2"));
            checks
                .assertThat(passes)
                .as("%s, %s", ruleset, family.word())
                .isEqualTo((there + back).equals("passespasses"));
            sure.merge(passes ? "passed" : "lost", 1, Integer::sum);
          }
        }
      }
      checks.assertAll();
      assertThat(sure).isEqualTo(Map.of("passed", 13, "lost", 25));
    }
  }

  private static String listing(CommandRunner runner) {
    return ((CommandResult.Ended) runner.run(Forwarding.COMMAND)).output();
  }

  private static void address(
      Namespaces namespaces, String node, String link, String end, int number) {
    namespaces.run(
        "ip -n " + node + " addr add 2001:db8:" + number + "::1/64 dev " + link + " nodad");
    namespaces.run("ip -n " + end + " addr add 2001:db8:" + number + "::2/64 dev end nodad");
    namespaces.run("ip -n " + node + " addr add 10.9." + number + ".1/24 dev " + link);
    namespaces.run("ip -n " + end + " addr add 10.9." + number + ".2/24 dev end");
    namespaces.run("ip -n " + end + " route add default via 10.9." + number + ".1");
    namespaces.run("ip -n " + end + " -6 route add default via 2001:db8:" + number + "::1");
  }

  private static List<String> rulesets() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/test/resources/kernel/nft"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".nft"))
          .sorted()
          .toList();
    }
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static TransitVerdict judge(String listing, String from, String to, IpFamily family)
      throws NftListing.UnreadableException {
    return TransitVerdict.on(NftListing.read(listing), new TransitPacket(from, to, family));
  }

  private TransitVerdict node(String name, List<String> links, EnumSet<IpFamily> families) {
    var listing = Recordings.read("nft/" + name + ".json");
    return new Forwarding(folder, command -> Recordings.ended(0, listing, ""))
        .look(links, families)
        .transit();
  }

  private static String word(TransitVerdict verdict) {
    if (verdict instanceof Passes) {
      return "passes";
    }
    return verdict instanceof Dropped ? "drops" : "?";
  }
}
