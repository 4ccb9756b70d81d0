package org.kedge.billing.internal.talk;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourChannel;

/** Reads one JSON object to the letter of RFC 8259; nothing of what it read leaves it where that fails. */
final class Strict {
  /** 10^30 wei are a million million coins. */
  private static final Pattern AMOUNT = Pattern.compile("0|[1-9][0-9]{0,29}");

  private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]{0,18}");

  private Strict() {}

  /** What is said is not what is meant to be said. */
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String why) {
      super(why);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  /** Makes a message of an object. */
  interface Reader<T> {
    T read(JsonReader json) throws IOException, Malformed;
  }

  /** Takes one name of an object, and its value. */
  interface Member {
    /** @return whether the name is known; if not, nothing has been read */
    boolean take(String name) throws IOException, Malformed;
  }

  static <T> Parsed<T> read(String text, Reader<T> reader) {
    if (text.length() > NeighbourChannel.PAYLOAD_MAX) {
      return new Parsed.Refused<>("longer than a message may be");
    }
    try (var json = new JsonReader(new StringReader(text))) {
      var message = reader.read(json);
      return json.peek() == JsonToken.END_DOCUMENT
          ? new Parsed.Understood<>(message)
          : new Parsed.Refused<>("more than one object");
    } catch (Malformed e) {
      return new Parsed.Refused<>(e.why());
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      // Gson has an exception of its own for each mistake, and words that quote the message, which
      // is not for the log.
      return new Parsed.Refused<>("no such JSON as was to be");
    }
  }

  /** Reads an object; names that are not known are skipped, names that come twice refused. */
  static void object(JsonReader json, Member member) throws IOException, Malformed {
    var names = new HashSet<String>();
    json.beginObject();
    while (json.hasNext()) {
      var name = json.nextName();
      if (!names.add(name)) {
        throw new Malformed("a name twice");
      }
      if (!member.take(name)) {
        json.skipValue();
      }
    }
    json.endObject();
  }

  /** @return not negative */
  static long whole(JsonReader json) throws IOException, Malformed {
    if (json.peek() != JsonToken.NUMBER) {
      throw new Malformed("no number where one is due");
    }
    var text = json.nextString();
    if (!WHOLE.matcher(text).matches()) {
      throw new Malformed("no whole number");
    }
    return fitting(new BigInteger(text));
  }

  static Wei amount(JsonReader json) throws IOException, Malformed {
    return new Wei(digits(json));
  }

  static long fittingDigits(JsonReader json) throws IOException, Malformed {
    return fitting(digits(json));
  }

  static String text(JsonReader json) throws IOException, Malformed {
    if (json.peek() != JsonToken.STRING) {
      throw new Malformed("no text where some is due");
    }
    return json.nextString();
  }

  static <T> T due(Optional<T> value, String name) throws Malformed {
    if (value.isEmpty()) {
      throw new Malformed("without '" + name + "'");
    }
    return value.get();
  }

  private static BigInteger digits(JsonReader json) throws IOException, Malformed {
    var text = text(json);
    if (!AMOUNT.matcher(text).matches()) {
      throw new Malformed("no amount");
    }
    return new BigInteger(text);
  }

  private static long fitting(BigInteger number) throws Malformed {
    if (number.bitLength() > 63) {
      throw new Malformed("a number beyond 64 bits");
    }
    return number.longValueExact();
  }
}
