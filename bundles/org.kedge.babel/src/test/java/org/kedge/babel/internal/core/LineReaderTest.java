package org.kedge.babel.internal.core;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
  private final List<String> lines = new ArrayList<>();
  private final List<Integer> tooLong = new ArrayList<>();
  private final LineReader reader = new LineReader(new LineReader.Sink() {
    @Override
    public void line(byte[] bytes, int offset, int length) {
      lines.add(new String(bytes, offset, length, US_ASCII));
    }

    @Override
    public void tooLong(byte[] bytes, int offset, int length) {
      tooLong.add(length);
    }
  });

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000, 4096, 4097, 20_000, 100_000})
  void lines_come_out_whole_wherever_the_chunks_are_cut(int size) {
    var edge = "e".repeat(4096);
    var over = "o".repeat(4097);
    var far = "f".repeat(40_000);
    feed(
        "one\ntwo\r\n\n" + edge + "\n" + edge + "\r\n" + over + "\nthree\n" + far + "\nfour\nhalf",
        size);

    assertThat(lines).containsExactly("one", "two", "", edge, edge, "three", "four");
    assertThat(tooLong).containsExactly(4097, 4097);
  }

  @Test
  void a_line_without_end_is_told_once_and_takes_no_more_room() {
    for (var i = 0; i < 1000; i++) {
      feed("x".repeat(10_000), 10_000);
    }
    feed("\nok\n", 4);

    assertThat(tooLong).hasSize(1);
    assertThat(lines).containsExactly("ok");
  }

  @Test
  void a_long_line_that_nobody_cares_for_is_passed_on_for_the_parser_to_reject() {
    var parsed = new ArrayList<BabelLine>();
    var parser = new LineParser();
    new LineReader((bytes, offset, length) -> parsed.add(parser.parse(bytes, offset, length)))
        .feed(ByteBuffer.wrap(("host " + "x".repeat(9000) + "\nok\n").getBytes(US_ASCII)));

    assertThat(parsed)
        .containsExactly(
            new BabelLine.Malformed("longer than 4096 bytes", "host " + "x".repeat(112) + "..."),
            new BabelLine.Ok());
  }

  @Test
  void buffers_outside_the_heap_and_parts_of_buffers_are_read_as_well() {
    var direct = ByteBuffer.allocateDirect(100).put("skip one\ntwo\nskip".getBytes(US_ASCII));
    reader.feed(direct.position(5).limit(13).asReadOnlyBuffer());

    assertThat(lines).containsExactly("one", "two");
  }

  @Test
  void half_a_line_of_a_lost_connection_does_not_begin_the_next() {
    feed("add route 55", 12);
    reader.reset();
    feed("BABEL 1.0\n", 10);

    assertThat(lines).containsExactly("BABEL 1.0");
  }

  private void feed(String text, int size) {
    var bytes = text.getBytes(US_ASCII);
    for (var at = 0; at < bytes.length; at += size) {
      reader.feed(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at)));
    }
  }
}
