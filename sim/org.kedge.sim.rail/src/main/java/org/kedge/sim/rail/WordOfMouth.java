package org.kedge.sim.rail;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.kedge.base.api.Lane;
import org.kedge.base.api.Lanes;
import org.kedge.base.api.Node;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.UptimeSource;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.Ledger;
import org.kedge.billing.api.NeighbourChannel;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.api.Settlement;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pays by telling the neighbour that it has been paid, which the neighbour believes: good for tests alone. An order is a file {@code
 * pay} in the node's data folder with {@code NEIGHBOUR WEI ID}; the message is sent again until it is receipted. The file {@code
 * paid} then gets a line {@code ID milliseconds times-sent}.
 */
@Component(immediate = true)
public final class WordOfMouth implements NeighbourChannel.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(WordOfMouth.class);
  private static final String TOPIC = "mouth";
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration AGAIN = Duration.ofMillis(500);
  private static final Pattern WORDS =
      Pattern.compile("\\{\"(pay|got)\":\"([A-Za-z0-9-]{1,60})\"(?:,\"wei\":\"([0-9]{1,40})\")?}");

  private final Ledger ledger;
  private final NeighbourChannel channel;
  private final UptimeSource uptime;
  private final InstantSource wallClock = InstantSource.system();
  private final Path folder;
  private final Lane lane;
  private final NeighbourChannel.Listening listening;
  private final Map<String, Order> open = new LinkedHashMap<>(); // this lane only

  private static final class Order {
    private final NeighbourId neighbour;
    private final BigInteger wei;
    private final Uptime since;
    private Uptime sent;
    private int times;

    private Order(NeighbourId neighbour, BigInteger wei, Uptime since) {
      this.neighbour = neighbour;
      this.wei = wei;
      this.since = since;
      this.sent = since;
    }
  }

  @Activate
  public WordOfMouth(
      @Reference Ledger ledger,
      @Reference NeighbourChannel channel,
      @Reference Node node,
      @Reference Lanes lanes,
      @Reference UptimeSource uptime) {
    this.ledger = ledger;
    this.channel = channel;
    this.uptime = uptime;
    folder = node.data();
    lane = lanes.open("mouth", 64);
    listening = channel.listen(TOPIC, this);
    lane.every(LOOK, "look for an order", this::look);
  }

  @Deactivate
  void stop() {
    listening.close();
    lane.close();
  }

  private void look() {
    try {
      var file = folder.resolve("pay");
      if (Files.exists(file)) {
        var words = Files.readString(file).strip().split(" ");
        Files.delete(file);
        open.put(
            words[2], new Order(new NeighbourId(words[0]), new BigInteger(words[1]), uptime.now()));
      }
    } catch (IOException e) {
      LOG.warn("The order cannot be read.", e);
    }
    open.forEach((id, order) -> {
      if (order.times == 0 || uptime.now().since(order.sent).compareTo(AGAIN) > 0) {
        order.sent = uptime.now();
        order.times++;
        channel.send(
            order.neighbour, TOPIC, "{\"pay\":\"" + id + "\",\"wei\":\"" + order.wei + "\"}");
      }
    });
  }

  @Override
  public void heard(NeighbourId from, String json) {
    var words = WORDS.matcher(json);
    if (!words.matches()) {
      return;
    }
    var id = words.group(2);
    if (words.group(1).equals("got")) {
      lane.post("receipt", () -> receipted(id));
      return;
    }
    ledger.settle(
        new Settlement(
            "mouth:" + id,
            from,
            Settlement.Direction.RECEIVED,
            new Wei(new BigInteger(words.group(3))),
            wallClock.instant(),
            "by word of mouth"),
        booked -> {
          if (booked instanceof Ledger.Booked.Done || booked instanceof Ledger.Booked.Before) {
            channel.send(from, TOPIC, "{\"got\":\"" + id + "\"}");
          } else {
            LOG.warn("Payment {} of {} is not booked: {}", id, from, booked);
          }
        });
  }

  private void receipted(String id) {
    var order = open.remove(id);
    if (order == null) {
      return;
    }
    ledger.settle(
        new Settlement(
            "mouth:" + id,
            order.neighbour,
            Settlement.Direction.PAID,
            new Wei(order.wei),
            wallClock.instant(),
            "by word of mouth"),
        booked ->
            note(id + " " + uptime.now().since(order.since).toMillis() + " " + order.times + "\n"));
  }

  private void note(String line) {
    try {
      Files.writeString(
          folder.resolve("paid"), line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      LOG.warn("The receipt cannot be noted.", e);
    }
  }
}
