package org.kedge.billing.internal.sqlite;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What a failure of SQLite means for the books. */
record Failure(Kind kind, String why) {
  private static final int PRIMARY = 0xff;

  enum Kind {
    /** Waiting helps. */
    STALLED,
    /** Another connection has the database. */
    TAKEN,
    /** The database is not what was written. */
    DAMAGED
  }

  static Failure of(SQLException e) {
    var code = e instanceof SQLiteException known
        ? known.getResultCode()
        : SQLiteErrorCode.getErrorCode(e.getErrorCode());
    return new Failure(kind(code), words(code) + " (" + code.name() + ")");
  }

  private static Kind kind(SQLiteErrorCode code) {
    switch (code) {
      case SQLITE_IOERR_DATA, SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_SHORT_READ -> {
        return Kind.DAMAGED;
      }
      default -> {
        return switch (primary(code)) {
          case SQLITE_BUSY, SQLITE_LOCKED -> Kind.TAKEN;
          case SQLITE_FULL,
              SQLITE_READONLY,
              SQLITE_IOERR,
              SQLITE_CANTOPEN,
              SQLITE_PERM,
              SQLITE_AUTH,
              SQLITE_PROTOCOL,
              SQLITE_NOMEM,
              SQLITE_NOLFS,
              SQLITE_INTERRUPT -> Kind.STALLED;
          // The rest is either said outright (CORRUPT, NOTADB) or cannot come from a database that
          // Kedge wrote.
          default -> Kind.DAMAGED;
        };
      }
    }
  }

  private static String words(SQLiteErrorCode code) {
    return switch (primary(code)) {
      case SQLITE_FULL -> "no space is left";
      case SQLITE_READONLY -> "it is read-only";
      case SQLITE_BUSY, SQLITE_LOCKED -> "another process has it";
      case SQLITE_IOERR -> "reading or writing it fails";
      case SQLITE_CANTOPEN, SQLITE_PERM -> "it cannot be opened";
      case SQLITE_NOMEM -> "memory is short";
      case SQLITE_NOTADB -> "it is no database";
      case SQLITE_CORRUPT -> "its pages contradict each other";
      default -> "SQLite cannot go on with it";
    };
  }

  private static SQLiteErrorCode primary(SQLiteErrorCode code) {
    return SQLiteErrorCode.getErrorCode(code.code & PRIMARY);
  }
}
