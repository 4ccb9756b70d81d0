package org.kedge.telemetry.internal.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers {@code GET /status} on the loopback address of this machine and nowhere else. */
public final class StatusServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StatusServer.class);
  private static final int BACKLOG = 16;

  private final HttpServer server;
  private final ExecutorService thread;

  /**
   * Begins to listen.
   *
   * @param port 1 to 65535, or 0 for any that is free
   * @param status the JSON to answer with; called on the server's own thread
   */
  public StatusServer(int port, Supplier<byte[]> status) throws IOException {
    server =
        HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
    thread = Executors.newSingleThreadExecutor(work -> {
      var made = new Thread(work, "kedge-status");
      made.setDaemon(true);
      return made;
    });
    server.setExecutor(thread);
    server.createContext("/", exchange -> answer(exchange, status));
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private static void answer(HttpExchange exchange, Supplier<byte[]> status) throws IOException {
    try (exchange) {
      if (!exchange.getRequestURI().getPath().equals("/status")) {
        send(
            exchange,
            404,
            "text/plain",
            "Only /status is here.\n".getBytes(StandardCharsets.UTF_8));
      } else if (!exchange.getRequestMethod().equals("GET")) {
        exchange.getResponseHeaders().set("Allow", "GET");
        send(
            exchange,
            405,
            "text/plain",
            "Only GET is answered.\n".getBytes(StandardCharsets.UTF_8));
      } else {
        send(exchange, 200, "application/json", status.get());
      }
    } catch (RuntimeException e) {
      LOG.error("GET /status failed.", e);
      throw e;
    }
  }

  private static void send(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(code, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
    thread.shutdownNow();
  }
}
