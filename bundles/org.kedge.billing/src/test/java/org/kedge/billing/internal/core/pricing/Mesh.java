package org.kedge.billing.internal.core.pricing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.kedge.babel.api.ExportedRoute;
import org.kedge.babel.api.Route;
import org.kedge.babel.api.RoutingTable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourChannel;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.ledger.Promise;
import org.kedge.billing.internal.core.metering.Target;
import org.kedge.billing.internal.talk.Parsed;
import org.kedge.billing.internal.talk.PriceTalk;

/** Nodes that tell each other prices, in virtual time: a message takes a second, or is lost. */
final class Mesh {
  static final Duration PERIOD = Duration.ofSeconds(600);
  private final Map<NeighbourId, PriceBook> books = new HashMap<>();
  private final Map<NeighbourId, Map<String, Promise>> kept = new HashMap<>();
  private final List<Letter> letters = new ArrayList<>();
  private final Random random;
  private final int lossPercent;
  Uptime now = Uptime.of(Duration.ofHours(1));
  int sent;

  private record Letter(NeighbourId from, NeighbourId to, String json) {}

  Mesh(long seed, int lossPercent) {
    random = new Random(seed);
    this.lossPercent = lossPercent;
  }

  static NeighbourId node(int number) {
    var key = new byte[32];
    Arrays.fill(key, (byte) number);
    return NeighbourId.ofKey(key);
  }

  static BillingRules rules(String fee, String tariff, String limit) {
    return new BillingRules(
        price(fee),
        price(tariff),
        price(limit),
        Wei.ofCoins(new BigDecimal("0.3")),
        Wei.ofCoins(new BigDecimal("3")),
        Duration.ofHours(1),
        1000,
        List.of(),
        PERIOD,
        Duration.ofDays(90),
        Duration.ofDays(1095));
  }

  static Price price(String coins) {
    return Price.ofCoinsPerGigabyte(new BigDecimal(coins));
  }

  static Target to(String address) {
    return new Target.Mesh(prefix(address));
  }

  static IpPrefix prefix(String text) {
    return IpPrefix.of(text).orElseThrow();
  }

  /** @param via a node's key as text, which stands for its address */
  static Route route(String prefix, String via) {
    return new Route("r", prefix, "::/0", true, "01", 96, 0, via, "wg0", Map.of());
  }

  static RoutingTable table(List<Route> routes, String... exported) {
    return new RoutingTable(
        Uptime.of(Duration.ZERO),
        List.of(),
        List.of(),
        Stream.of(exported).map(prefix -> new ExportedRoute(prefix, "::/0", 0)).toList(),
        routes,
        Map.of());
  }

  static NeighbourId who(String interfaceName, String address) {
    return address.startsWith("key:")
        ? new NeighbourId(address)
        : NeighbourId.ofLink(interfaceName, address);
  }

  PriceBook start(NeighbourId node, BillingRules rules) {
    var book = new PriceBook(rules);
    books.put(node, book);
    letters.removeIf(letter -> letter.to().equals(node) || letter.from().equals(node));
    return book;
  }

  /** Starts a node again, with what it kept at its last charge. */
  PriceBook restart(NeighbourId node, BillingRules rules) {
    var book = start(node, rules);
    book.restore(List.copyOf(kept(node).values()), true, now);
    return book;
  }

  private Map<String, Promise> kept(NeighbourId node) {
    return kept.computeIfAbsent(node, any -> new HashMap<>());
  }

  void meet(NeighbourId one, NeighbourId other) {
    book(one).met(other, now);
    book(other).met(one, now);
  }

  PriceBook book(NeighbourId node) {
    return Objects.requireNonNull(books.get(node));
  }

  void seconds(int count) {
    for (var second = 0; second < count; second++) {
      now = now.plus(Duration.ofSeconds(1));
      var arriving = List.copyOf(letters);
      letters.clear();
      for (var letter : arriving) {
        if (random.nextInt(100) >= lossPercent) {
          deliver(letter);
        }
      }
      books.forEach((node, book) -> book.tick(now).forEach(outgoing -> {
        var json = PriceTalk.write(outgoing.message());
        assertThat(json.getBytes(UTF_8).length).isLessThanOrEqualTo(NeighbourChannel.PAYLOAD_MAX);
        letters.add(new Letter(node, outgoing.to(), json));
        sent++;
      }));
    }
  }

  private void deliver(Letter letter) {
    if (PriceTalk.read(letter.json()) instanceof Parsed.Understood<PriceMessage> understood) {
      book(letter.to()).heard(letter.from(), understood.message(), now);
    } else {
      throw new AssertionError("Not understood: " + letter.json());
    }
  }

  /** All charge up to now. */
  void charge() {
    books.forEach((node, book) -> {
      book.charged(now);
      for (var promise : book.unkept(now)) {
        var key = promise.neighbour() + " " + promise.side() + " " + promise.destination();
        if (promise.holds().isPresent()) {
          kept(node).put(key, promise);
        } else {
          kept(node).remove(key);
        }
      }
    });
  }

  /** Seconds in which everybody charges each minute. */
  void minutes(int count) {
    for (var minute = 0; minute < count; minute++) {
      seconds(60);
      charge();
    }
  }
}
