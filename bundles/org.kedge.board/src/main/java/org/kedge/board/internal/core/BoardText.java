package org.kedge.board.internal.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kedge.board.internal.core.Board.Radio;
import org.kedge.board.internal.core.Board.StatusLight;
import org.kedge.board.internal.core.Board.TimerChip;

/**
 * Reads a board from its text. A line is {@code key = value}, or begins with {@code #}:
 *
 * <pre>
 * name = My gateway                    match.model = Raspberry Pi 4 Model B* | Raspberry Pi 400*
 * match.dmi = ACME Gateway*
 * gpio.chip = pinctrl-bcm2711          the label; all lines are on this chip
 * led.status.sysfs = ACT               or led.status.line = 17 (led.status.active = low)
 * radio.1.interface = wlan1            radio.1.relay.line = 22 (radio.1.relay.active = low, radio.1.off.seconds = 5)
 * timer.line = 23                      timer.timeout.seconds = 120 (timer.active, timer.pulse.milliseconds = 10,
 * measured.power = 2.4 W idle           timer.disable.line, timer.disable.active)
 * </pre>
 */
public final class BoardText {
  private static final int TEXT_MAX = 64 * 1024;
  private static final Pattern ENTRY = Pattern.compile("([a-z0-9.]+)\\s*=\\s*(.*)");
  private static final Pattern RADIO =
      Pattern.compile("radio\\.([0-9]+)\\.(interface|relay\\.line|relay\\.active|off\\.seconds)");
  private static final Pattern MEASURED = Pattern.compile("measured\\.[a-z0-9.]+");
  private static final Pattern LABEL = Pattern.compile("[\\x21-\\x7e]{1,31}");
  private static final Pattern INTERFACE = Pattern.compile("[^/\\s:]{1,15}");
  private static final Pattern LED = Pattern.compile("[^/\\s]{1,64}");

  private static final List<String> KNOWN = List.of(
      "name",
      "match.model",
      "match.dmi",
      "gpio.chip",
      "led.status.sysfs",
      "led.status.line",
      "led.status.active",
      "radio.N.interface",
      "radio.N.relay.line",
      "radio.N.relay.active",
      "radio.N.off.seconds",
      "timer.line",
      "timer.active",
      "timer.pulse.milliseconds",
      "timer.timeout.seconds",
      "timer.disable.line",
      "timer.disable.active",
      "measured.ANYTHING");

  private final String file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Map<Integer, String> usedLines = new TreeMap<>();

  private record Entry(int line, String value) {}

  private BoardText(String file) {
    this.file = file;
  }

  /** What came of reading. */
  public sealed interface Reading {
    record Read(Board board) implements Reading {}

    /** Everything wrong with it; nothing of the file is used. */
    record Refused(List<Problem> problems) implements Reading {
      public Refused {
        problems = List.copyOf(problems);
      }

      /** All of them, for one line of a log. */
      public String inWords() {
        return String.join("; ", problems.stream().map(Problem::toString).toList());
      }
    }
  }

  /**
   * One thing wrong, and what to do about it.
   *
   * @param line from 1; 0 where something is missing
   */
  public record Problem(String file, int line, String text, String words) {
    @Override
    public String toString() {
      return file + (line == 0 ? "" : ", line " + line) + (text.isEmpty() ? "" : ", '" + text + "'")
          + ": " + words;
    }
  }

  /** @param file how the text is called in what is told about it */
  public static Reading parse(String file, String text) {
    var reader = new BoardText(file);
    if (text.length() > TEXT_MAX) {
      reader.missing("a board has at most " + TEXT_MAX + " characters, this one " + text.length());
      return new Reading.Refused(reader.problems);
    }
    reader.collect(text);
    var board = reader.board();
    return reader.problems.isEmpty()
        ? new Reading.Read(board)
        : new Reading.Refused(reader.problems);
  }

  // --- lines to entries ---

  private void collect(String text) {
    var number = 0;
    for (var raw : text.split("\n", -1)) {
      number++;
      var line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      var entry = ENTRY.matcher(line);
      if (!entry.matches()) {
        problems.add(new Problem(
            file,
            number,
            line,
            "a line is 'key = value' or begins with #; put it right or take it out"));
        continue;
      }
      enter(number, line, entry);
    }
  }

  private void enter(int number, String line, Matcher entry) {
    var key = entry.group(1);
    var value = entry.group(2).strip();
    var before = entries.get(key);
    if (before != null) {
      problems.add(new Problem(
          file,
          number,
          line,
          "'" + key + "' stands in line " + before.line() + " already; keep one of the two"));
    } else if (!isKnown(key)) {
      problems.add(new Problem(
          file, number, line, "there is no such key; known are " + String.join(", ", KNOWN)));
    } else if (value.isEmpty()) {
      problems.add(
          new Problem(file, number, line, "it has no value; give one, or take the line out"));
    } else {
      entries.put(key, new Entry(number, value));
    }
  }

  private static boolean isKnown(String key) {
    return KNOWN.contains(key)
        || RADIO.matcher(key).matches()
        || MEASURED.matcher(key).matches();
  }

  // --- entries to a board ---

