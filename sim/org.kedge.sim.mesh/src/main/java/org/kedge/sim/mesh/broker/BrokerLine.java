package org.kedge.sim.mesh.broker;

import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * What a broker in a process of its own says on its output, one line each, fields apart by tabs. In
 * client ids and topics tab, line ends and backslash are written {@code \t \n \r \\}.
 */
public sealed interface BrokerLine {
  /** {@code ready ADDRESS:PORT} */
  record Ready(String listens) implements BrokerLine {}

  /** {@code connected<tab>MILLIS<tab>CLIENT} */
  record Connected(Instant at, String client) implements BrokerLine {}

  /** {@code disconnected<tab>MILLIS<tab>CLIENT}, with or without a goodbye. */
  record Disconnected(Instant at, String client) implements BrokerLine {}

  /** {@code MILLIS<tab>CLIENT<tab>TOPIC<tab>BASE64} */
  record Published(Received received) implements BrokerLine {}

  default String text() {
    if (this instanceof Ready ready) {
      return "ready " + ready.listens();
    }
    if (this instanceof Connected connected) {
      return "connected\t" + connected.at().toEpochMilli() + "\t" + escaped(connected.client());
    }
    if (this instanceof Disconnected gone) {
      return "disconnected\t" + gone.at().toEpochMilli() + "\t" + escaped(gone.client());
    }
    var received = ((Published) this).received();
    return received.at().toEpochMilli()
        + "\t" + escaped(received.client())
        + "\t" + escaped(received.topic())
        + "\t" + Base64.getEncoder().encodeToString(received.payload());
  }

  /** Empty for a line no broker of ours writes. */
  static Optional<BrokerLine> parse(String line) {
    if (line.startsWith("ready ")) {
      return Optional.of(new Ready(line.substring("ready ".length())));
    }
    var fields = line.split("\t", -1);
    try {
      if (fields.length == 3 && fields[0].equals("connected")) {
        return Optional.of(new Connected(at(fields[1]), plain(fields[2])));
      }
      if (fields.length == 3 && fields[0].equals("disconnected")) {
        return Optional.of(new Disconnected(at(fields[1]), plain(fields[2])));
      }
      if (fields.length == 4) {
        return Optional.of(new Published(new Received(
            at(fields[0]),
            plain(fields[1]),
            plain(fields[2]),
            Base64.getDecoder().decode(fields[3]))));
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      // Neither a number nor base64 where one should be: not ours.
      return Optional.empty();
    }
  }

  private static Instant at(String millis) {
    return Instant.ofEpochMilli(Long.parseLong(millis));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static String plain(String text) {
    var plain = new StringBuilder();
    var escape = false;
    for (var i = 0; i < text.length(); i++) {
      var letter = text.charAt(i);
      if (!escape && letter == '\\') {
        escape = true;
        continue;
      }
      plain.append(escape ? meant(letter) : letter);
      escape = false;
    }
    return plain.toString();
  }

  private static char meant(char letter) {
    return switch (letter) {
      case 't' -> '\t';
      case 'n' -> '\n';
      case 'r' -> '\r';
      default -> letter;
    };
  }
}
