package org.kedge.billing.internal.talk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.IpPrefix;
import org.kedge.base.api.Price;
import org.kedge.base.api.Wei;
import org.kedge.billing.api.NeighbourChannel;
import org.kedge.billing.api.Statement;
import org.kedge.billing.internal.core.pricing.PriceMessage;
import org.kedge.billing.internal.core.pricing.PriceMessage.Change;
import org.kedge.billing.internal.core.pricing.PriceMessage.Next;
import org.kedge.billing.internal.core.pricing.PriceMessage.Offer;
import org.kedge.billing.internal.core.pricing.PriceMessage.Prices;
import org.kedge.billing.internal.core.pricing.PriceMessage.Taken;
import org.kedge.billing.internal.core.statement.StatementMessage;
import org.kedge.billing.internal.core.statement.StatementMessage.Answer;
import org.kedge.billing.internal.core.statement.StatementMessage.Behind;
import org.kedge.billing.internal.core.statement.StatementMessage.Proposal;
import org.kedge.billing.internal.core.statement.StatementMessage.Verdict;

class TalkTest {
  private static final Statement STATEMENT = new Statement(
      Long.MAX_VALUE,
      new Bytes(Long.MAX_VALUE),
      new Wei(BigInteger.TEN.pow(30).subtract(BigInteger.ONE)),
      new Bytes(0),
      Wei.NONE,
      Instant.parse("2026-11-23T10:00:00.123456789Z"));

  private static final List<PriceMessage> PRICES = List.of(
      new Taken(Long.MAX_VALUE, 0),
      new Prices(0, 1, List.of(), true),
      new Prices(
          81,
          3,
          List.of(
              change("2001:db8::/48", new Offer(new Price(20_000_000), Optional.empty())),
              change(
                  "::/0",
                  new Offer(
                      new Price(0),
                      Optional.of(new Next(new Price(Long.MAX_VALUE), Duration.ofSeconds(600))))),
              new Change(IpPrefix.of("192.0.2.1").orElseThrow(), Optional.empty())),
          false));

  private static final List<StatementMessage> STATEMENTS = List.of(
      new Proposal(STATEMENT),
      new Answer(STATEMENT, STATEMENT, true),
      new Verdict(STATEMENT, STATEMENT, false),
      new Behind(0));

  private static Change change(String destination, Offer offer) {
    return new Change(IpPrefix.of(destination).orElseThrow(), Optional.of(offer));
  }

  @Test
  void what_is_said_is_understood_as_it_was_meant_and_fits() {
    for (var message : PRICES) {
      assertThat(PriceTalk.read(PriceTalk.write(message)))
          .isEqualTo(new Parsed.Understood<>(message));
    }
    for (var message : STATEMENTS) {
      var json = StatementTalk.write(message);
      assertThat(StatementTalk.read(json)).isEqualTo(new Parsed.Understood<>(message));
      assertThat(json.getBytes(UTF_8).length).isLessThan(NeighbourChannel.PAYLOAD_MAX);
    }
    assertThat(PriceTalk.write(PRICES.get(2)))
        .isEqualTo(
            "{\"run\":81,\"number\":3,\"whole\":false,\"prices\":{\"2001:db8::/48\":\"20000000\","
                + "\"::/0\":[\"0\",\"9223372036854775807\",600000],\"192.0.2.1\":null}}");
  }

