package org.kedge.telemetry.internal.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.kedge.telemetry.internal.http.StatusServer.Page;

/** The node at a glance, for a browser on this machine or at the end of a tunnel; and what it is made of, as JSON. */
public final class NodePages {
  private static final String JSON = "application/json";
  private static final String SCRIPT = "text/javascript";
  private static final String STYLE = "text/css";

  /** Files of the bundle by the path they stand at; uPlot as its makers made it. */
  private static final Map<String, String> FILES = Map.of(
      "node.css", STYLE,
      "node.js", SCRIPT,
      "parts.js", SCRIPT,
      "day.js", SCRIPT,
      "billing.js", SCRIPT,
      "uPlot.iife.min.js", SCRIPT,
      "uPlot.min.css", STYLE,
      "icon.svg", "image/svg+xml");

  private NodePages() {}

  /**
   * All that stands on the node.
   *
   * @param status the snapshot of this moment
   * @param history the last day as {@code HistoryJson} has it
   */
  public static Map<String, Page> of(Supplier<byte[]> status, Supplier<byte[]> history) {
    var pages = new HashMap<String, Page>();
    var html = file("node.html");
    pages.put("/", new Page("text/html", () -> html));
    FILES.forEach((name, type) -> pages.put("/" + name, Page.fixed(type, file(name))));
    pages.put("/status", new Page(JSON, status));
    pages.put("/history", new Page(JSON, history));
    return Map.copyOf(pages);
  }

  private static byte[] file(String name) {
    try (var in = NodePages.class.getResourceAsStream("page/" + name)) {
      if (in == null) {
        throw new IllegalStateException("The page's file " + name + " is missing from the bundle");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("The page's file " + name + " cannot be read", e);
    }
  }
}
