package org.kedge.care.internal.core;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.kedge.care.internal.core.RecoveryRig.ladder;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Effect;
import org.kedge.care.internal.core.Ladder.Budget;
import org.kedge.care.internal.core.Ladder.Limit;
import org.kedge.care.internal.core.Ladder.Problem;
import org.kedge.care.internal.core.Ladder.Rule;
import org.kedge.care.internal.core.Ladder.Rung;
import org.kedge.care.internal.core.LadderText.Reading.Read;
import org.kedge.care.internal.core.LadderText.Reading.Refused;
import org.kedge.care.internal.loop.BuiltInLadder;

class LadderTextTest {
  private static final Map<String, Effect> REMEDIES = Map.ofEntries(
      entry("reopen-babel-socket", Effect.NONE),
      entry("put-back-routes", Effect.NONE),
      entry("sweep-stale-routes", Effect.NONE),
      entry("restore-forwarding", Effect.NONE),
      entry("raise-limits", Effect.NONE),
      entry("start-babeld", Effect.CAPABILITY),
      entry("give-interface-back", Effect.TRAFFIC),
      entry("restart-babeld", Effect.TRAFFIC),
      entry("power-cycle-radio", Effect.TRAFFIC),
      entry("restart-runtime", Effect.NODE),
      entry("reboot-node", Effect.NODE),
      entry("let-timer-bite", Effect.NODE));

  /** As the design gives it. */
  private static final String EXAMPLE = """
      fault BABEL_SILENT  blamed ours  lasting 10 s
        rung reopen-babel-socket   tries 2   settle 5 s
        rung restart-babeld        tries 2   settle 20 s
        rung restart-runtime       tries 1 per 6 h    settle 120 s
        rung reboot-node           tries 1 per 12 h   settle 300 s
        then rest                  look again every 30 min
      budget node      1 per 30 min, 4 per 24 h
      budget traffic   6 per 24 h
      """;

  @Test
  void the_built_in_ladder_has_no_problems_and_knows_every_remedy() {
    var ladder = ladder(BuiltInLadder.text());
    assertThat(ladder.problems(REMEDIES)).isEmpty();
    assertThat(ladder.unknown(REMEDIES)).isEmpty();
    assertThat(ladder.rules())
        .extracting(Rule::fault)
        .contains("BABEL_DEAD", "BABEL_SILENT", "ROUTES_DIVERGED", "FORWARDING_OFF", "LANE_STUCK");
    assertThat(ladder.rules()).extracting(Rule::blame).allMatch(Blame::isOurs);
  }

  @Test
  void the_example_of_the_design_reads_as_it_says() {
    assertThat(LadderText.parse(EXAMPLE))
        .isEqualTo(new Read(new Ladder(
            ladder(EXAMPLE).version(),
            List.of(new Rule(
                "BABEL_SILENT",
                Blame.OURS,
                Duration.ofSeconds(10),
                List.of(
                    rung("reopen-babel-socket", 2, Duration.ZERO, 5, 2),
                    rung("restart-babeld", 2, Duration.ZERO, 20, 3),
                    rung("restart-runtime", 1, Duration.ofHours(6), 120, 4),
                    rung("reboot-node", 1, Duration.ofHours(12), 300, 5)),
                Duration.ofMinutes(30),
                1)),
            List.of(
                new Budget(
                    Effect.NODE,
                    List.of(
                        new Limit(1, Duration.ofMinutes(30)), new Limit(4, Duration.ofHours(24))),
                    7),
                new Budget(Effect.TRAFFIC, List.of(new Limit(6, Duration.ofHours(24))), 8)))));
    assertThat(ladder(EXAMPLE).problems(REMEDIES)).isEmpty();
  }

