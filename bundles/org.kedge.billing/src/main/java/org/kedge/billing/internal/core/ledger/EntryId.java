package org.kedge.billing.internal.core.ledger;

/**
 * Names an entry for ever. Made from what the entry is about, never drawn: whoever books the same thing again makes the same id.
 * What is booked often begins with a kind and something that grows, such as a time, before it names a neighbour: ids of one batch
 * then lie side by side on flash.
 */
public record EntryId(String text) {
  private static final int LONGEST = 200;

  public EntryId {
    if (text.isEmpty()
        || text.length() > LONGEST
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "The id of an entry has 1 to 200 characters without control characters, but was '" + text
              + "'");
    }
  }
}
