package org.kedge.billing.internal.channel;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.NodeId;
import org.kedge.billing.internal.core.neighbour.Message;
import org.kedge.billing.internal.core.neighbour.Message.Hello;
import org.kedge.billing.internal.core.neighbour.Message.Word;

/**
 * Messages as octets: two lines of JSON in one datagram, {@code {"kedge":1,"key":"...","sig":"..."}} and the message that is signed.
 * Two lines, and not one within the other, as quoting would make a payload of many quotes too long.
 */
final class Wire {
  /** So that no link has to fragment it: IPv6 carries 1,280 everywhere. */
  static final int LONGEST = 1232;

  static final int VERSION = 1;

  /** So that a signature under a message is never one under something else. */
  private static final byte[] CONTEXT =
      "kedge neighbour channel 1\n".getBytes(StandardCharsets.US_ASCII);

  private static final int DEEPEST = 8;
  private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]{0,15}");

  private Wire() {}

  /** What octets are. */
  sealed interface Read {
    /** @param body nobody has looked at it yet */
    record Envelope(String key, byte[] keyOctets, byte[] signature, byte[] body) implements Read {
      /** Whether the body is signed with the key. */
      boolean isSigned() {
        return Ed25519.verify(keyOctets, signature, signed(body));
      }
    }

    record OtherVersion(long version) implements Read {}

    record Malformed() implements Read {}
  }

  private static final Read MALFORMED = new Read.Malformed();

  static byte[] write(NodeKey key, Message message) {
    var body = body(message).getBytes(StandardCharsets.UTF_8);
    var envelope = object(json -> json.name("kedge")
            .value(VERSION)
            .name("key")
            .value(key.text())
            .name("sig")
            .value(Ed25519.text(key.sign(signed(body)))))
        .getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(envelope.length + 1 + body.length)
        .put(envelope)
        .put((byte) '\n')
        .put(body)
        .array();
  }

  private static String body(Message message) {
    var content = message.content();
    return object(json -> json.name("src")
        .value(message.from())
        .name("dst")
        .value(message.to())
        .name("session")
        .value(message.session())
        .name("echo")
        .value(message.echo())
        .name("seq")
        .value(message.number())
        .name("topic")
        .value(content.topic())
        .name("json")
        .jsonValue(content instanceof Word word ? word.json() : hello((Hello) content)));
  }

  private static String hello(Hello hello) {
    return object(json -> json.name("node")
        .value(hello.node().value())
        .name("run")
        .value(hello.run())
        .name("speaks")
        .beginArray()
        .value(VERSION)
        .endArray());
  }

  /** Reads the outer line alone. */
  static Read read(byte[] datagram) {
    var end = end(datagram);
    if (datagram.length > LONGEST || end < 0) {
      return MALFORMED;
    }
    var outer = fields(new String(datagram, 0, end, StandardCharsets.US_ASCII));
    if (outer.isEmpty()) {
      return MALFORMED;
    }
    var version = outer.get().number("kedge");
    if (version.isPresent() && version.get() != VERSION) {
      return new Read.OtherVersion(version.get());
    }
    var key = outer.get().text("key").orElse("");
    var keyOctets = Ed25519.octets(key, Ed25519.KEY_CHARACTERS);
    var signature =
        outer.get().text("sig").flatMap(text -> Ed25519.octets(text, Ed25519.SIGNATURE_CHARACTERS));
    if (version.isEmpty() || keyOctets.isEmpty() || signature.isEmpty() || end == datagram.length) {
      return MALFORMED;
    }
    var body = new byte[datagram.length - end - 1];
    System.arraycopy(datagram, end + 1, body, 0, body.length);
    return new Read.Envelope(key, keyOctets.get(), signature.get(), body);
  }

  /** Where the outer line ends, which is the whole where there is no other; negative unless it is printable ASCII. */
  private static int end(byte[] datagram) {
    for (var at = 0; at < datagram.length; at++) {
      if (datagram[at] == '\n') {
        return at;
      }
      if (datagram[at] < ' ' || datagram[at] > '~') {
        return -1;
      }
    }
    return datagram.length;
  }

  /** Reads a body whose signature is good; empty if it is no message. */
  static Optional<Message> message(byte[] body) {
    return text(body).flatMap(Wire::fields).flatMap(Wire::message);
  }

  private static Optional<Message> message(Fields fields) {
    var from = fields.text("src").filter(Wire::isAddress);
    var to = fields.text("dst").filter(Wire::isAddress);
    var session = fields.text("session").filter(Message::isDrawn);
    var echo = fields.text("echo").filter(text -> text.isEmpty() || Message.isDrawn(text));
    var number = fields.number("seq").filter(count -> count >= 1 && count <= Message.NUMBER_MAX);
    var content = content(fields);
    if (from.isEmpty()
        || to.isEmpty()
        || session.isEmpty()
        || echo.isEmpty()
        || number.isEmpty()
        || content.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Message(from.get(), to.get(), session.get(), echo.get(), number.get(), content.get()));
  }

  private static Optional<Message.Content> content(Fields fields) {
    var topic = fields.text("topic").orElse("");
    var json = fields.object("json");
    if (topic.equals(Message.HELLO)) {
      return json.flatMap(Wire::fields).flatMap(Wire::hello);
    }
    return json.filter(object -> Message.isTopic(topic)).map(object -> new Word(topic, object));
  }

  private static Optional<Message.Content> hello(Fields fields) {
    var node = fields.text("node").filter(NodeId::isValid);
    var run = fields.text("run").filter(Message::isDrawn);
    return node.isEmpty() || run.isEmpty()
        ? Optional.empty()
        : Optional.of(new Hello(new NodeId(node.get()), run.get()));
  }

  private static boolean isAddress(String text) {
    return IpPrefix.of(text)
        .filter(address -> address.isAddress() && address.toString().equals(text))
        .isPresent();
  }

  /** Whether this may be sent as it is: one object, strict, in one line. */
  static boolean isPayload(String json) {
    return text(json.getBytes(StandardCharsets.UTF_8))
        .filter(json::equals)
        .flatMap(Wire::fields)
        .isPresent();
  }

  private static byte[] signed(byte[] body) {
    return ByteBuffer.allocate(CONTEXT.length + body.length)
        .put(CONTEXT)
        .put(body)
        .array();
  }

  /** UTF-8 without control characters; empty if it is not. */
  private static Optional<String> text(byte[] octets) {
    try {
      var text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
      return text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Of one object: its texts, its numbers as they stand, its objects written anew. */
  private record Fields(
      Map<String, String> texts, Map<String, String> numbers, Map<String, String> objects) {
    Optional<String> text(String name) {
      return Optional.ofNullable(texts.get(name));
    }

    Optional<Long> number(String name) {
      return Optional.ofNullable(numbers.get(name))
          .filter(number -> WHOLE.matcher(number).matches())
          .map(Long::valueOf);
    }

    Optional<String> object(String name) {
      return Optional.ofNullable(objects.get(name));
    }
  }

  /** Reads one object and nothing behind it; names that nobody asks for are read as well, so that all of it is well formed. */
  private static Optional<Fields> fields(String text) {
    // The reader would pass over a byte order mark.
    if (!text.startsWith("{")) {
      return Optional.empty();
    }
    var fields = new Fields(new HashMap<>(), new HashMap<>(), new HashMap<>());
    var names = new HashSet<String>();
    try (var json = new JsonReader(new StringReader(text))) {
      json.beginObject();
      while (json.hasNext()) {
        var name = json.nextName();
        if (!names.add(name)) {
          return Optional.empty();
        }
        var type = json.peek();
        if (type == JsonToken.STRING) {
          fields.texts().put(name, json.nextString());
        } else if (type == JsonToken.NUMBER) {
          fields.numbers().put(name, json.nextString());
        } else {
          var value = new StringWriter();
          copy(json, new JsonWriter(value), 2);
          if (type == JsonToken.BEGIN_OBJECT) {
            fields.objects().put(name, value.toString());
          }
        }
      }
      json.endObject();
      return json.peek() == JsonToken.END_DOCUMENT ? Optional.of(fields) : Optional.empty();
    } catch (IOException | IllegalStateException | NumberFormatException e) {
      // What the reader throws at what is no JSON, or none that it takes.
      return Optional.empty();
    }
  }

  private static void copy(JsonReader from, JsonWriter to, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new IOException("Deeper than " + DEEPEST);
    }
    to.setLenient(true);
    switch (from.peek()) {
      case BEGIN_OBJECT -> {
        var names = new HashSet<String>();
        from.beginObject();
        to.beginObject();
        while (from.hasNext()) {
          var name = from.nextName();
          if (!names.add(name)) {
            throw new IOException("The name '" + name + "' stands twice");
          }
          to.name(name);
          copy(from, to, depth + 1);
        }
        from.endObject();
        to.endObject();
      }
      case BEGIN_ARRAY -> {
        from.beginArray();
        to.beginArray();
        while (from.hasNext()) {
          copy(from, to, depth + 1);
        }
        from.endArray();
        to.endArray();
      }
      case STRING -> to.value(from.nextString());
      case NUMBER -> to.jsonValue(from.nextString());
      case BOOLEAN -> to.value(from.nextBoolean());
      case NULL -> {
        from.nextNull();
        to.nullValue();
      }
      default -> throw new IOException("No value");
    }
  }

  private interface Writing {
    JsonWriter to(JsonWriter json) throws IOException;
  }

  private static String object(Writing fields) {
    var text = new StringWriter();
    try {
      fields.to(new JsonWriter(text).beginObject()).endObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Nothing can fail where nothing leaves memory", e);
    }
    return text.toString();
  }
}
