package org.kedge.billing.internal.core.pricing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.ledger.Promise.Step;
import org.kedge.billing.internal.core.ledger.Promise.Terms;
import org.kedge.billing.internal.core.pricing.PriceMessage.Change;
import org.kedge.billing.internal.core.pricing.PriceMessage.Prices;
import org.kedge.billing.internal.core.pricing.PriceMessage.Taken;

/** What one neighbour says that it asks. */
final class Heard {
  /** Longer than a neighbour waits for a next hop that says nothing. */
  private static final Duration OLD_HELD = Duration.ofSeconds(60);

  /**
   * What is asked for one destination.
   *
   * @param steps other prices to come, the nearest first, two at most: one that is due when the next charge is made, and the one after
   *     it
   * @param run of the message that named it last
   */
  private record Entry(Price price, List<Step> steps, long run) {
    Terms terms() {
      return new Terms(price, steps);
    }

    Price coming() {
      return steps.isEmpty() ? price : steps.get(steps.size() - 1).price();
    }
  }

  private final PrefixTable<Entry> table = new PrefixTable<>();
  private final Set<IpPrefix> changing = new HashSet<>();
  private final Unkept unkept = new Unkept();
  private long run;
  private long last;
  private boolean isOfOldRun;
  private boolean isWhole;
  private Optional<Uptime> oldUntil = Optional.empty();

  /** What overtook a message that was lost; no more than a window of them. */
  private final Map<Long, Prices> early = new HashMap<>();

  private @Nullable Uptime lastHeard;
  private Optional<Taken> toAnswer = Optional.empty();
  private int refused;

  /** What was promised before this node started again. */
  void restore(IpPrefix destination, Terms terms) {
    table.put(destination, new Entry(terms.price(), terms.steps(), run));
    if (!terms.steps().isEmpty()) {
      changing.add(destination);
    }
    isWhole = true;
  }

  /** What holds now where something else held when this was asked last. */
  Map<IpPrefix, Optional<Terms>> unkept() {
    return unkept.take(table, Entry::terms, isWhole);
  }

  /** What was kept is lost. */
  void keepAnew() {
    unkept.addAll(table.all().keySet());
  }

  /** Nothing holds any more. */
  void forget() {
    keepAnew();
    table.clear();
    changing.clear();
  }

  /**
   * Takes a message in its turn.
   *
   * @return whether anything changed
   */
  boolean take(Prices prices, Duration period, Uptime now) {
    lastHeard = now;
    if (prices.run() != run || last == 0) {
      if (prices.number() != 1) {
        toAnswer = Optional.of(new Taken(prices.run(), 0));
        return false;
      }
      // What was promised before still holds until the new run names it, or has been complete for a
      // while.
      run = prices.run();
      last = 0;
      early.clear();
      isOfOldRun = table.size() > 0;
      oldUntil = Optional.empty();
    }
    if (prices.number() > last && prices.number() <= last + Told.WINDOW) {
      early.put(prices.number(), prices);
    }
    var isNews = false;
    for (var next = early.remove(last + 1); next != null; next = early.remove(last + 1)) {
      last++;
      isNews |= !next.changes().isEmpty();
      next.changes().forEach(change -> apply(change, period, now));
      if (next.isWhole()) {
        complete(period, now);
      }
    }
    toAnswer = Optional.of(new Taken(run, last));
    return isNews;
  }

  /**
   * What the new run does not name is held for a while: a neighbour that has just started does not name what lies behind a next hop
   * that it has not heard yet, and goes on charging what it promised.
   */
  private void complete(Duration period, Uptime now) {
    isWhole = true;
    if (isOfOldRun && oldUntil.isEmpty()) {
      oldUntil = Optional.of(now.plus(period.compareTo(OLD_HELD) > 0 ? period : OLD_HELD));
    }
  }

