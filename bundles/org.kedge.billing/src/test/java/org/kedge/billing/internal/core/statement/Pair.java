package org.kedge.billing.internal.core.statement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Price;
import org.kedge.base.api.Uptime;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourChannel;
import org.kedge.billing.api.NeighbourId;
import org.kedge.billing.internal.core.BillingRules;
import org.kedge.billing.internal.core.ledger.Account;
import org.kedge.billing.internal.core.ledger.Batch;
import org.kedge.billing.internal.core.ledger.LedgerEntry;
import org.kedge.billing.internal.core.ledger.Reason;
import org.kedge.billing.internal.core.ledger.SignedStatements;
import org.kedge.billing.internal.core.ledger.SignedStatements.Outcome;
import org.kedge.billing.internal.core.statement.Step.Book;
import org.kedge.billing.internal.core.statement.Step.Say;
import org.kedge.billing.internal.core.statement.Step.TakeReading;
import org.kedge.billing.internal.talk.Parsed;
import org.kedge.billing.internal.talk.StatementTalk;

/** Two neighbours with their books, in virtual time; what passes between them, and to flash, may be late, lost or doubled. */
final class Pair {
  static final Price PRICE = new Price(20_000_000);
  static final Duration PERIOD = Duration.ofSeconds(600);
  private static final Instant EPOCH = Instant.parse("2026-11-23T10:00:00Z");

  /** What befalls a message or a booking. */
  int lossPercent;

  int doublePercent;
  int delayMax = 1;

  /** What never arrives. */
  Predicate<StatementMessage> lost = message -> false;

  /** Counts all that is done; a node dies when it gets to {@link #dieAt}. */
  int done;

  int dieAt = -1;

  final Node small = new Node(1);
  final Node large = new Node(2);
  private final Random random;
  private final List<Late> late = new ArrayList<>();
  private int second = 3600;

  private record Late(int at, Node node, int life, Runnable action) {}

  Pair(long seed) {
    random = new Random(seed);
    small.other = large;
    large.other = small;
    small.boot();
    large.boot();
    meet();
  }

  static BillingRules rules() {
    return new BillingRules(
        PRICE,
        PRICE,
        PRICE,
        Wei.NONE,
        Wei.NONE,
        Duration.ZERO,
        1000,
        List.of(),
        PERIOD,
        Duration.ofDays(90),
        Duration.ofDays(1095));
  }

  /** One side of the link; its books survive, all else dies with it. */
  final class Node {
    final NeighbourId id;
    Node other = this;

    /** Entries by their id: what comes twice is booked once, as in the ledger. */
    Map<String, LedgerEntry> entries = new LinkedHashMap<>();

    List<SignedStatements> booked = new ArrayList<>();
    long carried;
    long handed;

    /** What it says in place of the truth. */
    UnaryOperator<Figures> lie = figures -> figures;

    Statements statements = new Statements(rules(), NeighbourId.ofKey(new byte[32]));
    int life;

    Node(int number) {
      var key = new byte[32];
      Arrays.fill(key, (byte) number);
      id = NeighbourId.ofKey(key);
    }

    void boot() {
      life++;
      statements = new Statements(rules(), id);
    }

    void meetOther() {
      var agreed =
          booked.stream().filter(one -> one.outcome() == Outcome.AGREED).toList();
      statements.met(other.id, last(booked), last(agreed), now());
    }

    private Optional<SignedStatements> last(List<SignedStatements> all) {
      return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    Wei earned() {
      return PRICE.of(new Bytes(carried)).minus(takenOff(Account.Own.WRITE_OFF, true));
    }

    Wei owed() {
      return PRICE.of(new Bytes(handed)).minus(takenOff(Account.Own.WRITE_OFF, false));
    }

    Wei writtenOff() {
      return takenOff(Account.Own.WRITE_OFF, true).plus(takenOff(Account.Own.WRITE_OFF, false));
    }

    private Wei takenOff(Account account, boolean isDebit) {
      return entries.values().stream()
          .filter(entry -> (isDebit ? entry.debit() : entry.credit()).equals(account))
          .map(LedgerEntry::amount)
          .reduce(Wei.NONE, Wei::plus);
    }

    private Figures figures() {
      return lie.apply(new Figures(
          new Bytes(carried),
          earned(),
          new Bytes(handed),
          owed(),
          PRICE,
          EPOCH.plusSeconds(second),
          true));
    }

    void carryOut(List<Step> steps) {
      for (var step : steps) {
        done++;
        if (done == dieAt) {
          die();
          return;
        }
        if (step instanceof TakeReading) {
          later(this, () -> carryOut(statements.figures(other.id, figures(), now())));
        } else if (step instanceof Say say) {
          send(say.message());
        } else if (step instanceof Book book) {
          later(this, () -> book(book));
        }
      }
    }

    private void book(Book book) {
      post(book.batch());
      done++;
      if (done == dieAt) {
        // Durable, but nobody was told.
        die();
        return;
      }
      statements.booked(other.id);
      book.after().forEach(message -> carryOut(List.of(new Say(other.id, message))));
    }

    private void post(Batch batch) {
      for (var entry : batch.entries()) {
        assertThat(entry.reason()).isEqualTo(Reason.AGREED);
        var before = entries.putIfAbsent(entry.id().text(), entry);
        assertThat(before).as("booked twice under one id").isNull();
      }
      booked.addAll(batch.statements());
    }

    private void send(StatementMessage message) {
      var json = StatementTalk.write(message);
      assertThat(json.getBytes(UTF_8).length).isLessThanOrEqualTo(NeighbourChannel.PAYLOAD_MAX);
      if (random.nextInt(100) >= lossPercent && !lost.test(message)) {
        later(other, () -> other.hears(json));
        if (random.nextInt(100) < doublePercent) {
          later(other, () -> other.hears(json));
        }
      }
    }

    void hears(String json) {
      if (StatementTalk.read(json) instanceof Parsed.Understood<StatementMessage> understood) {
        carryOut(statements.heard(other.id, understood.message(), json, now()));
      } else {
        throw new AssertionError("Not understood: " + json);
      }
    }

    void die() {
      boot();
      later(this, () -> meet());
    }

    /** Loses its books. */
    void loseBooks() {
      entries = new LinkedHashMap<>();
      booked = new ArrayList<>();
      carried = 0;
      handed = 0;
      die();
    }
  }

  private void later(Node node, Runnable action) {
    late.add(new Late(second + random.nextInt(delayMax + 1), node, node.life, action));
  }

  void meet() {
    small.meetOther();
    large.meetOther();
  }

  Uptime now() {
    return Uptime.of(Duration.ofSeconds(second));
  }

  /** Bytes each way in a second; both count the same. */
  void seconds(int count, long toLarge, long toSmall) {
    for (var at = 0; at < count; at++) {
      second++;
      small.handed += toLarge;
      large.carried += toLarge;
      large.handed += toSmall;
      small.carried += toSmall;
      for (var node : List.of(small, large)) {
        node.carryOut(node.statements.tick(now()));
      }
      for (var due = due(); !due.isEmpty(); due = due()) {
        for (var one : due) {
          if (one.life() == one.node().life) {
            one.action().run();
          }
        }
      }
    }
  }

  private List<Late> due() {
    var due = new ArrayList<>(late.stream().filter(one -> one.at() <= second).toList());
    late.removeAll(due);
    Collections.shuffle(due, random);
    return due;
  }
}
