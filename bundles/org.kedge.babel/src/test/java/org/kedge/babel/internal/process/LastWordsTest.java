package org.kedge.babel.internal.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_ERR)
class LastWordsTest {
  private final PrintStream errors = System.err;
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(logged, true, UTF_8));
  }

  @AfterEach
  void hear_no_more() {
    System.setErr(errors);
  }

  @Test
  void the_last_five_lines_are_kept() {
    assertThat(wordsOf("one\ntwo\n")).isEqualTo("one / two");
    assertThat(wordsOf("1\n2\n3\n4\n5\n6\n7")).isEqualTo("3 / 4 / 5 / 6 / 7");
    assertThat(wordsOf("")).isEmpty();
  }

  @Test
  void a_flood_is_dropped_and_counted() {
    var lines = 100_000;
    var flood = new StringBuilder();
    for (var i = 1; i <= lines; i++) {
      flood
          .append("accept(local_server_socket): Too many open files ")
          .append(i)
          .append('\n');
    }

    var words = wordsOf(flood.toString());

    assertThat(words)
        .endsWith("files 99999 / accept(local_server_socket): Too many open files 100000");
    await().atMost(Duration.ofSeconds(30)).until(() -> log().contains("they were dropped"));
    assertThat(log().lines().filter(line -> line.contains("babeld: accept"))).hasSize(20);
    assertThat(log()).contains("babeld printed 99980 more lines");
  }

  @Test
  void few_lines_are_all_passed_on_and_nothing_is_said_of_dropping() {
    wordsOf("a\nb\n");
    assertThat(log()).contains("babeld: a", "babeld: b").doesNotContain("dropped");
  }

  @Test
  void a_long_line_is_cut_and_bytes_that_are_no_text_do_no_harm() {
    assertThat(wordsOf("x".repeat(100_000) + "\n")).hasSize(203).endsWith("xxx...");
    var words = new LastWords(new ByteArrayInputStream(new byte[] {(byte) 0xc3, 0x28, 0, 10}));
    await().atMost(Duration.ofSeconds(30)).until(() -> !words.words().isEmpty());
  }

  @Test
  void a_pipe_that_somebody_else_keeps_open_does_not_hold_the_obituary_up() throws IOException {
    var pipe = new PipedOutputStream();
    var words = new LastWords(new PipedInputStream(pipe));
    pipe.write("said\n".getBytes(UTF_8));
    pipe.flush();
    await().atMost(Duration.ofSeconds(30)).until(() -> words.words().equals("said"));
    pipe.close();
  }

  private static String wordsOf(String text) {
    var words = new LastWords(new ByteArrayInputStream(text.getBytes(UTF_8)));
    // Asking waits half a second for the end, which a busy machine may exceed.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().equals("kedge-babeld-output")));
    return words.words();
  }

  private String log() {
    return logged.toString(UTF_8);
  }
}
