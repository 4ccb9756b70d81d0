package org.kedge.billing.internal.channel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.NodeId;
import org.kedge.billing.internal.core.neighbour.Message;

/** Messages spoilt at random from a fixed seed, on both lines, and octets and structures that never were any. */
class WireFuzzTest {
  /** A message is copied a few times while it is read; nothing in it may ask for more. */
  private static final long MOST_BYTES_EACH = 100_000;

  private static final int LOADING = 2000;

  private static final List<String> WORDS = List.of(
      "{",
      "}",
      "[",
      "]",
      "\"",
      ",",
      ":",
      "\\",
      "\\u",
      "\\ud800",
      "null",
      "true",
      "NaN",
      "-",
      "1e999",
      "9223372036854775808",
      "-0",
      "0.1",
      "\"kedge\":",
      "\"key\":",
      "\"sig\":",
      "\"src\":",
      "\"dst\":",
      "\"session\":",
      "\"echo\":",
      "\"seq\":",
      "\"topic\":",
      "\"json\":",
      "\"hello\"",
      "\"fe80::1\"",
      "{}",
      "[[[[[[[[",
      "{\"a\":{\"a\":{\"a\":{\"a\":",
      "/*",
      "//",
      "#",
      ")]}'\n",
      "\uFEFF",
      "\n",
      "\u0000",
      "\u2028",
      "ü",
      "\ud83d\ude00");

  @TempDir
  Path folder;

  private byte[][] good = {};
  private int envelopes;
  private int otherVersions;
  private int malformed;
  private int bodies;
  private int messages;
  private long most;
  private int signed;

  @Test
  void two_hundred_thousand_spoilt_messages_never_throw_ask_for_little_and_pass_for_nothing() {
    fuzz(200_000, 20261);
  }

  @Test
  @Tag("thorough")
  void ten_million_spoilt_messages_never_throw_ask_for_little_and_pass_for_nothing() {
    fuzz(10_000_000, 20262);
  }

  private void fuzz(int inputs, long seed) {
    var key = ((NodeKey.Opened.Held) NodeKey.open(folder.resolve("node-key"))).key();
    var session = "0123456789abcdef";
    good = new byte[][] {
      Wire.write(
          key,
          new Message(
              "fe80::1", "fe80::2", session, "", 1, new Message.Hello(new NodeId("n1"), session))),
      Wire.write(
          key,
          new Message(
              "fe80::1",
              "fe80::2",
              session,
              session,
              7,
              new Message.Word(
                  "prices",
                  "{\"full\":true,\"p\":[{\"to\":\"2001:db8::/48\",\"wei\":\"20\"},[-1.5e3,null]]}")))
    };
    var random = new Random(seed);
    var start = cpuNanos();
    for (var n = 0; n < inputs; n++) {
      one(random);
      if (n == LOADING) {
        // Until here classes were loaded.
        most = 0;
      }
    }
    assertThat(most).isLessThan(MOST_BYTES_EACH);
    assertThat(envelopes).isPositive();
    assertThat(otherVersions).isPositive();
    assertThat(malformed).isPositive();
    assertThat(messages).isPositive();
    System.out.printf(
        "channel: %,d spoilt messages read in %d ms of CPU: %,d no envelope, %,d of another version, %,d envelopes, of which %,d checked and none"
            + " forged; of %,d bodies %,d were messages; at most %,d bytes of memory for one%n",
        inputs,
        (cpuNanos() - start) / 1_000_000,
        malformed,
        otherVersions,
        envelopes,
        signed,
        bodies,
        messages,
        most);
  }

