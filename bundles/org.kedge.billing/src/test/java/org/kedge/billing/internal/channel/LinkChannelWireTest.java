package org.kedge.billing.internal.channel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.NodeId;
import org.kedge.base.internal.command.ProcessCommandRunner;
import org.kedge.billing.internal.core.neighbour.Message;

/** Two nodes and somebody in the middle of their link, each in a network namespace, over real sockets. */
@Tag("root")
@Timeout(180)
class LinkChannelWireTest {
  private static final CommandRunner SYSTEM = new ProcessCommandRunner();
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String PORT = "6698";
  private static final String SESSION = "0123456789abcdef";

  @TempDir
  Path folder;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private String nodeA = "";
  private String nodeB = "";
  private String middle = "";

  @BeforeEach
  void a_link_with_somebody_in_the_middle() {
    var names = List.of("a", "b", "m").stream()
        .map(name -> "kedge-ch-" + name + "-" + ProcessHandle.current().pid())
        .toList();
    nodeA = names.get(0);
    nodeB = names.get(1);
    middle = names.get(2);
    for (var name : names) {
      if (!succeeds("ip netns add " + name)) {
        var message = "NOT TESTED OVER REAL LINKS: needs root and 'ip netns'";
        System.err.println("**** " + message);
        Assumptions.abort(message);
      }
      opened.add(() -> run("ip netns delete " + name));
    }
    link(nodeA, "fe80::a", "toa", "fe80::b");
    link(nodeB, "fe80::b", "tob", "fe80::a");
  }

  private void link(String node, String own, String middleFace, String other) {
    run("ip link add wire netns " + node + " type veth peer name " + middleFace + " netns "
        + middle);
    up(node, "wire", own);
    up(middle, middleFace, other);
  }

  private static void up(String namespace, String face, String address) {
    run("ip -n " + namespace + " link set " + face + " addrgenmode none");
    run("ip -n " + namespace + " link set " + face + " up");
    run("ip -n " + namespace + " addr add " + address + "/64 dev " + face + " nodad");
  }

