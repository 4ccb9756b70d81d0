package org.kedge.billing.internal.core.ledger;

/** Names an entry for ever. Made from what the entry is about, never drawn: whoever books the same thing again makes the same id. */
public record EntryId(String text) {
  private static final int LONGEST = 200;

  public EntryId {
    if (text.isEmpty() || text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "The id of an entry has 1 to 200 characters, but was '" + text + "'");
    }
  }
}
