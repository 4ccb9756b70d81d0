package org.kedge.billing.internal.export;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How the ledger is exported. */
enum Format {
  /** Entries alone, one a line, behind a line of names. */
  CSV("text/csv"),
  /** Entries, statements and gaps, one JSON object a line. */
  JSONL("application/x-ndjson");

  private final String type;

  Format(String type) {
    this.type = type;
  }

  String type() {
    return type;
  }

  static Optional<Format> of(String name) {
    return Arrays.stream(values())
        .filter(format -> format.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst();
  }
}