  @Test
  void every_blame_and_unit_has_its_word() {
    var text = """
        fault A blamed hardware lasting 1 min
          then rest look again every 7 d
        fault A blamed exit lasting 1 h
          then rest look again every 1 min
        fault A blamed upstream lasting 1 d
          then rest look again every 60 s
        fault A blamed unknown lasting 0 s
          then rest look again every 2 h
        """;
    assertThat(ladder(text).rules())
        .extracting(Rule::blame)
        .containsExactly(Blame.OURS_HARDWARE, Blame.EXIT, Blame.UPSTREAM, Blame.UNKNOWN);
    assertThat(ladder(text).rules())
        .extracting(Rule::lasting)
        .containsExactly(
            Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofDays(1), Duration.ZERO);
    assertThat(ladder(text).rules())
        .extracting(Rule::lookAgain)
        .containsExactly(
            Duration.ofDays(7), Duration.ofMinutes(1), Duration.ofMinutes(1), Duration.ofHours(2));
    assertThat(ladder(text).rule("A", Blame.EXIT)).contains(ladder(text).rules().get(1));
    assertThat(ladder(text).rule("A", Blame.OURS)).isEmpty();
    assertThat(ladder(text).rule("B", Blame.EXIT)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "1 | a line begins with fault, rung, then or budget, not with 'hello' | hello",
        "1 | a rung stands under a line 'fault ...' | rung x tries 1 settle 1 s",
        "1 | 'then rest' ends the rungs of a line 'fault ...' | then rest look again every 1 h",
        "2 | the rungs of A from line 1 on do not end in 'then rest look again every ...' | fault A blamed ours lasting 1 s;",
        "2 | the rungs of A from line 1 on do not end in 'then rest look again every ...' | fault A blamed ours lasting 1 s;fault B blamed ours lasting 1 s",
        "2 | the rungs of A from line 1 on do not end in 'then rest look again every ...' | fault A blamed ours lasting 1 s;budget node 1 per 1 h",
        "1 | 'a' is no name of a fault, such as BABEL_SILENT | fault a blamed ours lasting 1 s",
        "1 | the line ends where the name of a fault should stand | fault",
        "1 | 'blamed' should stand where 'on' does | fault A on ours",
        "1 | a fault is blamed exit, hardware, ours, unknown, upstream, not 'theirs' | fault A blamed theirs lasting 1 s",
        "1 | 'lasting' should stand where 'for' does | fault A blamed ours for 1 s",
        "1 | a time is a number and its unit, such as '10 s', not '-1' | fault A blamed ours lasting -1 s",
        "1 | a time is a number and its unit, such as '10 s', not '10s' | fault A blamed ours lasting 10s",
        "1 | a time is a number and its unit, such as '10 s', not '12345678' | fault A blamed ours lasting 12345678 s",
        "1 | a time's unit is s, min, h or d, not 'm' | fault A blamed ours lasting 1 m",
        "1 | the line ends where the unit of a time: s, min, h or d should stand | fault A blamed ours lasting 1",
        "1 | the time '25 h' is outside 0 s to 24 h | fault A blamed ours lasting 25 h",
        "1 | the line should end before 'now' | fault A blamed ours lasting 1 s now",
        "3 | A blamed like this has its rungs from line 1 on already | fault A blamed ours lasting 1 s;then rest look again every 1 h;fault A blamed ours lasting 2 s",
        "2 | 'Reboot' is no name of a remedy, such as restart-babeld | fault A blamed ours lasting 1 s;rung Reboot tries 1 settle 1 s",
        "2 | 'tries' should stand where 'try' does | fault A blamed ours lasting 1 s;rung reboot try 1 settle 1 s",
        "2 | how often is a number from 1 to 100, not '0' | fault A blamed ours lasting 1 s;rung reboot tries 0 settle 1 s",
        "2 | how often is a number from 1 to 100, not '101' | fault A blamed ours lasting 1 s;rung reboot tries 101 settle 1 s",
        "2 | how often is a number from 1 to 100, not 'many' | fault A blamed ours lasting 1 s;rung reboot tries many settle 1 s",
        "2 | 'settle' should stand where 'each' does | fault A blamed ours lasting 1 s;rung reboot tries 1 each 1 s",
        "2 | the time '0 s' is outside 1 s to 30 d | fault A blamed ours lasting 1 s;rung reboot tries 1 per 0 s settle 1 s",
        "2 | the time '31 d' is outside 1 s to 30 d | fault A blamed ours lasting 1 s;rung reboot tries 1 per 31 d settle 1 s",
        "2 | the time '0 s' is outside 1 s to 1 h | fault A blamed ours lasting 1 s;rung reboot tries 1 settle 0 s",
        "2 | the time '61 min' is outside 1 s to 1 h | fault A blamed ours lasting 1 s;rung reboot tries 1 settle 61 min",
        "2 | 'look' should stand where 'every' does | fault A blamed ours lasting 1 s;then rest every 1 h",
        "2 | the time '59 s' is outside 60 s to 7 d | fault A blamed ours lasting 1 s;then rest look again every 59 s",
        "2 | the time '8 d' is outside 60 s to 7 d | fault A blamed ours lasting 1 s;then rest look again every 8 d",
        "3 | a rung stands under a line 'fault ...' | fault A blamed ours lasting 1 s;then rest look again every 1 h;rung x tries 1 settle 1 s",
        "1 | a budget is of capability, node, none, traffic, not of 'all' | budget all 1 per 1 h",
        "1 | 'per' should stand where 'in' does | budget node 1 in 1 h",
        "1 | the time '31 d' is outside 1 s to 30 d | budget node 1 per 31 d",
        "1 | the line ends where how often should stand | budget node 1 per 1 h,",
        "1 | the line should end before '2' | budget node 1 per 1 h 2 per 2 h",
        "2 | line 1 gives the budget of node already; more limits stand in one line, with commas between | budget node 1 per 1 h;budget node 2 per 2 h",
      })
  void what_is_wrong_is_told_with_its_line(int line, String words, String text) {
    assertThat(LadderText.parse(text.replace(';', '\n')))
        .isEqualTo(new Refused(new Problem(line, words)));
  }