  @Test
  void names_that_are_not_known_are_skipped() {
    assertThat(PriceTalk.read("{\"new\":[{\"x\":1}],\"run\":1,\"taken\":2}"))
        .isEqualTo(new Parsed.Understood<>(new Taken(1, 2)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"run\":1}",
        "{\"run\":1,\"run\":1,\"taken\":2}",
        "{\"run\":-1,\"taken\":2}",
        "{\"run\":1.0,\"taken\":2}",
        "{\"run\":1e3,\"taken\":2}",
        "{\"run\":\"1\",\"taken\":2}",
        "{\"run\":9223372036854775808,\"taken\":2}",
        "{\"run\":1,\"taken\":2}{}",
        "{\"run\":1,\"taken\":2",
        "{run:1,\"taken\":2}",
        "{\"run\":1,\"number\":0,\"whole\":true,\"prices\":{}}",
        "{\"run\":1,\"number\":1,\"prices\":{}}",
        "{\"run\":1,\"number\":1,\"whole\":1,\"prices\":{}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":[]}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"fe80::/129\":\"1\"}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"::/0\":1}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"::/0\":\"-1\"}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"::/0\":\"1.5\"}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"::/0\":\"9223372036854775808\"}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"::/0\":\"1\",\"0::/0\":\"2\"}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"::/0\":[\"2\",\"2\",1]}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"::/0\":[\"1\",\"2\",86400001]}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"::/0\":[\"1\",\"2\"]}}",
        "{\"run\":1,\"number\":1,\"whole\":true,\"prices\":{\"::/0\":[\"1\",\"2\",1,1]}}"
      })
  void prices_that_are_not_to_the_letter_are_refused(String json) {
    assertThat(PriceTalk.read(json)).isInstanceOf(Parsed.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"say\":\"nothing\"}",
        "{\"say\":\"behind\"}",
        "{\"say\":\"proposal\"}",
        "{\"say\":\"proposal\",\"ours\":{}}",
        "{\"say\":\"proposal\",\"ours\":{\"number\":0,\"carried\":1,\"earned\":\"1\",\"handed\":1,\"owed\":\"1\",\"at\":\"2026-11-23T09:00:00Z\"}}",
        "{\"say\":\"proposal\",\"ours\":{\"number\":1,\"carried\":-1,\"earned\":\"1\",\"handed\":1,\"owed\":\"1\",\"at\":\"2026-11-23T09:00:00Z\"}}",
        "{\"say\":\"proposal\",\"ours\":{\"number\":1,\"carried\":1,\"earned\":1,\"handed\":1,\"owed\":\"1\",\"at\":\"2026-11-23T09:00:00Z\"}}",
        "{\"say\":\"proposal\",\"ours\":{\"number\":1,\"carried\":1,\"earned\":\"01\",\"handed\":1,\"owed\":\"1\",\"at\":\"2026-11-23T09:00:00Z\"}}",
        "{\"say\":\"proposal\",\"ours\":{\"number\":1,\"carried\":1,\"earned\":\"1\",\"handed\":1,\"owed\":\"1\",\"at\":\"yesterday\"}}",
        "{\"say\":\"proposal\",\"ours\":{\"number\":1,\"carried\":1,\"earned\":\"1000000000000000000000000000000\",\"handed\":1,\"owed\":\"1\",\"at\":\"2026-11-23T09:00:00Z\"}}"
      })
  void statements_that_are_not_to_the_letter_are_refused(String json) {
    assertThat(StatementTalk.read(json)).isInstanceOf(Parsed.Refused.class);
  }

  @Test
  void what_is_longer_than_a_message_may_be_is_not_looked_at() {
    assertThat(PriceTalk.read("{\"run\":1,\"taken\":2}" + " ".repeat(800)))
        .isEqualTo(new Parsed.Refused<>("longer than a message may be"));
    assertThat(PriceTalk.read("[".repeat(800))).isInstanceOf(Parsed.Refused.class);
  }

  /** Valid messages with characters, halves and numbers changed: each is understood in full or refused in words of ours. */
  @Test
  void whatever_comes_is_understood_or_refused() {
    var random = new Random(20261123);
    var inputs = 50_000;
    var understood = fuzz(
            random,
            inputs / 2,
            PRICES.stream().map(PriceTalk::write).toList(),
            PriceTalk::read,
            PriceTalk::write)
        + fuzz(
            random,
            inputs / 2,
            STATEMENTS.stream().map(StatementTalk::write).toList(),
            StatementTalk::read,
            StatementTalk::write);
    System.out.println("talk: " + inputs + " inputs, " + understood + " understood, "
        + (inputs - understood) + " refused");
    assertThat(understood).isBetween(inputs / 100, inputs / 2);
  }

  private static <T> int fuzz(
      Random random,
      int inputs,
      List<String> seeds,
      Function<String, Parsed<T>> read,
      Function<T, String> write) {
    var understood = 0;
    for (var input = 0; input < inputs; input++) {
      var text = mutated(random, seeds);
      var parsed = read.apply(text);
      if (parsed instanceof Parsed.Understood<T> one) {
        understood++;
        assertThat(read.apply(write.apply(one.message()))).as(text).isEqualTo(parsed);
      } else if (parsed instanceof Parsed.Refused<T> refused) {
        assertThat(refused.why()).doesNotContain("\n", "{").hasSizeLessThan(60);
      }
    }
    return understood;
  }

  private static final List<String> PIECES = List.of(
      "{",
      "}",
      "[",
      "]",
      "\"",
      ":",
      ",",
      "null",
      "true",
      "-",
      "1e999",
      "0",
      "99999999999999999999",
      "\\u0000",
      "\\",
      "\u0000",
      "\uD800",
      "é",
      "NaN",
      "/0",
      "::",
      " ",
      "//",
      "#",
      "'",
      "\"run\":1,");

  private static String mutated(Random random, List<String> seeds) {
    var text = new StringBuilder(seeds.get(random.nextInt(seeds.size())));
    for (var change = random.nextInt(3) + 1; change > 0 && text.length() > 0; change--) {
      var at = random.nextInt(text.length());
      switch (random.nextInt(6)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
        case 2 -> text.setCharAt(at, (char) random.nextInt(128));
        case 3 -> text.setCharAt(at, (char) ('0' + random.nextInt(10)));
        case 4 -> text.delete(at, Math.min(text.length(), at + random.nextInt(20)));
        default -> text.insert(at, text.substring(at, Math.min(text.length(), at + 30)));
      }
    }
    return text.toString();
  }
}
