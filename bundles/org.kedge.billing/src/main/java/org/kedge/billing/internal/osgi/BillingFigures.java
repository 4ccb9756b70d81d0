package org.kedge.billing.internal.osgi;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Figures;
import org.kedge.base.api.Price;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourAccount;
import org.kedge.billing.api.NeighbourId;

/**
 * What the health snapshot tells of billing, and the status page with it. Money is told in wei as text of digits: a number of JSON
 * is exact up to 2^53 wei alone, which is less than a hundredth of a coin.
 */
final class BillingFigures {
  /** So many neighbours are told of, those with the most bytes; a snapshot goes over a slow line each minute. */
  static final int NEIGHBOURS_MAX = 32;

  /** Of a key: enough to tell neighbours apart. */
  private static final int SHORT = 8;

  private static final BigInteger GIGABYTE = BigInteger.valueOf(1_000_000_000);

  private BillingFigures() {}

  /** Section {@code billing}. Pure; any thread. */
  static Figures of(BillingState state, List<NeighbourAccount> accounts) {
    return Figures.builder()
        .text("state", word(state.stage()))
        .text("trouble", state.trouble())
        .text("own_key", state.ownKey())
        .count("booked", state.booked())
        .count("held", state.held())
        .seconds("held", state.heldFor())
        .bytes("unknown", state.unknown())
        .bytes("gaps", state.gaps())
        .count("neighbours", accounts.size())
        .bytes("carried", bytes(accounts, NeighbourAccount::carried))
        .bytes("handed", bytes(accounts, NeighbourAccount::handed))
        .text("owes_wei", wei(accounts, NeighbourAccount::owes))
        .text("owed_wei", wei(accounts, NeighbourAccount::owed))
        .list(
            "neighbours",
            accounts.stream()
                .sorted(Comparator.comparing(BillingFigures::traffic)
                    .reversed()
                    .thenComparing(NeighbourAccount::id))
                .limit(NEIGHBOURS_MAX)
                .map(BillingFigures::neighbour)
                .toList())
        .build();
  }

  private static Figures neighbour(NeighbourAccount account) {
    var told = Figures.builder()
        .text("id", account.id().value())
        .text("short_id", shortly(account.id()))
        .text("name", account.name())
        .texts("links", account.links())
        .bytes("carried", account.carried())
        .bytes("handed", account.handed())
        .text("earned_wei", digits(account.earned()))
        .text("spent_wei", digits(account.spent()))
        .text("received_wei", digits(account.received()))
        .text("paid_wei", digits(account.paid()))
        .text("owes_wei", digits(account.owes()))
        .text("owed_wei", digits(account.owed()))
        .text("charges_wei_per_gigabyte", account.charges().map(BillingFigures::perGigabyte))
        .text("asks_wei_per_gigabyte", account.asks().map(BillingFigures::perGigabyte))
        .text("standing", word(account.standing()))
        .flag("shaped", account.isShaped())
        .text("why", Optional.of(account.why()).filter(why -> !why.isBlank()))
        .flag("disputed", account.isDisputed());
    account
        .agreed()
        .ifPresent(statement -> told.section(
            "agreed",
            Figures.builder()
                .number("number", statement.number())
                .text("at", statement.at().toString())
                .bytes("carried", statement.carried())
                .bytes("handed", statement.handed())
                .text("earned_wei", digits(statement.earned()))
                .text("owed_wei", digits(statement.owed()))
                .build()));
    return told.build();
  }

  /** Such as {@code 3vKx81Qa} of a key, or {@code wg1/fe80::1c} of who has none. */
  static String shortly(NeighbourId id) {
    var name = id.value().substring(id.value().indexOf(':') + 1);
    return id.hasKey() ? name.substring(0, SHORT) : name;
  }

  private static BigInteger traffic(NeighbourAccount account) {
    return BigInteger.valueOf(account.carried().count())
        .add(BigInteger.valueOf(account.handed().count()));
  }

  private static Bytes bytes(
      List<NeighbourAccount> accounts, Function<NeighbourAccount, Bytes> which) {
    return new Bytes(
        accounts.stream().map(which).mapToLong(Bytes::count).reduce(0, Math::addExact));
  }

  private static String wei(
      List<NeighbourAccount> accounts, Function<NeighbourAccount, Wei> which) {
    return digits(accounts.stream().map(which).reduce(Wei.NONE, Wei::plus));
  }

  private static String digits(Wei wei) {
    return wei.amount().toString();
  }

  private static String perGigabyte(Price price) {
    return BigInteger.valueOf(price.weiPerByte()).multiply(GIGABYTE).toString();
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
