package org.kedge.sim.mesh.console;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * The console's web pages, on this machine only: overview, one page per node, and the same as JSON. It only reads. It answers
 * GET and HEAD for the names of this machine, so that a page from elsewhere cannot reach it by renaming itself.
 */
public final class ConsolePage implements AutoCloseable {
  private static final int THREADS_COUNT = 4;
  private static final Pattern HOST =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);
  private static final Pattern NODE_PATH = Pattern.compile("/nodes/([A-Za-z0-9._-]{1,80})");
  private static final String JSON_SUFFIX = ".json";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json; charset=utf-8";

  private static final Map<String, String> HEADERS = Map.of(
      "Content-Security-Policy",
          "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "X-Content-Type-Options", "nosniff",
      "Referrer-Policy", "no-referrer",
      "Cross-Origin-Resource-Policy", "same-origin",
      "Cache-Control", "no-store");

  private static final List<String> FILES = List.of(
      "overview.html",
      "node.html",
      "console.css",
      "common.js",
      "mesh.js",
      "timeline.js",
      "overview.js",
      "node.js",
      "icon.svg");

  private static final Map<String, String> TYPES = Map.of(
      "html", "text/html; charset=utf-8",
      "css", "text/css; charset=utf-8",
      "js", "text/javascript; charset=utf-8",
      "svg", "image/svg+xml");

  private final FleetState fleet;
  private final InstantSource wallClock;
  private final Map<String, Answer> files;
  private final HttpServer server;
  private final ExecutorService threads;

  private record Answer(int status, String type, String body) {
    static Answer text(int status, String line) {
      return new Answer(status, TEXT, line + "\n");
    }

    static Answer json(JsonObject json) {
      return new Answer(200, JSON, json.toString());
    }
  }

  private ConsolePage(
      HttpServer server, FleetState fleet, InstantSource wallClock, Map<String, Answer> files) {
    this.server = server;
    this.fleet = fleet;
    this.wallClock = wallClock;
    this.files = files;
    var count = new AtomicInteger();
    this.threads = Executors.newFixedThreadPool(THREADS_COUNT, work -> {
      var thread = new Thread(work, "console-page-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    });
  }

  /**
   * Opens the pages on 127.0.0.1.
   *
   * @param port 0 for any that is free
   * @throws IOException if the port is taken or not allowed
   */
  public static ConsolePage open(int port, FleetState fleet, InstantSource wallClock)
      throws IOException {
    var files = new HashMap<String, Answer>();
    for (var name : FILES) {
      files.put(name, file(name));
    }
    var loopback = InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
    var server = HttpServer.create(new InetSocketAddress(loopback, port), 0);
    var page = new ConsolePage(server, fleet, wallClock, Map.copyOf(files));
    server.setExecutor(page.threads);
    server.createContext("/", page::handle);
    server.start();
    return page;
  }

  private static Answer file(String name) throws IOException {
    try (var in = ConsolePage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("The console's file " + name + " is missing from the jar");
      }
      var type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), TEXT);
      return new Answer(200, type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** The port it listens on. */
  public int port() {
    return server.getAddress().getPort();
  }

  /** The overview, to be opened in a browser on this machine. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + port() + "/");
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (RuntimeException bug) {
        System.getLogger(ConsolePage.class.getName())
            .log(
                System.Logger.Level.ERROR,
                "The console failed at " + exchange.getRequestURI(),
                bug);
        answer = Answer.text(500, "The console failed at this; its log tells why.");
      }
      send(exchange, answer);
    }
  }

  private Answer answer(HttpExchange exchange) {
    var hosts = exchange.getRequestHeaders().getOrDefault("Host", List.of());
    if (hosts.size() != 1 || !HOST.matcher(hosts.get(0)).matches()) {
      return Answer.text(
          403,
          "The console answers as localhost, 127.0.0.1 or [::1] only. Open it by one of these.");
    }
    var method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return Answer.text(405, "The console only shows; it takes GET and HEAD.");
    }
    return page(String.valueOf(exchange.getRequestURI().getRawPath()))
        .orElseGet(() -> Answer.text(404, "There is nothing here. The overview is at /"));
  }

  private Optional<Answer> page(String path) {
    if (path.equals("/")) {
      return Optional.ofNullable(files.get("overview.html"));
    }
    if (path.equals("/state.json")) {
      return Optional.of(Answer.json(FleetJson.of(fleet.view(wallClock.instant()))));
    }
    var nodePath = NODE_PATH.matcher(path);
    if (nodePath.matches()) {
      return nodePage(nodePath.group(1));
    }
    var name = path.replaceFirst("^/", "");
    return name.endsWith(".html") ? Optional.empty() : Optional.ofNullable(files.get(name));
  }

  private Optional<Answer> nodePage(String name) {
    var view = fleet.view(wallClock.instant());
    if (name.endsWith(JSON_SUFFIX)) {
      var node = name.substring(0, name.length() - JSON_SUFFIX.length());
      return FleetJson.of(view, node).map(Answer::json);
    }
    return view.node(name).flatMap(node -> Optional.ofNullable(files.get("node.html")));
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    var headers = exchange.getResponseHeaders();
    HEADERS.forEach(headers::set);
    headers.set("Content-Type", answer.type());
    var body = answer.body().getBytes(StandardCharsets.UTF_8);
    if (exchange.getRequestMethod().equals("HEAD")) {
      headers.set("Content-Length", String.valueOf(body.length));
      exchange.sendResponseHeaders(answer.status(), -1);
      return;
    }
    exchange.sendResponseHeaders(answer.status(), body.length);
    exchange.getResponseBody().write(body);
  }
}
