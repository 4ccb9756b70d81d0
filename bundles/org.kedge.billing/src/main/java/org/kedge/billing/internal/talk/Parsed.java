package org.kedge.billing.internal.talk;

/** What became of a neighbour's words. */
public sealed interface Parsed<T> {
  record Understood<T>(T message) implements Parsed<T> {}

  /** Not a word of it is used. @param why in plain words without a full stop; nothing of the message's own text is in it */
  record Refused<T>(String why) implements Parsed<T> {}
}
