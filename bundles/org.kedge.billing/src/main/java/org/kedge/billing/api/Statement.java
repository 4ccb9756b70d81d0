package org.kedge.billing.api;

import java.time.Instant;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;

/**
 * What one side of a link says at the end of a period: sums since the accounts of the two began, settlements left out.
 *
 * @param number counts the statements of the two, from 1
 * @param carried bytes the speaker carried for the other
 * @param earned what the speaker says the other owes for them
 * @param handed bytes the speaker handed to the other
 * @param owed what the speaker says it owes for them
 * @param at by the speaker's wall clock; for people
 */
public record Statement(
    long number, Bytes carried, Wei earned, Bytes handed, Wei owed, Instant at) {
  public Statement {
    if (number < 1) {
      throw new IllegalArgumentException("Statements count from 1, but this is " + number);
    }
  }
}
