package org.kedge.billing.internal.talk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.billing.internal.core.pricing.PriceMessage;
import org.kedge.billing.internal.core.pricing.PriceMessage.Change;
import org.kedge.billing.internal.core.pricing.PriceMessage.Next;
import org.kedge.billing.internal.core.pricing.PriceMessage.Offer;
import org.kedge.billing.internal.core.pricing.PriceMessage.Prices;
import org.kedge.billing.internal.core.pricing.PriceMessage.Taken;
import org.kedge.billing.internal.talk.Strict.Malformed;

/**
 * Messages of the topic {@code prices} as JSON. Any thread. Prices are wei a byte, in decimal text; a price to come stands behind
 * the one that holds now, with the milliseconds until it does; {@code null} is a destination that is not offered any more:
 *
 * <pre>{@code
 * {"run":81,"number":3,"whole":true,"prices":{"2001:db8::/48":"20000000","::/0":["60000000","80000000",600000],"192.0.2.1":null}}
 * {"run":81,"taken":3}
 * }</pre>
 */
public final class PriceTalk {
  public static final String TOPIC = "prices";
  private static final long MILLIS_MAX = 86_400_000;

  private PriceTalk() {}

  /** At most {@code NeighbourChannel.PAYLOAD_MAX} octets. */
  public static String write(PriceMessage message) {
    var json = new JsonObject();
    json.addProperty("run", message.run());
    if (message instanceof Taken taken) {
      json.addProperty("taken", taken.number());
    } else if (message instanceof Prices prices) {
      json.addProperty("number", prices.number());
      json.addProperty("whole", prices.isWhole());
      var offers = new JsonObject();
      prices
          .changes()
          .forEach(change -> offers.add(
              change.destination().toString(),
              change.offer().map(PriceTalk::offer).orElse(JsonNull.INSTANCE)));
      json.add("prices", offers);
    }
    return json.toString();
  }

  private static JsonElement offer(Offer offer) {
    var price = price(offer.price());
    if (offer.next().isEmpty()) {
      return price;
    }
    var both = new JsonArray();
    both.add(price);
    both.add(price(offer.next().get().price()));
    both.add(offer.next().get().in().toMillis());
    return both;
  }

  private static JsonPrimitive price(Price price) {
    return new JsonPrimitive(Long.toString(price.weiPerByte()));
  }

  public static Parsed<PriceMessage> read(String json) {
    return Strict.read(json, PriceTalk::read);
  }

  private static final class Parts {
    @Nullable
    Long run;

    @Nullable
    Long number;

    @Nullable
    Long taken;

    @Nullable
    Boolean isWhole;

    @Nullable
    List<Change> changes;
  }

  private static PriceMessage read(JsonReader json) throws IOException, Malformed {
    var parts = new Parts();
    Strict.object(json, name -> {
      switch (name) {
        case "run" -> parts.run = Strict.whole(json);
        case "number" -> parts.number = Strict.whole(json);
        case "taken" -> parts.taken = Strict.whole(json);
        case "whole" -> parts.isWhole = json.nextBoolean();
        case "prices" -> parts.changes = changes(json);
        default -> {
          return false;
        }
      }
      return true;
    });
    var run = Strict.due(Optional.ofNullable(parts.run), "run");
    if (parts.taken != null) {
      return new Taken(run, parts.taken);
    }
    var number = Strict.due(Optional.ofNullable(parts.number), "number");
    if (number < 1) {
      throw new Malformed("messages count from 1");
    }
    return new Prices(
        run,
        number,
        Strict.due(Optional.ofNullable(parts.changes), "prices"),
        Strict.due(Optional.ofNullable(parts.isWhole), "whole"));
  }

  private static List<Change> changes(JsonReader json) throws IOException, Malformed {
    var changes = new ArrayList<Change>();
    var destinations = new HashSet<IpPrefix>();
    Strict.object(json, name -> {
      var destination = Strict.due(IpPrefix.of(name), "a destination");
      if (!destinations.add(destination)) {
        throw new Malformed("a destination twice");
      }
      changes.add(new Change(destination, offer(json)));
      return true;
    });
    return changes;
  }

  private static Optional<Offer> offer(JsonReader json) throws IOException, Malformed {
    if (json.peek() == JsonToken.NULL) {
      json.nextNull();
      return Optional.empty();
    }
    if (json.peek() != JsonToken.BEGIN_ARRAY) {
      return Optional.of(new Offer(price(json), Optional.empty()));
    }
    json.beginArray();
    var price = price(json);
    var next = price(json);
    var millis = Strict.whole(json);
    json.endArray();
    if (next.equals(price) || millis > MILLIS_MAX) {
      throw new Malformed("a change that is none");
    }
    return Optional.of(new Offer(price, Optional.of(new Next(next, Duration.ofMillis(millis)))));
  }

  private static Price price(JsonReader json) throws IOException, Malformed {
    return new Price(Strict.fittingDigits(json));
  }
}
