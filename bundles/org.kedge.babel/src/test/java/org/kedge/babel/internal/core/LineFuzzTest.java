package org.kedge.babel.internal.core;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real lines, spoilt at random from a fixed seed. */
class LineFuzzTest {
  private static final List<String> SOURCES = List.of(
      "line-n1-monitor-flush-interface-and-interface-again.txt",
      "diamond-n1-dump-after-silent-loss-during.txt",
      "pair-type-tunnel-rtt-n1-dump.txt",
      "line-v4-links-n2-dump.txt");

  @ParameterizedTest
  @ValueSource(longs = {1, 22, 333, 4444, 55555, 666666, 7777777, 88888888})
  void spoilt_lines_never_throw_and_read_the_same_however_they_are_cut(long seed) {
    var random = new Random(seed);
    for (var round = 0; round < 25; round++) {
      var stream = spoil(random);

      var whole = new Session().feed(stream);
      var pieces = new Session();
      for (var at = 0; at < stream.length; ) {
        var end = Math.min(stream.length, at + 1 + random.nextInt(random.nextBoolean() ? 9 : 9000));
        pieces.feed(Arrays.copyOfRange(stream, at, end));
        at = end;
      }

      assertThat(pieces.lines).as("seed %d, round %d", seed, round).isEqualTo(whole.lines);
      assertThat(pieces.snapshot()).isEqualTo(whole.snapshot());
      assertThat(pieces.table.faults()).isEqualTo(whole.table.faults());
      assertThat(whole.table.faults().malformed()).isPositive();
      assertThat(whole.snapshot().routes()).as("what is whole is read").isNotEmpty();
    }
  }

  private static byte[] spoil(Random random) {
    var stream = new ByteArrayOutputStream();
    var source = Session.transcript(SOURCES.get(random.nextInt(SOURCES.size())));
    stream.writeBytes(Session.transcript("line-n1-dump.txt"));
    for (var line : new String(source, US_ASCII).split("\n", -1)) {
      var bytes = line.getBytes(US_ASCII);
      if (random.nextInt(3) == 0) {
        bytes = spoil(bytes, random);
      }
      stream.writeBytes(bytes);
      if (random.nextInt(20) > 0) {
        stream.writeBytes((random.nextBoolean() ? "\n" : "\r\n").getBytes(US_ASCII));
      }
    }
    stream.writeBytes("\nadd rou\n".getBytes(US_ASCII));
    return stream.toByteArray();
  }

  private static byte[] spoil(byte[] line, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(line, random.nextInt(line.length + 1));
      case 1 -> Arrays.copyOfRange(line, random.nextInt(line.length + 1), line.length);
      case 2 -> garbage(random);
      case 3 -> otherWord(line, random);
      case 4 -> new String(line, US_ASCII).repeat(1 + random.nextInt(60)).getBytes(US_ASCII);
      default -> otherBytes(line, random);
    };
  }

  private static byte[] garbage(Random random) {
    var garbage = new byte[random.nextInt(10_000)];
    random.nextBytes(garbage);
    return garbage;
  }

  private static byte[] otherWord(byte[] line, Random random) {
    var words = new String(line, US_ASCII).split(" ", -1);
    words[random.nextInt(words.length)] =
        List.of("", "-1", "70000", "maybe", "route", "if", "zz zz").get(random.nextInt(7));
    return String.join(" ", words).getBytes(US_ASCII);
  }

  private static byte[] otherBytes(byte[] line, Random random) {
    var spoilt = line.clone();
    for (var i = 0; i < 3 && spoilt.length > 0; i++) {
      spoilt[random.nextInt(spoilt.length)] = (byte) random.nextInt(256);
    }
    return spoilt;
  }
}
