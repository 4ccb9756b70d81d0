package org.kedge.billing.internal.sqlite;

import java.io.IOException;
import org.kedge.billing.internal.core.ledger.Gap;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.SignedStatements;

/** Takes what is read of the books, one by one. */
public interface LedgerReader {
  void entry(LedgerEntry entry) throws IOException;

  void statements(SignedStatements statements) throws IOException;

  void gap(Gap gap) throws IOException;
}
