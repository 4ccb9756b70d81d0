package org.kedge.billing.internal.sqlite;

/** What stands in the database is not what was written there. */
final class Damage extends Exception {
  Damage(String what) {
    super(what);
  }
}