  private Board board() {
    var name = text("name");
    if (name.isEmpty()) {
      missing("it has no name; add a line such as 'name = Roof gateway'");
    }
    var chip =
        formed("gpio.chip", LABEL, "the label of a chip without blanks, such as pinctrl-rp1");
    var light = light();
    var radios = radios();
    var timer = timer();
    if (chip.isEmpty() && !usedLines.isEmpty()) {
      missing(
          "it uses lines (" + String.join(", ", usedLines.values())
              + ") and does not say on which chip; add 'gpio.chip = ' and the chip's label, as gpiodetect tells it");
    }
    return new Board(
        name.orElse(""),
        patterns("match.model"),
        patterns("match.dmi"),
        chip,
        light,
        radios,
        timer,
        measured());
  }

  private Optional<StatusLight> light() {
    var led = formed("led.status.sysfs", LED, "the name of a folder in /sys/class/leds");
    var line = line("led.status.line", "led.status.active");
    if (led.isPresent() && line.isPresent()) {
      refuse(
          "led.status.line",
          "the status light is 'led.status.sysfs' already; keep one of the two keys");
    }
    return led.<StatusLight>map(StatusLight.Kernel::new)
        .or(() -> line.map(StatusLight.OnLine::new));
  }

  private List<Radio> radios() {
    var numbers = entries.keySet().stream()
        .map(RADIO::matcher)
        .filter(Matcher::matches)
        .map(key -> key.group(1))
        .distinct()
        .toList();
    var radios = new ArrayList<Radio>();
    var interfaces = new TreeMap<String, String>();
    for (var number : numbers) {
      var prefix = "radio." + number + ".";
      var name = formed(prefix + "interface", INTERFACE, "the name of an interface, such as wlan1");
      var relay = line(prefix + "relay.line", prefix + "relay.active");
      var off = number(prefix + "off.seconds", 1, 60).orElse(5);
      if (!entries.containsKey(prefix + "interface")) {
        missing("radio " + number + " has no interface; add '" + prefix
            + "interface = ' and the name of its link: no radio is cut off unnamed");
      }
      if (!entries.containsKey(prefix + "relay.line")) {
        missing("radio " + number + " has no relay; add '" + prefix
            + "relay.line = ' and the line that cuts its power");
      }
      name.ifPresent(given -> {
        var other = interfaces.put(given, prefix + "interface");
        if (other != null) {
          refuse(prefix + "interface", "that interface is '" + other + "' already");
        }
        relay.ifPresent(line -> radios.add(new Radio(given, line, Duration.ofSeconds(off))));
      });
    }
    return radios;
  }

  private Optional<TimerChip> timer() {
    var line = line("timer.line", "timer.active");
    var pulse = number("timer.pulse.milliseconds", 1, 1000).orElse(10);
    var timeout = number("timer.timeout.seconds", 2, 7200);
    var disable = line("timer.disable.line", "timer.disable.active");
    if (!entries.containsKey("timer.line")) {
      for (var key :
          List.of("timer.pulse.milliseconds", "timer.timeout.seconds", "timer.disable.line")) {
        refuse(key, "there is no timer without 'timer.line'; add it, or take this line out");
      }
      return Optional.empty();
    }
    if (!entries.containsKey("timer.timeout.seconds")) {
      missing(
          "the timer's time-out is not told; add 'timer.timeout.seconds = ' as its parts set it");
    }
    return line.isPresent() && timeout.isPresent()
        ? Optional.of(new TimerChip(
            line.get(), Duration.ofMillis(pulse), Duration.ofSeconds(timeout.get()), disable))
        : Optional.empty();
  }

  private Map<String, String> measured() {
    var measured = new LinkedHashMap<String, String>();
    entries.forEach((key, entry) -> {
      if (MEASURED.matcher(key).matches()) {
        measured.put(key.substring("measured.".length()), entry.value());
      }
    });
    return measured;
  }

  private Optional<String> text(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  private List<String> patterns(String key) {
    return text(key).stream()
        .flatMap(value -> Arrays.stream(value.split("\\|", -1)))
        .map(String::strip)
        .filter(pattern -> !pattern.isEmpty())
        .toList();
  }

  private Optional<String> formed(String key, Pattern form, String allowed) {
    var value = text(key);
    if (value.isPresent() && !form.matcher(value.get()).matches()) {
      refuse(key, "allowed is " + allowed);
      return Optional.empty();
    }
    return value;
  }

  private Optional<Integer> number(String key, int min, int max) {
    var value = text(key);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    var isNumber = value.get().matches("[0-9]{1,9}");
    var number = isNumber ? Integer.parseInt(value.get()) : -1;
    if (number < min || number > max) {
      refuse(key, "allowed is a whole number from " + min + " to " + max);
      return Optional.empty();
    }
    return Optional.of(number);
  }

  private Optional<Line> line(String key, String activeKey) {
    var number = number(key, 0, Line.NUMBER_MAX);
    var active = text(activeKey).orElse("high");
    if (!active.equals("high") && !active.equals("low")) {
      refuse(activeKey, "allowed is high or low");
    }
    if (!entries.containsKey(key)) {
      refuse(activeKey, "there is no '" + key + "'; add it, or take this line out");
    }
    number.ifPresent(given -> {
      var other = usedLines.putIfAbsent(given, key);
      if (other != null) {
        refuse(key, "line " + given + " is '" + other + "' already; one line does one thing");
      }
    });
    return number.map(given -> new Line(given, active.equals("high")));
  }

  /** Nothing where the key is not there. */
  private void refuse(String key, String words) {
    var entry = entries.get(key);
    if (entry != null) {
      problems.add(new Problem(file, entry.line(), key + " = " + entry.value(), words));
    }
  }

  private void missing(String words) {
    problems.add(new Problem(file, 0, "", words));
  }
}
