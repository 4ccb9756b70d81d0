package org.kedge.babel.internal.core;

import org.kedge.babel.api.BabelInterface;
import org.kedge.babel.api.ExportedRoute;
import org.kedge.babel.api.Neighbour;
import org.kedge.babel.api.Route;

/** One line that babeld wrote to its control socket, understood or not. */
public sealed interface BabelLine {
  enum Kind {
    INTERFACE,
    NEIGHBOUR,
    EXPORTED,
    ROUTE
  }

  /** How an object was told. A dump only adds; a monitor repeats {@code CHANGE} although nothing changed. */
  enum Verb {
    ADD,
    CHANGE
  }

  record InterfaceLine(Verb verb, BabelInterface told) implements BabelLine {}

  record NeighbourLine(Verb verb, Neighbour told) implements BabelLine {}

  /** An {@code xroute}; its handle names prefix and source. */
  record ExportedLine(Verb verb, String handle, ExportedRoute told) implements BabelLine {}

  record RouteLine(Verb verb, Route told) implements BabelLine {}

  /** An object is gone. What it was last is not read: its handle is enough. */
  record FlushLine(Kind kind, String handle) implements BabelLine {}

  /** One of the lines at the start of a connection, such as {@code version babeld-1.12.1}. */
  record Greeting(Topic topic, String value) implements BabelLine {
    public enum Topic {
      /** Of the control protocol, such as {@code 1.0}. */
      PROTOCOL,
      /** Of babeld, such as {@code babeld-1.12.1}. */
      VERSION,
      HOST,
      ROUTER_ID
    }
  }

  /** The command was done, or the greeting or the dump is complete. */
  record Ok() implements BabelLine {}

  /** The command was understood and refused; the reason may be empty. */
  record No(String reason) implements BabelLine {}

  /** The command was not understood, or is not allowed on this socket. */
  record Bad() implements BabelLine {}

  /** A fork's line that is no object, such as {@code local fee 1024}: its last word is the value, the rest the key. */
  record Statement(String key, String value) implements BabelLine {}

  /** A whole object of a kind this version of Kedge does not know. */
  record Unknown(String kind) implements BabelLine {}

  /**
   * Not a line of babeld, or only part of one.
   *
   * @param quote its beginning, at most 120 characters, what is not printable escaped
   */
  record Malformed(String reason, String quote) implements BabelLine {}
}