  private void one(Random random) {
    var origin = good[random.nextInt(good.length)];
    if (random.nextBoolean()) {
      // As if somebody with a good key had signed it.
      body(spoil(Arrays.copyOfRange(origin, lines(origin) + 1, origin.length), random));
      return;
    }
    var spoilt = spoil(origin, random);
    var before = allocated();
    var read = Wire.read(spoilt);
    most = Math.max(most, allocated() - before);
    if (read instanceof Wire.Read.Envelope envelope) {
      envelopes++;
      body(envelope.body());
      // A check of a signature takes as long as the rest a hundred times.
      if (random.nextInt(200) == 0 && !Arrays.equals(spoilt, origin)) {
        signed++;
        assertThat(!envelope.isSigned() || sameBody(spoilt)).isTrue();
      }
    } else if (read instanceof Wire.Read.OtherVersion) {
      otherVersions++;
    } else {
      malformed++;
    }
  }

  private void body(byte[] body) {
    bodies++;
    var before = allocated();
    messages += Wire.message(body).isPresent() ? 1 : 0;
    most = Math.max(most, allocated() - before);
  }

  /** Whether only what is not signed was spoilt, such as a name that nobody asks for. */
  private boolean sameBody(byte[] spoilt) {
    var body = new String(spoilt, UTF_8).substring(lines(spoilt) + 1);
    return Arrays.stream(good).anyMatch(one -> new String(one, UTF_8).endsWith("\n" + body));
  }

  private static int lines(byte[] datagram) {
    for (var at = 0; at < datagram.length; at++) {
      if (datagram[at] == '\n') {
        return at;
      }
    }
    return datagram.length - 1;
  }

  private static byte[] spoil(byte[] source, Random random) {
    var spoilt = source;
    for (var times = 1 + random.nextInt(3); times > 0; times--) {
      spoilt = spoilOnce(spoilt, random);
    }
    return spoilt.length > Wire.LONGEST + 1 ? Arrays.copyOf(spoilt, Wire.LONGEST + 1) : spoilt;
  }

  private static byte[] spoilOnce(byte[] source, Random random) {
    var at = random.nextInt(source.length + 1);
    var end = at + random.nextInt(source.length - at + 1);
    return switch (random.nextInt(9)) {
      case 0 -> Arrays.copyOf(source, at);
      case 1 -> joined(Arrays.copyOf(source, at), Arrays.copyOfRange(source, end, source.length));
      case 2 -> joined(Arrays.copyOf(source, end), Arrays.copyOfRange(source, at, source.length));
      case 3 -> inserted(source, at, WORDS.get(random.nextInt(WORDS.size())).getBytes(UTF_8));
      case 4 ->
        inserted(
            source,
            at,
            WORDS.get(random.nextInt(WORDS.size())).repeat(random.nextInt(300)).getBytes(UTF_8));
      case 5 -> garbage(random);
      case 6 -> structure(random);
      case 7 -> digit(source, random);
      default -> otherOctets(source, random);
    };
  }

  private static byte[] inserted(byte[] source, int at, byte[] piece) {
    return joined(
        joined(Arrays.copyOf(source, at), piece), Arrays.copyOfRange(source, at, source.length));
  }

  private static byte[] joined(byte[] one, byte[] other) {
    var both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static byte[] garbage(Random random) {
    var garbage = new byte[random.nextInt(Wire.LONGEST + 2)];
    random.nextBytes(garbage);
    return garbage;
  }

  private static byte[] structure(Random random) {
    var text = new ByteArrayOutputStream();
    text.writeBytes("{".getBytes(UTF_8));
    for (var words = random.nextInt(100); words > 0; words--) {
      text.writeBytes(WORDS.get(random.nextInt(WORDS.size())).getBytes(UTF_8));
    }
    return text.toByteArray();
  }

  private static byte[] digit(byte[] source, Random random) {
    var other = source.clone();
    for (var at = 0; at < other.length; at++) {
      if (other[at] >= '0' && other[at] <= '9' && random.nextInt(4) == 0) {
        other[at] = (byte) ('0' + random.nextInt(10));
        break;
      }
    }
    return other;
  }

  private static byte[] otherOctets(byte[] source, Random random) {
    var other = source.clone();
    for (var times = random.nextInt(4); times > 0 && other.length > 0; times--) {
      other[random.nextInt(other.length)] = (byte) random.nextInt(256);
    }
    return other;
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
        .getCurrentThreadAllocatedBytes();
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }
}
