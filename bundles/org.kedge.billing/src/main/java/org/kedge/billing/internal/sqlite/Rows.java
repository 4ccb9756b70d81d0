package org.kedge.billing.internal.sqlite;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads columns that are never empty. */
final class Rows {
  private Rows() {}

  static String text(ResultSet row, int column) throws SQLException, Damage {
    var text = row.getString(column);
    if (text == null) {
      throw new Damage("a text is missing that is never missing");
    }
    return text;
  }
}