  @Test
  void a_line_number_counts_comments_and_blank_lines() {
    assertThat(LadderText.parse("# one\r\n\r\n  # three\r\nfour"))
        .isInstanceOfSatisfying(
            Refused.class,
            refused ->
                assertThat(refused.problem().toString()).startsWith("line 4: a line begins"));
  }

  @Test
  void a_text_of_megabytes_is_refused_unread() {
    assertThat(LadderText.parse("#".repeat(65_536))).isInstanceOf(Read.class);
    assertThat(LadderText.parse("#".repeat(65_537)))
        .isEqualTo(
            new Refused(new Problem(1, "a ladder has at most 65536 characters, this one 65537")));
  }

  @ParameterizedTest
  @CsvSource({
    "' ', '   '",
    "' ', '\t'",
    "'\n', '\r\n'",
    "',', ' , '",
    "', ', ','",
    "'\n', ' # why\n'",
    "'\n', '\n\n#\u2028rest\n'"
  })
  void the_version_depends_on_what_is_said_alone(String written, String otherwise) {
    assertThat(ladder(EXAMPLE.replace(written, otherwise)).version())
        .isEqualTo(ladder(EXAMPLE).version());
  }

  @Test
  void another_content_has_another_version() {
    assertThat(List.of(
            ladder(EXAMPLE).version(),
            ladder(EXAMPLE.replace("tries 2   settle 5", "tries 3   settle 5")).version(),
            ladder(EXAMPLE.replace("4 per", "5 per")).version(),
            ladder(EXAMPLE.replace("30 min\n", "31 min\n")).version()))
        .doesNotHaveDuplicates()
        .allMatch(version -> version.matches("[0-9a-f]{8}"));
  }