  private boolean dropOld(Uptime now) {
    if (oldUntil.filter(until -> !now.isBefore(until)).isEmpty()) {
      return false;
    }
    var old = table.all().entrySet().stream()
        .filter(entry -> entry.getValue().run() != run)
        .map(Map.Entry::getKey)
        .toList();
    old.forEach(this::remove);
    isOfOldRun = false;
    oldUntil = Optional.empty();
    return !old.isEmpty();
  }

  private void apply(Change change, Duration period, Uptime now) {
    var destination = change.destination();
    var before = table.get(destination);
    if (change.offer().isEmpty()) {
      remove(destination);
      return;
    }
    if (before.isEmpty() && table.size() >= PriceBook.DESTINATIONS_MAX) {
      refused++;
      return;
    }
    var offer = change.offer().get();
    var price = offer.price();
    var steps = new ArrayList<Step>();
    if (before.isPresent() && price.compareTo(before.get().price()) > 0) {
      // It rose. Where that was announced the next charge has yet to carry it out; where it was
      // not,
      // as by a neighbour that forgot what it promised, it holds a period from now.
      var at = before.get().steps().stream()
          .filter(step -> step.price().compareTo(price) >= 0)
          .map(Step::at)
          .findFirst();
      steps.add(new Step(price, at.orElse(now.plus(period))));
    }
    offer.next().map(next -> new Step(next.price(), now.plus(next.in()))).ifPresent(next -> {
      steps.removeIf(step -> next.at().isBefore(step.at()));
      steps.add(next);
    });
    var holds = before.map(Entry::price).filter(was -> was.compareTo(price) < 0).orElse(price);
    table.put(destination, new Entry(holds, List.copyOf(steps), run));
    unkept.add(destination);
    if (steps.isEmpty()) {
      changing.remove(destination);
    } else {
      changing.add(destination);
    }
  }

  private void remove(IpPrefix destination) {
    table.remove(destination);
    changing.remove(destination);
    unkept.add(destination);
  }

  /**
   * What is due holds from here on, and what a former run promised no longer.
   *
   * @return whether anything changed
   */
  boolean turn(Uptime now) {
    var isOther = dropOld(now);
    for (var destination : List.copyOf(changing)) {
      var entry = table.get(destination).orElseThrow();
      var due = entry.steps().stream().filter(step -> !now.isBefore(step.at())).toList();
      if (!due.isEmpty()) {
        var left = entry.steps().subList(due.size(), entry.steps().size());
        var price = due.get(due.size() - 1).price();
        table.put(destination, new Entry(price, List.copyOf(left), entry.run()));
        unkept.add(destination);
        isOther = true;
        if (left.isEmpty()) {
          changing.remove(destination);
        }
      }
    }
    return isOther;
  }

  /** When a price changes next. */
  Optional<Uptime> nextTurn() {
    return Stream.concat(
            oldUntil.stream(),
            changing.stream()
                .flatMap(destination -> table.get(destination).stream())
                .flatMap(entry -> entry.steps().stream().map(Step::at)))
        .min(Uptime::compareTo);
  }

  /** What is to be acknowledged, once. */
  Optional<Taken> answer() {
    var answer = toAnswer;
    toAnswer = Optional.empty();
    return answer;
  }

  Optional<Found> find(IpPrefix destination) {
    return table
        .find(destination)
        .map(found ->
            new Found(found.getKey(), found.getValue().price(), found.getValue().coming()));
  }

  /**
   * What is asked for a destination.
   *
   * @param prefix that covers it
   * @param coming once what was announced holds; {@code price} where there is nothing
   */
  record Found(IpPrefix prefix, Price price, Price coming) {}

  /** Whether the whole table was heard, so that what it lacks is not offered. */
  boolean isWhole() {
    return isWhole;
  }

  Optional<Duration> silence(Uptime now) {
    return Optional.ofNullable(lastHeard).map(now::since);
  }

  int size() {
    return table.size();
  }

  /** How many destinations found no room. */
  int refused() {
    return refused;
  }
}
