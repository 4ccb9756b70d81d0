package org.kedge.billing.internal.core.ledger;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Wei;

/**
 * Sums over entries, in whatever order they come. What an entry does to a balance follows from the two accounts alone, whatever its
 * reason, so that a sum of many entries between the same two does what all of them did:
 *
 * <pre>
 * debit        credit                     of the neighbour        of UNKNOWN
 * neighbour    INCOME, OPENING            earned, carried more
 * EXPENSE, OPENING    neighbour           spent, handed more
 * neighbour    UNKNOWN                    earned, carried more    earned, carried less
 * UNKNOWN      neighbour                  spent, handed more      spent, handed less
 * UNKNOWN      INCOME                                             earned, carried more
 * EXPENSE      UNKNOWN                                            spent, handed more
 * SETTLED      neighbour                  received more
 * neighbour    SETTLED                    paid more
 * WRITE_OFF    neighbour                  earned less
 * neighbour    WRITE_OFF                  spent less
 * </pre>
 *
 * Not thread-safe.
 */
public final class Tally {
  private final Map<Account, Sums> accounts;
  private BigInteger total;

  private record Sums(
      long carried,
      long handed,
      BigInteger earned,
      BigInteger spent,
      BigInteger received,
      BigInteger paid,
      BigInteger debit,
      BigInteger credit) {
    static final Sums NONE = new Sums(
        0,
        0,
        BigInteger.ZERO,
        BigInteger.ZERO,
        BigInteger.ZERO,
        BigInteger.ZERO,
        BigInteger.ZERO,
        BigInteger.ZERO);

    Sums earned(BigInteger amount, long bytes) {
      return new Sums(
          Math.addExact(carried, bytes),
          handed,
          earned.add(amount),
          spent,
          received,
          paid,
          debit,
          credit);
    }

    Sums spent(BigInteger amount, long bytes) {
      return new Sums(
          carried,
          Math.addExact(handed, bytes),
          earned,
          spent.add(amount),
          received,
          paid,
          debit,
          credit);
    }

    Sums received(BigInteger amount) {
      return new Sums(carried, handed, earned, spent, received.add(amount), paid, debit, credit);
    }

    Sums paid(BigInteger amount) {
      return new Sums(carried, handed, earned, spent, received, paid.add(amount), debit, credit);
    }

    Sums debit(BigInteger amount) {
      return new Sums(carried, handed, earned, spent, received, paid, debit.add(amount), credit);
    }

    Sums credit(BigInteger amount) {
      return new Sums(carried, handed, earned, spent, received, paid, debit, credit.add(amount));
    }

    Balance balance() {
      return new Balance(
          new Bytes(carried),
          new Bytes(handed),
          new Wei(earned),
          new Wei(spent),
          new Wei(received),
          new Wei(paid),
          new Wei(debit),
          new Wei(credit));
    }
  }

  public Tally() {
    this(new HashMap<>(), BigInteger.ZERO);
  }

  private Tally(Map<Account, Sums> accounts, BigInteger total) {
    this.accounts = accounts;
    this.total = total;
  }

  /** Another one with the same sums, to go on from. */
  public Tally copy() {
    return new Tally(new HashMap<>(accounts), total);
  }

  /** @throws IllegalArgumentException where both accounts are neighbours */
  public void add(LedgerEntry entry) {
    var amount = entry.amount().amount();
    var bytes = entry.bytes().count();
    var debited = of(entry.debit()).debit(amount);
    var credited = of(entry.credit()).credit(amount);
    if (entry.debit() instanceof Account.Neighbour) {
      if (!(entry.credit() instanceof Account.Own against)) {
        throw new IllegalArgumentException("Entry " + entry.id().text()
            + " is between two neighbours, " + entry.debit().name() + " and "
            + entry.credit().name());
      }
      switch (against) {
        case INCOME, OPENING -> debited = debited.earned(amount, bytes);
        case UNKNOWN -> {
          debited = debited.earned(amount, bytes);
          credited = credited.earned(amount.negate(), -bytes);
        }
        case SETTLED -> debited = debited.paid(amount);
        case WRITE_OFF -> debited = debited.spent(amount.negate(), 0);
        case EXPENSE -> {}
      }
    } else if (entry.credit() instanceof Account.Neighbour) {
      switch ((Account.Own) entry.debit()) {
        case EXPENSE, OPENING -> credited = credited.spent(amount, bytes);
        case UNKNOWN -> {
          credited = credited.spent(amount, bytes);
          debited = debited.spent(amount.negate(), -bytes);
        }
        case SETTLED -> credited = credited.received(amount);
        case WRITE_OFF -> credited = credited.earned(amount.negate(), 0);
        case INCOME -> {}
      }
    } else if (entry.debit() == Account.Own.UNKNOWN && entry.credit() == Account.Own.INCOME) {
      debited = debited.earned(amount, bytes);
    } else if (entry.debit() == Account.Own.EXPENSE && entry.credit() == Account.Own.UNKNOWN) {
      credited = credited.spent(amount, bytes);
    }
    accounts.put(entry.debit(), debited);
    accounts.put(entry.credit(), credited);
    total = total.add(amount);
  }

  /** All that was debited anywhere, which is all that was credited. */
  public Wei total() {
    return new Wei(total);
  }

  /** Whether debits equal credits, added up over all accounts. */
  public boolean isEven() {
    var debits = BigInteger.ZERO;
    var credits = BigInteger.ZERO;
    for (var sums : accounts.values()) {
      debits = debits.add(sums.debit());
      credits = credits.add(sums.credit());
    }
    return debits.equals(credits) && debits.equals(total);
  }

  /**
   * Of one account.
   *
   * @throws IllegalArgumentException where more was taken off it than there was
   */
  public Balance balance(Account account) {
    return of(account).balance();
  }

  /**
   * Of all accounts that any entry named.
   *
   * @throws IllegalArgumentException where more was taken off one than there was
   */
  public Map<Account, Balance> balances() {
    var balances = new HashMap<Account, Balance>();
    accounts.forEach((account, sums) -> balances.put(account, sums.balance()));
    return balances;
  }

  /** Whether both come to the same for every account. */
  public boolean agreesWith(Tally other) {
    return accounts.equals(other.accounts);
  }

  private Sums of(Account account) {
    return accounts.getOrDefault(account, Sums.NONE);
  }
}
