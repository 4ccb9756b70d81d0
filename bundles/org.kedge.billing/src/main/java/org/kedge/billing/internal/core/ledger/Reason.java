package org.kedge.billing.internal.core.ledger;

/** Why an entry was made. */
public enum Reason {
  /** Bytes carried for the debited. */
  CARRIED,
  /** Bytes handed to the credited. */
  HANDED,
  /** Both sides agreed on this difference from what was booked. */
  AGREED,
  /** Booked to unknown before it was known whose it was. */
  IDENTIFIED,
  /** Money moved. */
  SETTLED,
  /** New books begin from what was agreed. */
  OPENED,
  /** Hours in the place of minutes, or one sum in the place of hours, that were kept long enough. */
  ROLLED_UP
}
