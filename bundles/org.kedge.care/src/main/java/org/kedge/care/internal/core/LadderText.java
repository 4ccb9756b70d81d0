package org.kedge.care.internal.core;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Effect;
import org.kedge.care.internal.core.Ladder.Budget;
import org.kedge.care.internal.core.Ladder.Limit;
import org.kedge.care.internal.core.Ladder.Problem;
import org.kedge.care.internal.core.Ladder.Rule;
import org.kedge.care.internal.core.Ladder.Rung;

/**
 * Reads a ladder from its text. A line is one of these, blanks as you like, the rest of a line after {@code #} is a comment:
 *
 * <pre>
 * fault BABEL_SILENT  blamed ours  lasting 10 s
 *   rung restart-babeld   tries 2              settle 20 s
 *   rung reboot-node      tries 1 per 12 h     settle 300 s
 *   then rest             look again every 30 min
 * budget node  1 per 30 min, 4 per 24 h
 * </pre>
 */
public final class LadderText {
  private static final int TEXT_MAX = 64 * 1024;
  private static final Duration LASTING_MAX = Duration.ofDays(1);
  private static final Duration SETTLE_MAX = Duration.ofHours(1);
  private static final Duration REST_MIN = Duration.ofMinutes(1);
  private static final Duration REST_MAX = Duration.ofDays(7);

  private static final Map<String, Blame> BLAMES = Map.of(
      "ours", Blame.OURS,
      "hardware", Blame.OURS_HARDWARE,
      "exit", Blame.EXIT,
      "upstream", Blame.UPSTREAM,
      "unknown", Blame.UNKNOWN);

  private static final Map<String, Duration> UNITS = Map.of(
      "s", Duration.ofSeconds(1),
      "min", Duration.ofMinutes(1),
      "h", Duration.ofHours(1),
      "d", Duration.ofDays(1));

  private final List<Rule> rules = new ArrayList<>();
  private final List<Budget> budgets = new ArrayList<>();
  private Optional<Rule> open = Optional.empty();
  private List<Rung> rungs = new ArrayList<>();

  private LadderText() {}

  /** What came of reading. */
  public sealed interface Reading {
    record Read(Ladder ladder) implements Reading {}

