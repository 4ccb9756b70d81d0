package org.kedge.telemetry.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.telemetry.internal.http.StatusServer.Page;

class StatusServerTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(LIMIT).build();

  private volatile String status = "{\"state\":\"healthy\"}";
  private StatusServer server;

  @BeforeEach
  void serve() throws IOException {
    server = new StatusServer(0, pages(() -> status.getBytes(StandardCharsets.UTF_8)));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void get_status_answers_with_the_state_of_this_moment() throws Exception {
    assertThat(ask("GET", "/status").body()).isEqualTo("{\"state\":\"healthy\"}");
    status = "{\"state\":\"überlastet\"}";
    var answer = ask("GET", "/status?pretty=1");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"state\":\"überlastet\"}");
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/status/", "/statusx", "/STATUS", "/status/babel", "/favicon.ico"})
  void any_other_path_is_not_found(String path) throws Exception {
    assertThat(ask("GET", path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "HEAD", "OPTIONS"})
  void any_other_method_is_not_allowed(String method) throws Exception {
    var answer = ask(method, "/status");
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET");
  }

  @Test
  void nothing_is_served_on_any_other_address_of_this_machine() throws IOException {
    var others =
        new ArrayList<>(List.of(InetAddress.getByName("127.0.0.2"), InetAddress.getByName("::1")));
    NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.getHostAddress().equals("127.0.0.1"))
        .forEach(others::add);
    for (var other : others) {
      try (var socket = new Socket()) {
        assertThatThrownBy(() ->
                socket.connect(new InetSocketAddress(other, server.port()), (int) LIMIT.toMillis()))
            .as("%s", other)
            .isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void a_taken_port_tells_so() {
    assertThatThrownBy(() -> new StatusServer(server.port(), pages(() -> new byte[0])))
        .isInstanceOf(BindException.class);
  }

  @Test
  void a_closed_server_gives_its_port_back_at_once() throws IOException {
    var port = server.port();
    server.close();
    assertThatThrownBy(() -> ask("GET", "/status")).isInstanceOf(ConnectException.class);
    try (var next = new StatusServer(port, pages(() -> new byte[0]))) {
      assertThat(next.port()).isEqualTo(port);
    }
  }

  @Test
  void clients_that_never_end_their_requests_are_cut_off_and_others_served() throws Exception {
    try (var strict = strict(() -> status.getBytes(StandardCharsets.UTF_8));
        var lazy = new Lazy(strict.port(), 40, "GET /sta")) {
      assertThat(ask("GET", strict.port(), "/status").statusCode()).isEqualTo(200);
      lazy.awaitCutOff();
      assertThat(ask("GET", strict.port(), "/status").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void clients_that_never_read_their_answers_are_cut_off_and_others_served() throws Exception {
    var large = new byte[32 << 20];
    try (var strict = strict(() -> large);
        var lazy = new Lazy(strict.port(), 16, "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
      assertThat(ask("GET", strict.port(), "/nothing").statusCode()).isEqualTo(404);
      assertThat(lazy.connected()).isEqualTo(16);
    }
  }

  @Test
  void a_thread_that_was_cut_off_serves_the_next_request_undisturbed() throws Exception {
    try (var strict = strict(() -> status.getBytes(StandardCharsets.UTF_8))) {
      for (var round = 0; round < 3; round++) {
        try (var lazy = new Lazy(strict.port(), 8, "GET /sta")) {
          lazy.awaitCutOff();
        }
        for (var request = 0; request < 16; request++) {
          assertThat(ask("GET", strict.port(), "/status").statusCode()).isEqualTo(200);
        }
      }
    }
  }

  @Test
  void what_stays_the_same_is_not_sent_again() throws Exception {
    var style = "body { color: red }".getBytes(StandardCharsets.UTF_8);
    try (var other = new StatusServer(0, Map.of("/a.css", Page.fixed("text/css", style)))) {
      var first = ask("GET", other.port(), "/a.css");
      assertThat(first.body()).isEqualTo("body { color: red }");
      assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
      var tag = first.headers().firstValue("ETag").orElseThrow();
      var again = ask("GET", other.port(), "/a.css", "If-None-Match", tag);
      assertThat(again.statusCode()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      var changed = ask("GET", other.port(), "/a.css", "If-None-Match", "\"another\"");
      assertThat(changed.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void no_page_may_load_run_or_ask_anything_from_elsewhere() throws Exception {
    for (var path : List.of("/status", "/nothing")) {
      var headers = ask("GET", path).headers();
      assertThat(headers.firstValue("Content-Security-Policy").orElseThrow())
          .startsWith("default-src 'self';")
          .doesNotContain("unsafe");
      assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Host: localhost", "HOST: LocalHost:8080", "Host: 127.0.0.1:1", "Host: [::1]:8080"
      })
  void it_answers_by_the_names_of_this_machine(String header) throws Exception {
    assertThat(raw("GET /status HTTP/1.1", header)).startsWith("HTTP/1.1 200");
  }

  @Test
  void it_answers_a_simple_client_that_names_no_host() throws Exception {
    assertThat(raw("GET /status HTTP/1.0", "X-None: none")).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:80",
        "192.0.2.7",
        ""
      })
  void a_page_from_elsewhere_that_renames_itself_is_refused(String host) throws Exception {
    // Newer JDKs refuse some of these themselves, as bad requests.
    assertThat(raw("GET /status HTTP/1.1", "Host: " + host))
        .matches("(?s)HTTP/1\\.1 40[03] .*")
        .doesNotContain("healthy");
  }

  private static StatusServer strict(Supplier<byte[]> status) throws IOException {
    return new StatusServer(0, pages(status), List::of, Duration.ofMillis(400), LIMIT);
  }

  /** Clients that said something and then do nothing. */
  private static final class Lazy implements AutoCloseable {
    private final List<Socket> sockets = new ArrayList<>();

    Lazy(int port, int count, String said) throws IOException {
      for (var number = 0; number < count; number++) {
        var socket = new Socket("127.0.0.1", port);
        sockets.add(socket);
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
      }
    }

    int connected() {
      return sockets.size();
    }

    /** The other side has closed each of them. */
    void awaitCutOff() throws IOException {
      for (var socket : sockets) {
        try {
          assertThat(socket.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
          assertThat(reset).hasMessageContaining("reset");
        }
      }
    }

    @Override
    public void close() throws IOException {
      for (var socket : sockets) {
        socket.close();
      }
    }
  }

  /** Says it as it stands, which the JDK's client would not. */
  private String raw(String request, String header) throws IOException {
    try (var socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      var said = request + "\r\n" + header + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private HttpResponse<String> ask(String method, String path)
      throws IOException, InterruptedException {
    return ask(method, server.port(), path);
  }

  private static HttpResponse<String> ask(String method, int port, String path, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .method(method, BodyPublishers.noBody())
        .timeout(LIMIT);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static Map<String, Page> pages(Supplier<byte[]> status) {
    return Map.of("/status", new Page("application/json", status));
  }
}
