package org.kedge.sim.village;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kedge.base.api.Uptime;

/** The central broker and who reads at it: keeps the newest state of each machine, and drops repeats as a reader does. */
final class Broker {
  private static final Pattern IDENTITY =
      Pattern.compile("\"boot_id\":\"([^\"]+)\".*?\"sequence\":(\\d+)");
  private static final Pattern STATE = Pattern.compile("\"state\":\"([a-z]+)\"");

  private final Supplier<Uptime> time;
  private final Consumer<String> violated;
  private final Map<Machine, Received> last = new HashMap<>();
  private final Map<Machine, Map<String, Run>> runs = new HashMap<>();
  private final Map<Machine, Set<String>> earlier = new HashMap<>();
  private long count;
  private long repeats;

  /** Whether it turns everybody away. */
  boolean refuses;

  /** Who else reads all that arrives, by subject and body. */
  BiConsumer<String, String> reader = (subject, body) -> {};

  /**
   * A snapshot.
   *
   * @param state of the machine by its own words, such as {@code healthy}
   */
  record Received(Uptime at, String bootId, long sequence, String state) {}

  /** What came of one run of Kedge on a machine, in little memory however long it runs. */
  private static final class Run {
    private static final int RECENT = 1000;

    /** All up to this one came. */
    private long whole;

    private final TreeSet<Long> beyond = new TreeSet<>();
    private final Map<Long, Integer> recent = new LinkedHashMap<>();

    boolean has(long sequence) {
      return sequence <= whole || beyond.contains(sequence);
    }

    void take(long sequence, int hash) {
      beyond.add(sequence);
      while (beyond.remove(whole + 1)) {
        whole++;
      }
      recent.put(sequence, hash);
      if (recent.size() > RECENT) {
        recent.remove(recent.keySet().iterator().next());
      }
    }

    long missing() {
      return beyond.isEmpty() ? 0 : beyond.last() - whole - beyond.size();
    }
  }

  /** @param violated told of a promise of telemetry that was broken */
  Broker(Supplier<Uptime> time, Consumer<String> violated) {
    this.time = time;
    this.violated = violated;
  }

  void take(Machine from, String subject, byte[] body) {
    var text = new String(body, StandardCharsets.UTF_8);
    reader.accept(subject, text);
    var identity = found(IDENTITY, text);
    var bootId = identity.group(1);
    var sequence = Long.parseLong(identity.group(2));
    var run = runs.computeIfAbsent(from, made -> new HashMap<>())
        .computeIfAbsent(bootId, made -> new Run());
    if (run.has(sequence)) {
      repeats++;
      var first = run.recent.get(sequence);
      if (first != null && first != text.hashCode()) {
        violated.accept("two messages of machine " + from.number + " came as " + bootId + " "
            + sequence + ", the second is " + text);
      }
      return;
    }
    run.take(sequence, text.hashCode());
    count++;
    if (subject.equals("snapshot")) {
      newest(from, bootId, sequence, found(STATE, text).group(1));
    }
  }

  /** A backlog fills the past and leaves the present alone: a run that was followed by another never comes back. */
  private void newest(Machine from, String bootId, long sequence, String state) {
    var before = last(from);
    var past = earlier.computeIfAbsent(from, made -> new HashSet<>());
    var isNewRun = before.isEmpty() || !before.get().bootId().equals(bootId);
    if (past.contains(bootId) || !isNewRun && before.get().sequence() > sequence) {
      return;
    }
    if (isNewRun
        && before.isPresent()
        && from.kedge.stream().noneMatch(run -> run.bootId().equals(bootId))) {
      // Of a run that nobody had heard of before it ended.
      past.add(bootId);
      return;
    }
    before.ifPresent(one -> {
      if (isNewRun) {
        past.add(one.bootId());
      }
    });
    last.put(from, new Received(time.get(), bootId, sequence, state));
  }

  private static Matcher found(Pattern pattern, String text) {
    var matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("A message without " + pattern + ": " + text);
    }
    return matcher;
  }

  Optional<Received> last(Machine from) {
    return Optional.ofNullable(last.get(from));
  }

  /** Messages that have not come though later ones of their run have. */
  long missing() {
    return runs.values().stream()
        .flatMap(of -> of.values().stream())
        .mapToLong(Run::missing)
        .sum();
  }

  long count() {
    return count;
  }

  long repeats() {
    return repeats;
  }
}