    /** The first thing wrong; the whole text is refused. */
    record Refused(Problem problem) implements Reading {}
  }

  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    Refusal(String words) {
      super(words, null, false, false);
    }
  }

  public static Reading parse(String text) {
    if (text.length() > TEXT_MAX) {
      return new Reading.Refused(new Problem(
          1, "a ladder has at most " + TEXT_MAX + " characters, this one " + text.length()));
    }
    var reader = new LadderText();
    var number = 0;
    try {
      for (var line : text.split("\n", -1)) {
        number++;
        var words = content(line);
        if (!words.isEmpty()) {
          reader.line(new Words(words), number);
        }
      }
      reader.finish();
    } catch (Refusal e) {
      return new Reading.Refused(new Problem(number, String.valueOf(e.getMessage())));
    }
    return new Reading.Read(new Ladder(version(text), reader.rules, reader.budgets));
  }

  /** Eight hexadecimal digits that stand for what the text says, comments and blanks left out. */
  private static String version(String text) {
    var crc = new CRC32C();
    crc.update(Stream.of(text.split("\n"))
        .map(LadderText::content)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("\n"))
        .getBytes(StandardCharsets.UTF_8));
    return String.format(Locale.ROOT, "%08x", crc.getValue());
  }

  /** What a line says, its words and commas with one blank between. */
  private static String content(String line) {
    var comment = line.indexOf('#');
    return (comment < 0 ? line : line.substring(0, comment))
        .replace(",", " , ")
        .replaceAll("\\s+", " ")
        .strip();
  }

  private void line(Words words, int number) throws Refusal {
    switch (words.next("fault, rung, then or budget")) {
      case "fault" -> fault(words, number);
      case "rung" -> rung(words, number);
      case "then" -> rest(words);
      case "budget" -> budget(words, number);
      default ->
        throw new Refusal(
            "a line begins with fault, rung, then or budget, not with '" + words.last() + "'");
    }
    words.end();
  }

  private void fault(Words words, int number) throws Refusal {
    finish();
    var name = words.next("the name of a fault");
    if (!name.matches("[A-Z][A-Z0-9_]*")) {
      throw new Refusal("'" + name + "' is no name of a fault, such as BABEL_SILENT");
    }
    words.expect("blamed");
    var blame = BLAMES.get(words.next("whose fault it is"));
    if (blame == null) {
      throw new Refusal(
          "a fault is blamed " + choice(BLAMES.keySet().stream()) + ", not '" + words.last() + "'");
    }
    words.expect("lasting");
    var lasting = words.duration(Duration.ZERO, LASTING_MAX);
    for (var rule : rules) {
      if (rule.fault().equals(name) && rule.blame() == blame) {
        throw new Refusal(
            name + " blamed like this has its rungs from line " + rule.line() + " on already");
      }
    }
    open = Optional.of(new Rule(name, blame, lasting, List.of(), Duration.ZERO, number));
    rungs = new ArrayList<>();
  }

  private void rung(Words words, int number) throws Refusal {
    if (open.isEmpty()) {
      throw new Refusal("a rung stands under a line 'fault ...'");
    }
    var remedy = words.next("the name of a remedy");
    if (!remedy.matches("[a-z][a-z0-9-]*")) {
      throw new Refusal("'" + remedy + "' is no name of a remedy, such as restart-babeld");
    }
    words.expect("tries");
    var tries = words.times();
    Optional<Duration> per = Optional.empty();
    if (words.accept("per")) {
      per = Optional.of(words.duration(Duration.ofSeconds(1), Ladder.WINDOW_MAX));
    }
    words.expect("settle");
    rungs.add(
        new Rung(remedy, tries, per, words.duration(Duration.ofSeconds(1), SETTLE_MAX), number));
  }

  private void rest(Words words) throws Refusal {
    if (open.isEmpty()) {
      throw new Refusal("'then rest' ends the rungs of a line 'fault ...'");
    }
    for (var word : List.of("rest", "look", "again", "every")) {
      words.expect(word);
    }
    var lookAgain = words.duration(REST_MIN, REST_MAX);
    var rule = open.get();
    rules.add(new Rule(rule.fault(), rule.blame(), rule.lasting(), rungs, lookAgain, rule.line()));
    open = Optional.empty();
  }

  private void budget(Words words, int number) throws Refusal {
    finish();
    var name = words.next("an effect");
    var effect = Stream.of(Effect.values())
        .filter(one -> one.word().equals(name))
        .findFirst()
        .orElseThrow(() -> new Refusal("a budget is of "
            + choice(Stream.of(Effect.values()).map(Effect::word))
            + ", not of '"
            + name
            + "'"));
    for (var budget : budgets) {
      if (budget.effect() == effect) {
        throw new Refusal("line " + budget.line() + " gives the budget of " + name
            + " already; more limits stand in one line, with commas between");
      }
    }
    var limits = new ArrayList<Limit>();
    do {
      var times = words.times();
      words.expect("per");
      limits.add(new Limit(times, words.duration(Duration.ofSeconds(1), Ladder.WINDOW_MAX)));
    } while (words.accept(","));
    budgets.add(new Budget(effect, limits, number));
  }

  private void finish() throws Refusal {
    if (open.isPresent()) {
      throw new Refusal("the rungs of " + open.get().fault() + " from line "
          + open.get().line() + " on do not end in 'then rest look again every ...'");
    }
  }

  private static String choice(Stream<String> words) {
    return words.sorted().collect(Collectors.joining(", "));
  }

  /** The words of one line, one after the other. */
  private static final class Words {
    private final List<String> words;
    private int at;

    Words(String line) {
      words = List.of(line.split(" "));
    }

    String next(String wanted) throws Refusal {
      if (at == words.size()) {
        throw new Refusal("the line ends where " + wanted + " should stand");
      }
      return words.get(at++);
    }

    String last() {
      return words.get(at - 1);
    }

    boolean accept(String word) {
      if (at < words.size() && words.get(at).equals(word)) {
        at++;
        return true;
      }
      return false;
    }

    void expect(String word) throws Refusal {
      if (!next("'" + word + "'").equals(word)) {
        throw new Refusal("'" + word + "' should stand where '" + last() + "' does");
      }
    }

    int times() throws Refusal {
      var text = next("how often");
      var times = text.matches("\\d{1,4}") ? Integer.parseInt(text) : 0;
      if (times < 1 || times > Ladder.TIMES_MAX) {
        throw new Refusal(
            "how often is a number from 1 to " + Ladder.TIMES_MAX + ", not '" + text + "'");
      }
      return times;
    }

    Duration duration(Duration least, Duration most) throws Refusal {
      var number = next("a time such as '10 s'");
      if (!number.matches("\\d{1,7}")) {
        throw new Refusal("a time is a number and its unit, such as '10 s', not '" + number + "'");
      }
      var unit = UNITS.get(next("the unit of a time: s, min, h or d"));
      if (unit == null) {
        throw new Refusal("a time's unit is s, min, h or d, not '" + last() + "'");
      }
      var time = unit.multipliedBy(Integer.parseInt(number));
      if (time.compareTo(least) < 0 || time.compareTo(most) > 0) {
        throw new Refusal("the time '" + number + " " + last() + "' is outside " + Span.of(least)
            + " to " + Span.of(most));
      }
      return time;
    }

    void end() throws Refusal {
      if (at < words.size()) {
        throw new Refusal("the line should end before '" + words.get(at) + "'");
      }
    }
  }
}
