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
  void a_client_that_never_ends_its_request_keeps_nobody_waiting() throws Exception {
    try (var lazy = new Socket("127.0.0.1", server.port())) {
      lazy.getOutputStream().write("GET /sta".getBytes(StandardCharsets.US_ASCII));
      lazy.getOutputStream().flush();
      for (var request = 0; request < 5; request++) {
        assertThat(ask("GET", "/status").statusCode()).isEqualTo(200);
      }
    }
  }

  private HttpResponse<String> ask(String method, String path)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .method(method, BodyPublishers.noBody())
        .timeout(LIMIT)
        .build();
    return CLIENT.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
  }

  private static Map<String, StatusServer.Page> pages(Supplier<byte[]> status) {
    return Map.of("/status", new StatusServer.Page("application/json", status));
  }
}
