package org.kedge.sim.host;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** Asks a node how it is. */
final class StatusClient {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(LIMIT).build();

  private StatusClient() {}

  /** What the node answers to GET /status; empty while nothing listens there. */
  static String ask(int port) throws InterruptedException {
    try {
      var answer = get(port, "/status");
      return answer.statusCode() == 200 ? answer.body() : "";
    } catch (IOException e) {
      return "";
    }
  }

  static HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(LIMIT)
        .build();
    return CLIENT.send(request, BodyHandlers.ofString());
  }

  /** The first text of this name in a snapshot. */
  static Optional<String> text(String json, String name) {
    var found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(json);
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }
}
