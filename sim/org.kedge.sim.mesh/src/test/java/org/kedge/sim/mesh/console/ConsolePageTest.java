package org.kedge.sim.mesh.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.sim.mesh.console.MadeUp.NOON;
import static org.kedge.sim.mesh.console.MadeUp.babelSilent;
import static org.kedge.sim.mesh.console.MadeUp.bytes;
import static org.kedge.sim.mesh.console.MadeUp.healthy;
import static org.kedge.sim.mesh.console.MadeUp.hearAllHealthy;
import static org.kedge.sim.mesh.console.MadeUp.noonPlus;
import static org.kedge.sim.mesh.console.MadeUp.paused;
import static org.kedge.sim.mesh.console.MadeUp.remedy;
import static org.kedge.sim.mesh.console.MadeUp.told;
import static org.kedge.sim.mesh.console.MadeUp.topic;
import static org.kedge.sim.mesh.console.MadeUp.with;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConsolePageTest {
  private final FleetPlan plan = MadeUp.diamond();
  private final FleetState fleet = new FleetState(plan);
  private final HttpClient client = HttpClient.newHttpClient();
  private ConsolePage page;

  @BeforeEach
  void open() throws IOException {
    hearAllHealthy(fleet, plan, NOON, 1);
    fleet.hear(
        noonPlus(4),
        topic("n2"),
        bytes(with(healthy(plan, "n2", 2), babelSilent(Duration.ofSeconds(12)))));
    page = ConsolePage.open(0, fleet, () -> noonPlus(5));
  }

  @AfterEach
  void close() {
    page.close();
  }

  @Test
  void the_state_as_json_equals_the_state() throws Exception {
    var answer = get("/state.json");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValue("application/json; charset=utf-8");
    var json = JsonParser.parseString(answer.body()).getAsJsonObject();
    assertThat(json).isEqualTo(FleetJson.of(fleet.view(noonPlus(5))));
    assertThat(json.get("sentence").getAsString())
        .startsWith("1 of 4 nodes faulty: n2 BABEL_SILENT, ours, for 13 s.");
    var node = json.getAsJsonArray("nodes").get(1).getAsJsonObject();
    assertThat(node.get("snapshot"))
        .isEqualTo(with(healthy(plan, "n2", 2), babelSilent(Duration.ofSeconds(12))));
  }

  @Test
  void a_node_as_json_equals_the_node_with_its_links_and_events() throws Exception {
    var json = JsonParser.parseString(get("/nodes/n2.json").body()).getAsJsonObject();
    assertThat(json).isEqualTo(FleetJson.of(fleet.view(noonPlus(5)), "n2").orElseThrow());
    assertThat(json.getAsJsonArray("links")).hasSize(2);
    assertThat(json.getAsJsonArray("events")).hasSize(2);
  }

  @Test
  void remedies_pauses_and_journals_are_in_the_json_as_data_whatever_text_they_hold()
      throws Exception {
    var hostile = "</script><img src=x onerror=alert(1)>\u202e\u001b[2J";
    var care = remedy(hostile, "acting", 1.5).andThen(told(3, NOON, hostile, hostile));
    fleet.hear(noonPlus(4), topic("n1"), bytes(with(healthy(plan, "n1", 2), care)));
    fleet.hear(noonPlus(4), topic("n3"), bytes(with(healthy(plan, "n3", 2), paused(60, "roof"))));
    var clean = "</script><img src=x onerror=alert(1)>\ufffd [2J";
    var state = JsonParser.parseString(get("/state.json").body()).getAsJsonObject();
    var entry = state.getAsJsonArray("journal").get(0).getAsJsonObject();
    assertThat(entry).isEqualTo(JsonParser.parseString("""
        {"number":1,"at":"2026-11-22T12:00:00Z","node":"n1","kind":"%s","fault":"","remedy":"","words":"%s"}
        """.formatted(clean, clean)));
    var n1 = JsonParser.parseString(get("/nodes/n1.json").body())
        .getAsJsonObject()
        .getAsJsonObject("node");
    assertThat(n1.getAsJsonObject("remedy").get("name").getAsString()).isEqualTo(clean);
    assertThat(n1.getAsJsonObject("remedy").get("lasting_seconds").getAsDouble())
        .isEqualTo(2.5);
    assertThat(n1.getAsJsonObject("journal_last").get("number").getAsLong()).isEqualTo(3);
    var n3 = state.getAsJsonArray("nodes").get(2).getAsJsonObject();
    assertThat(n3.get("pause_left_seconds").getAsDouble()).isEqualTo(59);
    assertThat(n3.get("pause_end").getAsString()).isEqualTo(noonPlus(64).toString());
    assertThat(n3.has("remedy")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/nodes/n2",
        "/console.css",
        "/common.js",
        "/mesh.js",
        "/timeline.js",
        "/overview.js",
        "/node.js",
        "/icon.svg"
      })
  void pages_and_files_come_from_the_jar_under_a_strict_policy(String path) throws Exception {
    var answer = get(path);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'self'");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    var addresses =
        Pattern.compile("https?://[^\\s\"']+").matcher(answer.body()).results();
    assertThat(addresses.map(match -> match.group()))
        .allMatch("http://www.w3.org/2000/svg"::equals);
    assertThat(answer.body()).doesNotContain("innerHTML").doesNotContain("style=\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nodes/n9",
        "/nodes/n9.json",
        "/nodes/",
        "/nodes/n2/",
        "/state",
        "/node.html",
        "/ConsolePage.class",
        "/../../../../../../../../etc/passwd",
        "/nodes/%2e%2e",
        "/%00"
      })
  void an_unknown_path_is_not_found(String path) throws Exception {
    assertThat(get(path).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
  void other_methods_are_refused(String method) throws Exception {
    var request = HttpRequest.newBuilder(page.address().resolve("/state.json"))
        .method(method, HttpRequest.BodyPublishers.ofString("{}"))
        .build();
    var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  @Test
  void head_is_answered_without_a_body() throws Exception {
    assertThat(raw("HEAD /state.json HTTP/1.1", "Host: localhost"))
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("content-length: ")
        .endsWith("\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:1", "[::1]:8080"})
  void it_answers_by_the_names_of_this_machine(String host) throws Exception {
    assertThat(raw("GET /state.json HTTP/1.1", "Host: " + host)).startsWith("HTTP/1.1 200");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example",
        "Host: localhost.evil.example",
        "Host: 127.0.0.1.evil.example:80",
        "Host: ",
        "Host: localhost@evil.example",
        "Host: localhost\r\nHost: evil.example",
        "X-None: none"
      })
  void it_refuses_any_other_host(String header) throws Exception {
    // Newer JDKs refuse some of these themselves, as bad requests.
    assertThat(raw("GET /state.json HTTP/1.1", header))
        .matches("(?s)HTTP/1\\.1 40[03] .*")
        .doesNotContain("BABEL_SILENT");
  }

  @Test
  void it_listens_on_the_loopback_address_only() {
    assertThat(page.address()).isEqualTo(URI.create("http://127.0.0.1:" + page.port() + "/"));
    assertThat(page.port()).isPositive();
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    var address = URI.create("http://127.0.0.1:" + page.port() + path);
    return client.send(
        HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
  }

  // The client of the JDK will not send another host's name.
  private String raw(String request, String header) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), page.port())) {
      var text = request + "\r\n" + header + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