  @Test
  void no_text_makes_it_throw() {
    var random = new Random(3);
    var words = (EXAMPLE + BuiltInLadder.text()).split("(?<=\\s)|(?=\\s)");
    var read = 0;
    for (var round = 0; round < 20_000; round++) {
      var text = new StringBuilder(EXAMPLE);
      for (var spoil = random.nextInt(4); spoil >= 0 && text.length() > 0; spoil--) {
        var at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, (char) random.nextInt(0x3000));
          case 1 -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
          case 2 -> text.insert(at, words[random.nextInt(words.length)]);
          default -> text.setLength(at + 1);
        }
      }
      if (LadderText.parse(text.toString()) instanceof Refused refused) {
        var lines = text.toString().split("\n", -1).length;
        assertThat(refused.problem().line()).as("%s", text).isBetween(1, lines);
        assertThat(refused.problem().words()).as("%s", text).isNotBlank();
      } else {
        read++;
      }
    }
    assertThat(read).as("some still said something").isGreaterThan(100);
  }

  // --- against the remedies there are ---

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 | disruption falls from traffic to none at 'put-back-routes'; put milder remedies first | ours | restart-babeld, put-back-routes",
        "4 | disruption falls from node to traffic at 'give-interface-back'; put milder remedies first | ours | start-babeld, reboot-node, give-interface-back",
        "3 | 'put-back-routes' stands twice for A; raise its tries | ours | put-back-routes, put-back-routes",
        "2 | 'start-babeld' disturbs (capability), and only a fault of this node may lead to that | upstream | start-babeld",
        "3 | 'reboot-node' disturbs (node), and only a fault of this node may lead to that | exit | put-back-routes, reboot-node",
      })
  void a_ladder_that_could_do_harm_is_found_out(
      int line, String words, String blame, String remedies) {
    var text = new StringBuilder("fault A blamed " + blame + " lasting 1 s\n");
    for (var remedy : remedies.split(", ")) {
      text.append("rung ").append(remedy).append(" tries 1 settle 1 s\n");
    }
    text.append("then rest look again every 1 h\nbudget traffic 1 per 1 h\nbudget node 1 per 1 h");
    assertThat(ladder(text.toString()).problems(REMEDIES))
        .containsExactly(new Problem(line, words));
  }

  @ParameterizedTest
  @CsvSource({"restart-babeld, traffic", "reboot-node, node"})
  void what_takes_traffic_or_the_node_away_needs_a_budget(String remedy, String effect) {
    var text = "fault A blamed hardware lasting 1 s\nrung " + remedy
        + " tries 1 settle 1 s\nthen rest look again every 1 h\n";
    assertThat(ladder(text).problems(REMEDIES))
        .containsExactly(new Problem(
            2,
            "'" + remedy + "' has effect " + effect + " and needs a line such as 'budget " + effect
                + " 4 per 24 h'"));
    assertThat(ladder(text + "budget " + effect + " 9 per 1 h").problems(REMEDIES))
        .isEmpty();
  }

  @Test
  void what_pauses_one_capability_needs_no_budget_and_what_is_unknown_is_not_judged() {
    var text = """
        fault A blamed ours lasting 1 s
          rung start-babeld tries 1 settle 1 s
          rung dance        tries 1 settle 1 s
          rung sing         tries 1 settle 1 s
          then rest look again every 1 h
        """;
    assertThat(ladder(text).problems(REMEDIES)).isEmpty();
    assertThat(ladder(text).unknown(Map.of("start-babeld", Effect.NONE, "halt", Effect.NODE)))
        .containsExactly(
            new Problem(3, "there is no remedy 'dance' on this node; known are halt, start-babeld"),
            new Problem(4, "there is no remedy 'sing' on this node; known are halt, start-babeld"));
    assertThat(ladder(text).unknown(Map.of()))
        .hasSize(3)
        .first()
        .isEqualTo(
            new Problem(2, "there is no remedy 'start-babeld' on this node; known are none"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 s",
    "119, 119 s",
    "120, 2 min",
    "121, 121 s",
    "3540, 59 min",
    "3600, 1 h",
    "5400, 90 min",
    "86400, 24 h",
    "172799, 172799 s",
    "172800, 2 d",
    "176400, 49 h"
  })
  void a_time_is_told_in_its_largest_whole_unit(long seconds, String words) {
    assertThat(Span.of(Duration.ofSeconds(seconds))).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "-5, 0.0 s",
    "0, 0.0 s",
    "9940, 9.9 s",
    "10000, 10 s",
    "179999, 179 s",
    "180000, 3 min",
    "209000, 3 min",
    "211000, 4 min",
    "10799000, 180 min",
    "10800000, 3 h",
    "12700000, 4 h"
  })
  void a_time_that_was_measured_is_told_roughly(long milliseconds, String words) {
    assertThat(Span.about(Duration.ofMillis(milliseconds))).isEqualTo(words);
  }

  private static Rung rung(String remedy, int tries, Duration per, long settle, int line) {
    return new Rung(
        remedy,
        tries,
        Optional.of(per).filter(time -> !time.isZero()),
        Duration.ofSeconds(settle),
        line);
  }
}