  private static void run(String words) {
    var result = SYSTEM.run(Command.of(LIMIT, words.split(" ")));
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      throw new AssertionError(words + ": " + result.inWords());
    }
  }

  private static boolean succeeds(String words) {
    return SYSTEM.run(Command.of(LIMIT, words.split(" "))) instanceof CommandResult.Ended ended
        && ended.succeeded();
  }

  @AfterEach
  void all_is_removed() throws Exception {
    for (var at = opened.size() - 1; at >= 0; at--) {
      opened.get(at).close();
    }
  }

  private Program start(String namespace, Class<?> main, String... arguments) {
    var program = new Program(namespace, main, arguments);
    opened.add(program);
    return program;
  }

  private Program node(String namespace, String name) throws Exception {
    Files.createDirectories(folder.resolve(name));
    return start(
        namespace, ChannelNode.class, folder.resolve(name).toString(), name.substring(0, 1), PORT);
  }

  private NodeKey key(String name) {
    return ((NodeKey.Opened.Held) NodeKey.open(folder.resolve(name).resolve("node-key"))).key();
  }

  private static long count(Program node, String what) {
    return Arrays.stream(node.ask("counts", "counts").split(" "))
        .filter(word -> word.startsWith(what + "="))
        .mapToLong(word -> Long.parseLong(word.substring(what.length() + 1)))
        .sum();
  }

  private static void awaitCount(Program node, String what, long atLeast) {
    await(what + " to be " + atLeast)
        .atMost(Duration.ofSeconds(15))
        .until(() -> count(node, what) >= atLeast);
  }

  @Test
  void nothing_that_is_said_in_between_changes_anything_and_the_two_go_on() throws Exception {
    var between = start(middle, Between.class, PORT, "toa", "tob", "fe80::a", "fe80::b");
    var a = node(nodeA, "a");
    var b = node(nodeB, "b");
    var keyA = a.first("key").substring(4);
    var keyB = b.first("key").substring(4);
    between.first("ready");

    b.ask("hear wire/fe80::a", "hears");
    awaitCount(a, "NOT_HEARD", 1);
    assertThat(a.ask("send " + keyB + " {}", "sent")).isEqualTo("sent NOT_MET");
    a.ask("hear wire/fe80::b", "hears");
    a.awaitTold("met " + keyB, 1);
    b.awaitTold("met " + keyA, 1);
    assertThat(b.ask("send " + keyA + " {\"n\":1}", "sent")).isEqualTo("sent SENT");
    a.awaitTold("heard " + keyB + " {\"n\":1}", 1);
    assertThat(a.ask("send " + keyB + " {\"n\":2}", "sent")).isEqualTo("sent SENT");
    b.awaitTold("heard " + keyA + " {\"n\":2}", 1);
    b.ask("other " + keyA + " {}", "sent");
    awaitCount(a, "NO_LISTENER", 1);

    forge(between, a);
    between.ask("replay 5", "replayed");
    awaitCount(a, "OLD", 3);
    awaitCount(b, "OLD", 1);
    flood(between, a);

    // They go on, in the session they had.
    await().atMost(LIMIT).until(() -> {
      b.ask("send " + keyA + " {\"n\":3}", "sent");
      return !a.told("heard " + keyB + " {\"n\":3}").isEmpty();
    });
    assertThat(a.told("met")).hasSize(1);
    assertThat(b.told("met")).hasSize(1);
    assertThat(a.told("heard " + keyB + " {\"n\":1}")).hasSize(1);
    assertThat(a.told("heard").stream().collect(Collectors.toSet())).hasSize(2);
    assertThat(a.ask("who", "who")).isEqualTo("who [" + keyB + "] {fe80::b on wire=" + keyB + "}");
    assertThat(a.ask("reading", "reading")).startsWith("reading Well");
    System.out.println("channel: with somebody in the middle: " + a.ask("counts", "counts"));

    // After its power was cut, whatever it said before is worthless.
    b.close();
    var again = node(nodeB, "b");
    again.ask("hear wire/fe80::a", "hears");
    a.awaitTold("met " + keyB, 2);
    again.awaitTold("met " + keyA, 1);
    var words = a.told("heard").size();
    between.ask("replay 1", "replayed");
    awaitCount(a, "STALE", 3);
    assertThat(a.told("heard")).hasSize(words);
    assertThat(a.told("met")).hasSize(2);
    assertThat(again.told("met")).hasSize(1);
    assertThat(a.ask("who", "who")).startsWith("who [" + keyB + "]");
  }

  /** Says one message of each kind that is not b's to a. */
  private void forge(Program between, Program a) {
    var stranger = ((NodeKey.Opened.Held) NodeKey.open(folder.resolve("stranger-key"))).key();
    var good = Wire.write(key("b"), word("fe80::b", "fe80::a"));
    say(between, "no message at all".getBytes(US_ASCII));
    awaitCount(a, "MALFORMED", 1);
    say(between, new byte[3000]);
    awaitCount(a, "TOO_LONG", 1);
    say(between, "{\"kedge\":2}\n".getBytes(US_ASCII));
    awaitCount(a, "OTHER_VERSION", 1);
    var spoilt = good.clone();
    spoilt[spoilt.length - 3] ^= 1;
    say(between, spoilt);
    awaitCount(a, "BAD_SIGNATURE", 1);
    say(between, Wire.write(key("a"), word("fe80::b", "fe80::a")));
    awaitCount(a, "OWN_KEY", 1);
    say(between, Wire.write(key("b"), word("fe80::c", "fe80::a")));
    awaitCount(a, "OTHER_ADDRESS", 1);
    say(between, Wire.write(key("b"), word("fe80::b", "fe80::c")));
    awaitCount(a, "OTHER_ADDRESS", 2);
    say(between, good);
    awaitCount(a, "STALE", 1);
    // An impostor with a key of its own that hears nothing fresh is not even worth a word.
    say(between, Wire.write(stranger, word("fe80::b", "fe80::a")));
    awaitCount(a, "STALE", 2);
  }

  private static Message word(String from, String to) {
    return new Message(
        from, to, SESSION, SESSION, 1_000_000, new Message.Word("words", "{\"forged\":1}"));
  }

  private static void say(Program between, byte[] octets) {
    between.ask("say " + HexFormat.of().formatHex(octets), "said");
  }

  /** Far more than anybody may say, in the name of a stranger and in none. */
  private void flood(Program between, Program a) {
    var random = new Random(7);
    var octets = new byte[500];
    var stranger = ((NodeKey.Opened.Held) NodeKey.open(folder.resolve("stranger-key"))).key();
    var asking = Wire.write(
        stranger,
        new Message(
            "fe80::b", "fe80::a", SESSION, "", 1, new Message.Hello(new NodeId("x"), SESSION)));
    for (var n = 0; n < 100; n++) {
      random.nextBytes(octets);
      say(between, octets);
      say(between, asking);
    }
    awaitCount(a, "MALFORMED", 101);
    awaitCount(a, "TOO_FAST", 10);
  }

  @Test
  void a_changed_key_is_a_fault_through_a_restart_until_the_old_one_is_forgotten()
      throws Exception {
    start(middle, Between.class, PORT, "toa", "tob", "fe80::a", "fe80::b").first("ready");
    var a = node(nodeA, "a");
    var b = node(nodeB, "b");
    a.ask("hear wire/fe80::b", "hears");
    b.ask("hear wire/fe80::a", "hears");
    var keyB = b.first("key").substring(4);
    a.awaitTold("met " + keyB, 1);
    await().atMost(LIMIT).until(() -> Files.exists(folder.resolve("a").resolve("billing-pins.a")));
    b.close();
    a.close();

    var other = node(nodeB, "b-with-a-new-card");
    var again = node(nodeA, "a");
    other.ask("hear wire/fe80::a", "hears");
    again.ask("hear wire/fe80::b", "hears");
    var keyOther = other.first("key").substring(4);
    awaitCount(again, "OTHER_KEY", 1);
    assertThat(again.ask("reading", "reading"))
        .startsWith("reading Wrong fe80::b on wire is known by the key " + keyB.substring(4))
        .contains(keyOther.substring(4));
    assertThat(again.told("met")).isEmpty();
    assertThat(again.ask("who", "who")).isEqualTo("who [] {}");

    again.ask("forget " + keyB.substring(4), "forgot");
    again.awaitTold("met " + keyOther, 1);
    assertThat(again.ask("reading", "reading")).startsWith("reading Well");
    again.ask("forget " + keyOther.substring(4), "forgot");
    awaitCount(again, "FORGOTTEN_KEY", 1);
    assertThat(again.ask("who", "who")).isEqualTo("who [] {}");
  }

  @Test
  void a_link_that_vanishes_and_comes_back_is_talked_over_again_by_itself() throws Exception {
    start(middle, Between.class, PORT, "toa", "tob", "fe80::a", "fe80::b").first("ready");
    var a = node(nodeA, "a");
    a.ask("hear gone/fe80::b wire/fe80::b", "hears");
    awaitCount(a, "out", 1);
    run("ip -n " + nodeA + " link set wire down");
    var before = count(a, "out");
    run("ip -n " + nodeA + " link set wire name later");
    run("ip -n " + nodeA + " link set later name gone");
    up(nodeA, "gone", "fe80::a");
    awaitCount(a, "out", before + 1);
  }
}
