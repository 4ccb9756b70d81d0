package org.kedge.telemetry.internal.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers {@code GET} on the loopback address of this machine and nowhere else. */
public final class StatusServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusServer.class);
  private static final int BACKLOG = 16;

  /** A client that never ends its request holds one; the rest go on answering. */
  private static final int THREADS = 4;

  private static final int THREAD_IDLE_SECONDS = 30;

  private final HttpServer server;
  private final ExecutorService threads;

  /**
   * What stands at a path.
   *
   * @param type such as {@code text/html}; text is in UTF-8
   * @param content asked for with each request, on the server's own threads
   */
  public record Page(String type, Supplier<byte[]> content) {}

  /**
   * Begins to listen.
   *
   * @param port 1 to 65535, or 0 for any that is free
   * @param pages by their path, such as {@code /status}
   */
  public StatusServer(int port, Map<String, Page> pages) throws IOException {
    var known = new TreeMap<>(pages);
    server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
    var pool = new ThreadPoolExecutor(
        THREADS,
        THREADS,
        THREAD_IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        StatusServer::thread);
    pool.allowCoreThreadTimeOut(true);
    threads = pool;
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, known));
    server.start();
  }

  private static Thread thread(Runnable work) {
    var made = new Thread(work, "kedge-status");
    made.setDaemon(true);
    return made;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, SortedMap<String, Page> pages)
      throws IOException {
    try (exchange) {
      var page = pages.get(exchange.getRequestURI().getPath());
      if (page == null) {
        send(
            exchange,
            404,
            "text/plain",
            ("Here are only " + String.join(", ", pages.keySet()) + ".\n")
                .getBytes(StandardCharsets.UTF_8));
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        send(
            exchange,
            405,
            "text/plain",
            "Only GET is answered.\n".getBytes(StandardCharsets.UTF_8));
      } else {
        send(exchange, 200, page.type(), page.content().get());
      }
    } catch (RuntimeException e) {
      LOG.error("GET {} failed.", exchange.getRequestURI().getPath(), e);
      throw e;
    }
  }

  private static void send(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(code, -1);
    } else {
      exchange.sendResponseHeaders(code, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
