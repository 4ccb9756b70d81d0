package org.kedge.sim.village;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What happened, in plain words under virtual time. Keeps the last of it; a reader may have all. */
final class Diary {
  static final int KEPT = 50;

  private final Supplier<Duration> time;
  private final Consumer<String> reader;
  private final Deque<String> last = new ArrayDeque<>();

  /** @param time since the village began */
  Diary(Supplier<Duration> time, Consumer<String> reader) {
    this.time = time;
    this.reader = reader;
  }

  void note(Object who, String what) {
    var line = at(time.get()) + "  " + who + ": " + what;
    if (last.size() == KEPT) {
      last.remove();
    }
    last.add(line);
    reader.accept(line);
  }

  List<String> last() {
    return List.copyOf(last);
  }

  /** Such as {@code 26:03:07.250}. */
  static String at(Duration since) {
    return String.format(
        Locale.ROOT,
        "%3d:%02d:%02d.%03d",
        since.toHours(),
        since.toMinutesPart(),
        since.toSecondsPart(),
        since.toMillisPart());
  }
}
