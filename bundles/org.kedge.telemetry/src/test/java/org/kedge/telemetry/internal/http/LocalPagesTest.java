package org.kedge.telemetry.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.LocalPage;
import org.kedge.base.api.LocalPage.Answer;
import org.kedge.telemetry.internal.http.StatusServer.Page;

/** Pages of capabilities, beside the node's own. */
class LocalPagesTest {
  private static final Duration GENEROUS = Duration.ofSeconds(30);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(GENEROUS).build();

  private final List<LocalPage> offered = new CopyOnWriteArrayList<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private StatusServer server;

  @BeforeEach
  void serve() throws IOException {
    server = server(GENEROUS, GENEROUS);
  }

  @AfterEach
  void close() {
    released.countDown();
    server.close();
  }

  @Test
  void a_page_is_there_as_long_as_its_capability_is() throws Exception {
    assertThat(ask("/ledger.csv").statusCode()).isEqualTo(404);
    offered.add(page("/ledger.csv", query -> told("text/csv", "entry,coins\nföhn,3\n")));
    var answer = ask("/ledger.csv");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("entry,coins\nföhn,3\n");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/csv; charset=utf-8");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(ask("/nothing").body()).contains("/ledger.csv", "/status");
    offered.clear();
    assertThat(ask("/ledger.csv").statusCode()).isEqualTo(404);
  }

  @Test
  void the_nodes_own_pages_are_not_replaced() throws Exception {
    offered.add(page("/status", query -> told("text/plain", "another")));
    assertThat(ask("/status").body()).isEqualTo("{}");
  }

