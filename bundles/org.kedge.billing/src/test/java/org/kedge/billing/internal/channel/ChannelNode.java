package org.kedge.billing.internal.channel;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.kedge.base.api.FolderFlash;
import org.kedge.base.api.NodeId;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.base.internal.lane.RealLanes;
import org.kedge.billing.api.NeighbourChannel.Listener;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.care.api.Reading;

/** A node with nothing but a channel, as a program of its own, so that it can live in a network namespace. Told and telling in lines. */
final class ChannelNode {
  private ChannelNode() {}

  /** @param arguments folder, name, port */
  @SuppressWarnings("try")
  public static void main(String[] arguments) throws IOException {
    var folder = Path.of(arguments[0]);
    UptimeSource uptime = () -> new Uptime(System.nanoTime() - START);
    try (var lanes = new RealLanes();
        var lane = lanes.open("billing", 64)) {
      var key = ((NodeKey.Opened.Held) NodeKey.open(folder.resolve("node-key"))).key();
      try (var channel = new LinkChannel(
              lane,
              uptime,
              new NodeId(arguments[1]),
              key,
              new Pins(new FolderFlash(folder)),
              Integer.parseInt(arguments[2]),
              new SecureRandom());
          var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
          var words = channel.listen("words", listener())) {
        tell("key " + key.id());
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
          obey(channel, uptime, line.split(" "));
        }
      } catch (IOException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static final long START = System.nanoTime() - 1;

  private static Listener listener() {
    return new Listener() {
      @Override
      public void heard(NeighbourId from, String json) {
        tell("heard " + from + " " + json);
      }

      @Override
      public void met(NeighbourId neighbour) {
        tell("met " + neighbour);
      }
    };
  }

  private static void obey(LinkChannel channel, UptimeSource uptime, String[] words) {
    switch (words[0]) {
      case "hear" -> {
        channel.heard(Arrays.stream(words)
            .skip(1)
            .map(word -> new LinkAddress(word.split("/")[0], word.split("/")[1]))
            .collect(Collectors.toSet()));
        tell("hears");
      }
      case "forget" -> {
        channel.forget(Set.of(words[1]));
        tell("forgot");
      }
      case "send" -> tell("sent " + channel.send(new NeighbourId(words[1]), "words", words[2]));
      case "other" -> tell("sent " + channel.send(new NeighbourId(words[1]), "other", words[2]));
      case "counts" -> {
        var counts = channel.counts();
        tell("counts in=" + counts.in() + " out=" + counts.out() + " "
            + counts.dropped().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" ")));
      }
      case "who" -> tell("who " + channel.peers() + " " + channel.identities());
      case "reading" -> {
        var reading = channel.readings(uptime.now()).get(0);
        tell("reading " + reading.getClass().getSimpleName() + " "
            + (reading instanceof Reading.Wrong wrong
                ? wrong.evidence()
                : reading instanceof Reading.Unseen unseen ? unseen.why() : ""));
      }
      default -> throw new IllegalArgumentException(Arrays.toString(words));
    }
  }

  private static void tell(String line) {
    synchronized (ChannelNode.class) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
