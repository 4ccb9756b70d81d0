package org.kedge.babel.internal.core;

import java.util.Optional;
import java.util.stream.Stream;
import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.ExportedRoute;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;
import org.kedge.babel.internal.core.BabelLine.Bad;
import org.kedge.babel.internal.core.BabelLine.ExportedLine;
import org.kedge.babel.internal.core.BabelLine.FlushLine;
import org.kedge.babel.internal.core.BabelLine.Greeting;
import org.kedge.babel.internal.core.BabelLine.Greeting.Topic;
import org.kedge.babel.internal.core.BabelLine.InterfaceLine;
import org.kedge.babel.internal.core.BabelLine.Kind;
import org.kedge.babel.internal.core.BabelLine.Malformed;
import org.kedge.babel.internal.core.BabelLine.NeighbourLine;
import org.kedge.babel.internal.core.BabelLine.No;
import org.kedge.babel.internal.core.BabelLine.Ok;
import org.kedge.babel.internal.core.BabelLine.RouteLine;
import org.kedge.babel.internal.core.BabelLine.Statement;
import org.kedge.babel.internal.core.BabelLine.Unknown;
import org.kedge.babel.internal.core.BabelLine.Verb;

/**
 * Reads lines of babeld 1.8 to 1.14 and of forks that add keys. One thread; never throws, whatever the bytes. Works on the bytes
 * themselves and keeps one String for what lines repeat, because a monitor of 670 routes tells 1,000 lines/s.
 */
public final class LineParser {
  private static final Ok OK = new Ok();
  private static final Bad BAD = new Bad();

  private final Names names = new Names();
  private final Words words = new Words(names);
  private final Fields fields = new Fields(names);

  /**
   * Reads one line, without its end. The bytes are not kept.
   *
   * @param length may be 0; above {@link LineReader#LONGEST} the line is malformed
   */
  public BabelLine parse(byte[] bytes, int offset, int length) {
    var line = read(bytes, offset, length);
    // The quote is made here, and only for what was not understood.
    return line instanceof Malformed malformed
        ? new Malformed(malformed.reason(), Quote.of(bytes, offset, length))
        : line;
  }

  private BabelLine read(byte[] bytes, int offset, int length) {
    if (length > LineReader.LONGEST) {
      return reject("longer than " + LineReader.LONGEST + " bytes");
    }
    for (var i = offset; i < offset + length; i++) {
      if (!Quote.isPrintable(bytes[i])) {
        return reject("not printable ASCII");
      }
    }
    words.open(bytes, offset, length);
    if (!words.next()) {
      return reject("empty");
    }
    if (words.is("change")) {
      return object(Verb.CHANGE);
    }
    if (words.is("add")) {
      return object(Verb.ADD);
    }
    if (words.is("flush")) {
      return flush();
    }
    if (words.is("local") || words.is("metric")) {
      return statement();
    }
    return words.is("no") ? new No(words.rest()) : answerOrGreeting();
  }

  private BabelLine answerOrGreeting() {
    if (words.is("ok")) {
      return words.next() ? reject("more after ok") : OK;
    }
    if (words.is("bad")) {
      return words.next() ? reject("more after bad") : BAD;
    }
    if (words.is("BABEL")) {
      return new Greeting(Topic.PROTOCOL, words.rest());
    }
    if (words.is("version")) {
      return new Greeting(Topic.VERSION, words.rest());
    }
    if (words.is("host")) {
      return new Greeting(Topic.HOST, words.rest());
    }
    if (words.is("my-id")) {
      return new Greeting(Topic.ROUTER_ID, words.rest());
    }
    return reject("not a word babeld begins a line with");
  }

  private BabelLine statement() {
    var from = words.from();
    var keyEnd = from;
    var end = words.to();
    var count = 1;
    while (words.next()) {
      keyEnd = end;
      end = words.to();
      count++;
    }
    return count < 3
        ? reject("a statement without a value")
        : new Statement(words.text(from, keyEnd), words.text(keyEnd + 1, end));
  }

  private BabelLine flush() {
    var shape = nextShape();
    if (shape.isEmpty()) {
      return unknown();
    }
    return words.next()
        ? new FlushLine(shape.get().kind(), words.text())
        : reject("without a handle");
  }

  private BabelLine object(Verb verb) {
    var shape = nextShape();
    if (shape.isEmpty()) {
      return unknown();
    }
    if (!words.next()) {
      return reject("without a handle");
    }
    var kind = shape.get().kind();
    var handle = kind == Kind.INTERFACE ? words.name() : words.text();
    fields.read(words, shape.get());
    if (!fields.fault().isEmpty()) {
      return reject(fields.fault());
    }
    var line = switch (kind) {
      case INTERFACE -> new InterfaceLine(verb, toInterface(handle));
      case NEIGHBOUR -> new NeighbourLine(verb, toNeighbour(handle));
      case EXPORTED -> new ExportedLine(verb, handle, toExported());
      case ROUTE -> new RouteLine(verb, toRoute(handle));
    };
    // Values are read last, and may be the fault.
    return fields.fault().isEmpty() ? line : reject(fields.fault());
  }

  private BabelInterface toInterface(String name) {
    var addresses =
        Stream.of(Key.IPV6, Key.IPV4).filter(fields::has).map(fields::name).toList();
    return new BabelInterface(
        name, fields.flag(Key.UP, "true", "false"), addresses, fields.extra());
  }

  private Neighbour toNeighbour(String handle) {
    return new Neighbour(
        handle,
        fields.name(Key.ADDRESS),
        fields.name(Key.IF),
        fields.bits(Key.REACH),
        fields.has(Key.UREACH) ? fields.bits(Key.UREACH) : 0,
        fields.number(Key.RXCOST),
        fields.number(Key.TXCOST),
        fields.number(Key.COST),
        fields.has(Key.RTT) ? Optional.of(fields.milliseconds(Key.RTT)) : Optional.empty(),
        fields.extra());
  }

  private ExportedRoute toExported() {
    return new ExportedRoute(
        fields.text(Key.PREFIX), fields.name(Key.FROM), fields.number(Key.METRIC));
  }

  private Route toRoute(String handle) {
    return new Route(
        handle,
        fields.text(Key.PREFIX),
        fields.name(Key.FROM),
        fields.flag(Key.INSTALLED, "yes", "no"),
        fields.name(Key.ID),
        fields.number(Key.METRIC),
        fields.number(Key.REFMETRIC),
        fields.name(Key.VIA),
        fields.name(Key.IF),
        fields.extra());
  }

  /** Goes to the next word and finds the shape it names. */
  private Optional<Shape> nextShape() {
    words.next();
    for (var shape : Shape.ALL) {
      if (words.is(shape.word())) {
        return Optional.of(shape);
      }
    }
    return Optional.empty();
  }

  /** An object of the kind that is the current word, if the line is whole: kind, handle, pairs. */
  private BabelLine unknown() {
    var kind = words.text();
    var count = 0;
    while (words.next()) {
      count++;
    }
    return count % 2 == 1 ? new Unknown(kind) : reject("an object of no kind, handle and pairs");
  }

  private static Malformed reject(String reason) {
    return new Malformed(reason, "");
  }
}