  @Test
  void what_stands_behind_the_path_is_handed_over_decoded() throws Exception {
    var asked = new HashMap<String, String>();
    offered.add(page("/ledger.csv", query -> {
      asked.putAll(query);
      return told("text/csv", "");
    }));
    assertThat(ask("/ledger.csv?from=2026-11-22T12%3A00%3A00Z&name=f%C3%B6hn%26co&none=")
            .statusCode())
        .isEqualTo(200);
    assertThat(asked)
        .containsOnly(
            Map.entry("from", "2026-11-22T12:00:00Z"),
            Map.entry("name", "föhn&co"),
            Map.entry("none", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "from",
        "=1",
        "a=1&a=2",
        "a=1&&b=2",
        "a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9&j=10&k=11&l=12&m=13&n=14&o=15&p=16&q=17"
      })
  void what_is_no_query_is_refused_before_the_page_is_asked(String query) throws Exception {
    offered.add(page("/ledger.csv", any -> {
      throw new AssertionError("It was asked");
    }));
    var answer = ask("/ledger.csv?" + query);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(LocalPages.QUERY + "\n");
  }

  @Test
  void a_query_has_its_limits() {
    assertThat(LocalPages.query(null)).contains(Map.of());
    assertThat(LocalPages.query("a=" + "x".repeat(1998))).isPresent();
    assertThat(LocalPages.query("a=" + "x".repeat(1999))).isEmpty();
    assertThat(LocalPages.query("a=%")).isEmpty();
    assertThat(LocalPages.query("a=%zz")).isEmpty();
  }

  @Test
  void what_is_misunderstood_is_told_and_what_is_not_to_be_had_now_with_when_to_ask_again()
      throws Exception {
    offered.add(page(
        "/ledger.csv",
        query -> query.isEmpty()
            ? new Answer.Misunderstood("Say from and to.")
            : new Answer.NotNow("The ledger is being opened.")));
    assertThat(ask("/ledger.csv").statusCode()).isEqualTo(400);
    assertThat(ask("/ledger.csv").body()).isEqualTo("Say from and to.\n");
    var notNow = ask("/ledger.csv?from=1");
    assertThat(notNow.statusCode()).isEqualTo(503);
    assertThat(notNow.headers().firstValue("Retry-After")).hasValue("30");
    assertThat(notNow.body()).isEqualTo("The ledger is being opened.\n");
  }

  @Test
  void only_get_is_answered_and_only_to_who_calls_the_node_by_a_name_of_this_machine()
      throws Exception {
    offered.add(page("/ledger.csv", query -> told("text/csv", "secret")));
    assertThat(raw("POST /ledger.csv HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0"))
        .startsWith("HTTP/1.1 405");
    assertThat(raw("GET /ledger.csv HTTP/1.1\r\nHost: evil.example"))
        .startsWith("HTTP/1.1 403")
        .doesNotContain("secret");
  }

  @Test
  void a_long_answer_comes_whole_piece_by_piece() throws Exception {
    var line = "2026-11-22T12:00:00Z,key,carried,1234567890\n";
    var lines = 400_000;
    offered.add(page(
        "/ledger.csv",
        query -> new Answer.Told("text/csv", out -> {
          for (var i = 0; i < lines; i++) {
            out.write(line.getBytes(StandardCharsets.UTF_8));
          }
        })));
    assertThat(ask("/ledger.csv").body()).hasSize(lines * line.length());
  }

  @Test
  void an_answer_that_breaks_off_does_not_look_complete() {
    offered.add(page(
        "/ledger.csv",
        query -> new Answer.Told("text/csv", out -> {
          out.write("entry\n".repeat(10_000).getBytes(StandardCharsets.UTF_8));
          throw new IOException("the ledger is gone");
        })));
    assertThatThrownBy(() -> ask("/ledger.csv")).isInstanceOf(IOException.class);
  }

  @Test
  void two_are_answered_at_a_time_while_the_nodes_own_pages_are_served_to_all() throws Exception {
    var begun = new CountDownLatch(2);
    offered.add(page(
        "/ledger.csv",
        query -> new Answer.Told("text/csv", out -> {
          begun.countDown();
          await(released);
          out.write('x');
        })));
    var waiting = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (var i = 0; i < 2; i++) {
      waiting.add(CLIENT.sendAsync(request("/ledger.csv"), BodyHandlers.ofString()));
    }
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    var third = ask("/ledger.csv");
    assertThat(third.statusCode()).isEqualTo(503);
    assertThat(third.headers().firstValue("Retry-After")).hasValue("30");
    assertThat(ask("/status").statusCode()).isEqualTo(200);
    released.countDown();
    for (var one : waiting) {
      assertThat(one.get(30, TimeUnit.SECONDS).body()).isEqualTo("x");
    }
    assertThat(ask("/ledger.csv").statusCode()).isEqualTo(200);
  }

  @Test
  void a_page_may_take_longer_than_the_nodes_own_and_no_longer_than_its_limit() throws Exception {
    server.close();
    server = server(Duration.ofMillis(300), Duration.ofSeconds(2));
    offered.add(page(
        "/slow",
        query -> new Answer.Told("text/plain", out -> {
          // Held up, not waiting for anything.
          LockSupport.parkNanos(Duration.ofMillis(600).toNanos());
          assertThat(Thread.currentThread().isInterrupted()).isFalse();
          out.write('x');
        })));
    offered.add(page(
        "/endless",
        query -> new Answer.Told("text/plain", out -> {
          out.write('x');
          await(released);
        })));
    assertThat(ask("/slow").body()).isEqualTo("x");
    var begun = System.nanoTime();
    assertThatThrownBy(() -> ask("/endless")).isInstanceOf(IOException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begun))
        .isBetween(Duration.ofMillis(1500), Duration.ofSeconds(20));
    for (var i = 0; i < 16; i++) {
      assertThat(ask("/status").statusCode()).isEqualTo(200);
    }
    assertThat(ask("/slow").body()).isEqualTo("x");
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private StatusServer server(Duration limit, Duration localLimit) throws IOException {
    return new StatusServer(
        0,
        Map.of(
            "/status", new Page("application/json", () -> "{}".getBytes(StandardCharsets.UTF_8))),
        () -> List.copyOf(offered),
        limit,
        localLimit);
  }

  private static Answer told(String type, String text) {
    return new Answer.Told(type, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static LocalPage page(String path, Function<Map<String, String>, Answer> answer) {
    return new LocalPage() {
      @Override
      public String path() {
        return path;
      }

      @Override
      public Answer answer(Map<String, String> query) {
        return answer.apply(query);
      }
    };
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(GENEROUS)
        .build();
  }

  private HttpResponse<String> ask(String path) throws IOException, InterruptedException {
    return CLIENT.send(request(path), BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private String raw(String head) throws IOException {
    try (var socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) GENEROUS.toMillis());
      socket
          .getOutputStream()
          .write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
