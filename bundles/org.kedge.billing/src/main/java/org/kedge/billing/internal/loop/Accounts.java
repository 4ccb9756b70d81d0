package org.kedge.billing.internal.loop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourAccount;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.enforcement.Facts;
import org.kedge.billing.internal.core.enforcement.Judgement;
import org.kedge.billing.internal.core.enforcement.Standings;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Balance;
import org.kedge.billing.internal.core.metering.Slowed;
import org.kedge.billing.internal.core.neighbour.LinkAddress;
import org.kedge.billing.internal.core.pricing.PriceBook;
import org.kedge.billing.internal.core.statement.Statements;

/** How it stands with each neighbour: what others may know of its account, and whether it is slowed. State on billing's lane. */
final class Accounts {
  private final BookDesk desk;
  private final Who who;
  private final PriceBook prices;
  private final Statements statements;
  private final Findings findings;
  private final Function<NeighbourId, Optional<String>> names;
  private final Standings standings;
  private BillingRules rules;
  private final Map<NeighbourId, Judgement> judgements = new HashMap<>();
  private volatile List<NeighbourAccount> told = List.of();

  /** @param names what a neighbour calls itself, empty where that is not known */
  Accounts(
      BookDesk desk,
      Who who,
      PriceBook prices,
      Statements statements,
      Findings findings,
      Function<NeighbourId, Optional<String>> names,
      BillingRules rules) {
    this.desk = desk;
    this.who = who;
    this.prices = prices;
    this.statements = statements;
    this.findings = findings;
    this.names = names;
    this.rules = rules;
    standings = new Standings(rules);
  }

  /** From the next judgement on. */
  void rules(BillingRules changed) {
    rules = changed;
    standings.rules(changed);
  }

  /** Judges everybody anew: each second, and whenever a balance has changed. */
  void judge(Uptime now, Optional<String> clockDoubt) {
    var links = who.links();
    var ids = known(links.keySet());
    judgements.keySet().retainAll(ids);
    var ledger = desk.stalled().or(() -> findings.doubtfulLedger(desk.setAside()));
    var all = new ArrayList<NeighbourAccount>();
    for (var id : ids) {
      var doubts =
          new Facts.Doubts(prices.stale(id, now), findings.staleCounters(), clockDoubt, ledger);
      var balance = balance(id);
      var judgement = standings.judge(id, facts(id, balance, doubts), now);
      judgements.put(id, judgement);
      all.add(account(id, balance, links.getOrDefault(id, List.of()), judgement));
    }
    told = List.copyOf(all);
  }

  private Set<NeighbourId> known(Set<NeighbourId> heard) {
    var ids = new TreeSet<>(heard);
    desk.books()
        .ifPresent(books -> books.balances().keySet().forEach(account -> {
          if (account instanceof Account.Neighbour neighbour) {
            ids.add(neighbour.id());
          }
        }));
    return ids;
  }

  private Facts facts(NeighbourId id, Balance balance, Facts.Doubts doubts) {
    var owes =
        rest(balance.earned().plus(balance.paid()), balance.spent().plus(balance.received()));
    var denied = statements.dispute(id).map(one -> one.denied()).orElse(Wei.NONE);
    return new Facts(owes, denied, prices.isTold(id), doubts);
  }

  private static Wei rest(Wei one, Wei other) {
    return one.compareTo(other) > 0 ? one.minus(other) : Wei.NONE;
  }

  private NeighbourAccount account(
      NeighbourId id, Balance balance, List<LinkAddress> links, Judgement judgement) {
    return new NeighbourAccount(
        id,
        names.apply(id),
        links.stream().map(link -> link.interfaceName() + " " + link.address()).toList(),
        balance.carried(),
        balance.handed(),
        balance.earned(),
        balance.spent(),
        balance.received(),
        balance.paid(),
        prices.charges(id),
        prices.asks(id),
        judgement.standing(),
        judgement.isSlowed(),
        judgement.why(),
        statements.agreed(id),
        statements.dispute(id).isPresent());
  }

  /** As judged last. Any thread. */
  List<NeighbourAccount> told() {
    return told;
  }

  Balance balance(NeighbourId neighbour) {
    return desk.books()
        .map(books -> books.balances().get(new Account.Neighbour(neighbour)))
        .orElse(Balance.NONE);
  }

  /** What is in dispute with whom, in plain words. */
  Map<NeighbourId, String> disputes() {
    var disputes = new TreeMap<NeighbourId, String>();
    judgements
        .keySet()
        .forEach(id -> statements.dispute(id).ifPresent(one -> disputes.put(id, one.evidence())));
    return disputes;
  }

  /**
   * Stations that are to be slowed now.
   *
   * @param bare links on which stations have no address
   */
  List<Slowed> slowed(List<String> bare) {
    return judgements.entrySet().stream()
        .filter(entry -> entry.getValue().isSlowed())
        .flatMap(entry -> who.stations(entry.getKey(), bare).stream())
        .sorted((one, other) -> one.toString().compareTo(other.toString()))
        .map(station -> new Slowed(station, rules.slowKilobits()))
        .toList();
  }
}
