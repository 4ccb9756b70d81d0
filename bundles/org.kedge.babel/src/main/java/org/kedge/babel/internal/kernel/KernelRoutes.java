package org.kedge.babel.internal.kernel;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.babel.internal.core.KernelRoutesLook;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;

/** Reads the kernel's routes of protocol babel, both families and all tables, by one run of {@code ip}. Blocks up to 2 s. */
public final class KernelRoutes {
  static final Command COMMAND = Command.of(
      Duration.ofSeconds(2), "ip", "-j", "route", "show", "table", "all", "proto", "babel");
  private static final long METRIC_UNREACHABLE = 0xFFFF_FFFFL;
  private static final Set<String> NO_WAY_ON =
      Set.of("unreachable", "blackhole", "prohibit", "throw");

  private final CommandRunner runner;

  public KernelRoutes(CommandRunner runner) {
    this.runner = runner;
  }

  public KernelRoutesLook look() {
    var result = runner.run(COMMAND);
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      return new KernelRoutesLook.Unseen(COMMAND + ": " + result.inWords());
    }
    if (ended.truncated()) {
      return new KernelRoutesLook.Unseen(
          COMMAND + ": more than " + COMMAND.outputLimit().count() + " bytes of output");
    }
    // Said with exit code 0 when routes change while they are listed: some may be lacking.
    if (ended.errors().contains("interrupted")) {
      return new KernelRoutesLook.Unseen(COMMAND + ": " + ended.errors().strip());
    }
    return parse(ended.output());
  }

  static KernelRoutesLook parse(String json) {
    try (var reader = new JsonReader(new StringReader(json))) {
      var routes = new Listing().read(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        return new KernelRoutesLook.Unseen(COMMAND + ": more than one list of routes");
      }
      return new KernelRoutesLook.Seen(routes);
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      return new KernelRoutesLook.Unseen(COMMAND + ": output of " + json.length()
          + " characters is not its JSON: " + e.getMessage());
    }
  }

  /** One pass over the listing. Gateways and links repeat thousands of times and are kept once. */
  private static final class Listing {
    private final Map<String, String> words = new HashMap<>();
    private final Map<String, Optional<String>> gateways = new HashMap<>();

    List<KernelRoute> read(JsonReader reader) throws IOException {
      var routes = new ArrayList<KernelRoute>();
      reader.beginArray();
      while (reader.hasNext()) {
        var fields = new Fields();
        fields.read(reader);
        routes.add(route(fields, reader));
      }
      reader.endArray();
      return routes;
    }

    private KernelRoute route(Fields fields, JsonReader reader) {
      if (fields.destination.isEmpty()) {
        throw new IllegalStateException("a route without dst before " + reader.getPath());
      }
      var family = fields.family();
      var unreachable = NO_WAY_ON.contains(fields.type)
          || (fields.device.equals("lo") && fields.metric == METRIC_UNREACHABLE);
      return new KernelRoute(
          prefix(fields.destination, family),
          kept(prefix(fields.source.isEmpty() ? "default" : fields.source, family)),
          gateways.computeIfAbsent(
              fields.gateway, text -> text.isEmpty() ? Optional.empty() : Optional.of(text)),
          kept(unreachable && fields.device.isEmpty() ? "lo" : fields.device),
          unreachable,
          kept(fields.table),
          fields.metric);
    }

    private String kept(String text) {
      return words.computeIfAbsent(text, same -> same);
    }

    private static String prefix(String text, IpFamily family) {
      if (text.equals("default")) {
        return family.everything();
      }
      return text.indexOf('/') < 0 ? text + "/" + family.addressBits() : text;
    }
  }

  /** One route as ip prints it; empty text for what it does not name. */
  private static final class Fields {
    private String type = "";
    private String destination = "";
    private String source = "";
    private String gateway = "";
    private String device = "";
    private String table = KernelRoute.MAIN_TABLE;
    private long metric;
    private boolean hasPreference;

    void read(JsonReader reader) throws IOException {
      reader.beginObject();
      while (reader.hasNext()) {
        switch (reader.nextName()) {
          case "type" -> type = reader.nextString();
          case "dst" -> destination = reader.nextString();
          case "from" -> source = reader.nextString();
          case "gateway" -> gateway = reader.nextString();
          case "dev" -> device = reader.nextString();
          case "table" -> table = reader.nextString();
          case "metric" -> metric = reader.nextLong();
          case "via" -> readVia(reader);
          case "nexthops" -> readNextHops(reader);
          case "pref" -> {
            hasPreference = true;
            reader.skipValue();
          }
          default -> reader.skipValue();
        }
      }
      reader.endObject();
    }

    private void readVia(JsonReader reader) throws IOException {
      reader.beginObject();
      while (reader.hasNext()) {
        if (reader.nextName().equals("host")) {
          gateway = reader.nextString();
        } else {
          reader.skipValue();
        }
      }
      reader.endObject();
    }

    private void readNextHops(JsonReader reader) throws IOException {
      reader.beginArray();
      while (reader.hasNext()) {
        var hop = new Fields();
        hop.read(reader);
        if (device.isEmpty()) {
          device = hop.device;
          gateway = hop.gateway;
        }
      }
      reader.endArray();
    }

    // ip prints "default" for both families. The router preference is there for every IPv6 route
    // (kernel 4.1 on) and for no
    // IPv4 route; a gateway decides nothing, since IPv4 may go by an IPv6 one.
    private IpFamily family() {
      return hasPreference || destination.indexOf(':') >= 0 || source.indexOf(':') >= 0
          ? IpFamily.IPV6
          : IpFamily.IPV4;
    }
  }
}
