package org.kedge.sim.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.kedge.base.api.LocalPage;
import org.kedge.sim.browser.BrowserTests;
import org.kedge.telemetry.internal.http.NodePages;
import org.kedge.telemetry.internal.http.StatusServer;

/** The node's own page in a real browser. */
class NodePageTest {
  private static final Path SCRIPTS = Path.of("src/test/browser");
  private static final Path UPLOT = Path.of("..", "browser", "node_modules", "uplot");

  /** HTML, styles and scripts of the project; uPlot counts by itself. */
  private static final int PAGE_BYTES_MOST = 55_000;

  @TempDir
  Path folder;

  /** The script says, over a port of its own, what the node answers and when it answers at all. */
  @TestFactory
  Stream<DynamicTest> it_shows_what_a_node_may_say() throws Exception {
    try (var told = new ToldNode()) {
      return BrowserTests.of(
          SCRIPTS.resolve("node-page.mjs"),
          Map.of(
              "KEDGE_PAGE", "http://127.0.0.1:" + told.port + "/",
              "KEDGE_CONTROL", "http://127.0.0.1:" + told.control.getAddress().getPort() + "/",
              "KEDGE_SHOTS", "target/shots"));
    }
  }

  @TestFactory
  Stream<DynamicTest> it_shows_what_a_real_node_says() throws Exception {
    var settings = NodeSettings.in(folder);
    try (var host = Host.start(Built.bundles(), folder)) {
      host.configure(SettingsFile.parse(settings.lines()).sections());
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> StatusClient.ask(settings.statusPort()).contains("BABEL_DEAD"));
      return BrowserTests.of(
          SCRIPTS.resolve("real-node-page.mjs"),
          Map.of(
              "KEDGE_PAGE",
              "http://127.0.0.1:" + settings.statusPort() + "/",
              "KEDGE_SHOTS",
              "target/shots"));
    }
  }

  @Test
  void it_is_small() throws IOException {
    var total = 0;
    for (var name : NodePages.of(() -> new byte[0], () -> new byte[0]).entrySet()) {
      if (!name.getKey().contains("uPlot")) {
        total += name.getValue().content().get().length;
      }
    }
    assertThat(total).isBetween(1, PAGE_BYTES_MOST);
  }

  @Test
  void its_charts_are_drawn_by_what_the_makers_of_uplot_published() throws IOException {
    Assumptions.assumeTrue(Files.exists(UPLOT), "SKIPPED, NOT COMPARED: npm has not fetched uPlot");
    for (var file : Map.of(
            "uPlot.iife.min.js", "dist/uPlot.iife.min.js",
            "uPlot.min.css", "dist/uPlot.min.css",
            "uPlot.LICENSE.txt", "LICENSE")
        .entrySet()) {
      assertThat(shipped(file.getKey()))
          .as(file.getKey())
          .isEqualTo(Files.readAllBytes(UPLOT.resolve(file.getValue())));
    }
  }

  private static byte[] shipped(String name) throws IOException {
    try (@Nullable InputStream in = NodePages.class.getResourceAsStream("page/" + name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  /** A node that says what it was told to. */
  private static final class ToldNode implements AutoCloseable, LocalPage {
    private final HttpServer control;
    private final int port;
    private volatile byte[] status = "{}".getBytes(StandardCharsets.UTF_8);
    private volatile byte[] history = "{}".getBytes(StandardCharsets.UTF_8);
    private volatile byte[] billingDay = "{}".getBytes(StandardCharsets.UTF_8);
    private StatusServer server;

    ToldNode() throws IOException {
      server = open(0);
      port = server.port();
      control = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
      control.createContext("/", this::obey);
      control.start();
    }

    private StatusServer open(int wanted) throws IOException {
      return new StatusServer(
          wanted, NodePages.of(() -> status, () -> history), () -> List.of(this));
    }

    @Override
    public String path() {
      return "/billing-day";
    }

    @Override
    public Answer answer(Map<String, String> query) {
      var told = billingDay;
      return new Answer.Told("application/json", out -> out.write(told));
    }

    private void obey(HttpExchange exchange) throws IOException {
      try (exchange) {
        var body = exchange.getRequestBody().readAllBytes();
        switch (exchange.getRequestURI().getPath()) {
          case "/status" -> status = body;
          case "/history" -> history = body;
          case "/billing-day" -> billingDay = body;
          case "/stop" -> server.close();
          case "/start" -> server = open(port);
          default ->
            throw new IllegalArgumentException(
                "There is no such order: " + exchange.getRequestURI());
        }
        exchange.sendResponseHeaders(204, -1);
      }
    }

    @Override
    public void close() {
      control.stop(0);
      server.close();
    }
  }
}
