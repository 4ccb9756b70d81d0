package org.kedge.billing.internal.kernel;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.IpPrefix;
import org.kedge.billing.internal.core.neighbour.LinkAddress;

/** Reads from the kernel which MAC address answers to which link-local address, by one run of {@code ip}. Blocks up to 2 s. */
public final class NeighbourMacs {
  /** What was seen. */
  public sealed interface Look {
    /** @param macs lower case with colons; stations without one, as on tunnels, are not in it, nor those that do not answer now */
    record Seen(Map<LinkAddress, String> macs) implements Look {
      public Seen {
        macs = Map.copyOf(macs);
      }
    }

    record Unseen(String why) implements Look {}
  }

  private static final Command COMMAND =
      Command.of(Duration.ofSeconds(2), "ip", "-j", "-6", "neigh", "show");
  private static final Pattern MAC = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");

  private final CommandRunner runner;

  public NeighbourMacs(CommandRunner runner) {
    this.runner = runner;
  }

  public Look look() {
    var result = runner.run(COMMAND);
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      return new Look.Unseen(COMMAND + ": " + result.inWords());
    }
    if (ended.truncated()) {
      return new Look.Unseen(
          COMMAND + ": more than " + COMMAND.outputLimit().count() + " bytes of output");
    }
    // Said with exit code 0 when neighbours change while they are listed: some may be lacking.
    if (ended.errors().contains("interrupted")) {
      return new Look.Unseen(COMMAND + ": " + ended.errors().strip());
    }
    return parse(ended.output());
  }

  static Look parse(String json) {
    try (var reader = new JsonReader(new StringReader(json))) {
      var macs = new HashMap<LinkAddress, String>();
      reader.beginArray();
      while (reader.hasNext()) {
        entry(reader, macs);
      }
      reader.endArray();
      return reader.peek() == JsonToken.END_DOCUMENT
          ? new Look.Seen(macs)
          : new Look.Unseen(COMMAND + ": more than one list of neighbours");
    } catch (IOException | IllegalStateException e) {
      return new Look.Unseen(COMMAND + ": output of " + json.length()
          + " characters is not its JSON: " + e.getMessage());
    }
  }

  /** {@code {"dst": "fe80::2", "dev": "to2", "lladdr": "02:00:5e:00:02:01", "router": null, "state": ["REACHABLE"]}}. */
  private static void entry(JsonReader reader, Map<LinkAddress, String> macs) throws IOException {
    var address = "";
    var device = "";
    var mac = "";
    reader.beginObject();
    while (reader.hasNext()) {
      switch (reader.nextName()) {
        case "dst" -> address = reader.nextString();
        case "dev" -> device = reader.nextString();
        case "lladdr" -> mac = reader.nextString().toLowerCase(Locale.ROOT);
        default -> reader.skipValue();
      }
    }
    reader.endObject();
    var shortest = IpPrefix.of(address).map(IpPrefix::toString).orElse(address);
    if (LinkAddress.isValid(device, shortest) && MAC.matcher(mac).matches()) {
      macs.put(new LinkAddress(device, shortest), mac);
    }
  }
}
