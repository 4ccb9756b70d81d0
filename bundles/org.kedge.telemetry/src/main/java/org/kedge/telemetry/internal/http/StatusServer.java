package org.kedge.telemetry.internal.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.kedge.base.api.LocalPage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code GET} on the loopback address of this machine and nowhere else, and only to who calls it by a name of this
 * machine: a page from elsewhere that has its own name point here is refused.
 */
public final class StatusServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusServer.class);
  private static final int BACKLOG = 16;
  private static final int PIECE = 16_384;

  /** From the first byte of a request to the last of its answer; on loopback both take milliseconds. */
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(5);

  private static final Pattern HOST =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

  /** A page may load, run and ask what comes from here and nothing else. */
  private static final Map<String, String> HEADERS = Map.of(
      "Content-Security-Policy",
          "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "X-Content-Type-Options", "nosniff",
      "Referrer-Policy", "no-referrer",
      "Cross-Origin-Resource-Policy", "same-origin");

  private final HttpServer server;
  private final RequestThreads threads;
  private final SortedMap<String, Page> pages;
  private final LocalPages others;

  /**
   * What stands at a path.
   *
   * @param type such as {@code text/html}; text is in UTF-8
   * @param tag names this content for ever, so that a browser need not fetch it again; empty where each request may get another
   * @param content asked for with each request, on the server's own threads
   */
  public record Page(String type, Optional<String> tag, Supplier<byte[]> content) {
    /** One that may be another each time. */
    public Page(String type, Supplier<byte[]> content) {
      this(type, Optional.empty(), content);
    }

    /** One that stays what it is until another version of the bundle. */
    public static Page fixed(String type, byte[] content) {
      try {
        var sum = MessageDigest.getInstance("SHA-256").digest(content);
        return new Page(
            type, Optional.of("\"" + HexFormat.of().formatHex(sum, 0, 12) + "\""), () -> content);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("Every Java has SHA-256", e);
      }
    }
  }

  /**
   * Begins to listen.
   *
   * @param port 1 to 65535, or 0 for any that is free
   * @param pages by their path, such as {@code /status}
   */
  public StatusServer(int port, Map<String, Page> pages) throws IOException {
    this(port, pages, List::of);
  }

  /**
   * Begins to listen.
   *
   * @param others pages of capabilities that are there at the moment, at paths where none of {@code pages} stands
   */
  public StatusServer(int port, Map<String, Page> pages, Supplier<List<LocalPage>> others)
      throws IOException {
    this(port, pages, others, REQUEST_LIMIT, LocalPages.LIMIT);
  }

  StatusServer(
      int port,
      Map<String, Page> pages,
      Supplier<List<LocalPage>> others,
      Duration requestLimit,
      Duration localLimit)
      throws IOException {
    this.pages = new TreeMap<>(pages);
    this.others = new LocalPages(others, localLimit);
    server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
    threads = new RequestThreads("kedge-status", requestLimit);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var path = exchange.getRequestURI().getPath();
    var host = exchange.getRequestHeaders().getFirst("Host");
    try {
      var page = pages.get(path);
      var other = page == null ? others.find(path) : Optional.<LocalPage>empty();
      if (host != null && !HOST.matcher(host).matches()) {
        say(exchange, 403, "This node answers as localhost, 127.0.0.1 or [::1] only.");
      } else if (page == null && other.isEmpty()) {
        var paths = new TreeSet<>(pages.keySet());
        paths.addAll(others.paths());
        say(exchange, 404, "Here are only " + String.join(", ", paths) + ".");
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        say(exchange, 405, "Only GET is answered.");
      } else if (page != null) {
        show(exchange, page);
      } else {
        tell(exchange, other.orElseThrow());
      }
      // Not where anything was thrown: what is closed looks complete. The server then cuts the
      // connection.
      exchange.close();
    } catch (RuntimeException e) {
      LOG.error("GET {} failed.", path, e);
      throw e;
    }
  }

  private void tell(HttpExchange exchange, LocalPage page) throws IOException {
    var query = LocalPages.query(exchange.getRequestURI().getRawQuery());
    if (query.isEmpty()) {
      say(exchange, 400, LocalPages.QUERY);
      return;
    }
    if (!others.enter()) {
      exchange.getResponseHeaders().set("Retry-After", LocalPages.RETRY_SECONDS);
      say(exchange, 503, "Others are being answered; ask again.");
      return;
    }
    try {
      threads.allow(others.limit());
      var answer = page.answer(query.get());
      if (answer instanceof LocalPage.Answer.Told told) {
        head(exchange, told.type(), "no-store");
        exchange.sendResponseHeaders(200, 0);
        told.body().write(exchange.getResponseBody());
      } else if (answer instanceof LocalPage.Answer.Misunderstood misunderstood) {
        say(exchange, 400, misunderstood.why());
      } else if (answer instanceof LocalPage.Answer.NotNow notNow) {
        exchange.getResponseHeaders().set("Retry-After", LocalPages.RETRY_SECONDS);
        say(exchange, 503, notNow.why());
      }
    } finally {
      others.leave();
    }
  }

  private static void show(HttpExchange exchange, Page page) throws IOException {
    var tag = page.tag().orElse("");
    if (tag.isEmpty()) {
      send(exchange, 200, page.type(), "no-store", page.content().get());
      return;
    }
    exchange.getResponseHeaders().set("ETag", tag);
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      exchange.getResponseHeaders().set("Cache-Control", "no-cache");
      exchange.sendResponseHeaders(304, -1);
    } else {
      send(exchange, 200, page.type(), "no-cache", page.content().get());
    }
  }

  private static void say(HttpExchange exchange, int code, String line) throws IOException {
    send(exchange, code, "text/plain", "no-store", (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int code, String type, String cache, byte[] body)
      throws IOException {
    head(exchange, type, cache);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(code, -1);
    } else {
      exchange.sendResponseHeaders(code, body.length);
      // In pieces: the server makes a copy of each.
      for (var at = 0; at < body.length; at += PIECE) {
        exchange.getResponseBody().write(body, at, Math.min(PIECE, body.length - at));
      }
    }
  }

  private static void head(HttpExchange exchange, String type, String cache) {
    var headers = exchange.getResponseHeaders();
    HEADERS.forEach(headers::set);
    headers.set("Content-Type", type + "; charset=utf-8");
    headers.set("Cache-Control", cache);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
