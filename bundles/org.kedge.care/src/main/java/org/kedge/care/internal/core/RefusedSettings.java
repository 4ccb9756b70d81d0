package org.kedge.care.internal.core;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.kedge.base.api.Uptime;
import org.kedge.care.api.Blame;
import org.kedge.care.api.Reading;

/** Judges what stands refused among the settings: where nothing checks them before, as on Kura, this is how an operator hears of it. */
public final class RefusedSettings {
  private static final int LINES_MAX = 5;

  /** Of a line that holds a whole ladder, say, its beginning and its end are told: which setting it is, and what is allowed. */
  private static final int BEGIN = 120;

  private static final int END = 160;

  private RefusedSettings() {}

  /** @param refused by PID, a line each as {@link org.kedge.base.api.SettingsNews} tells them */
  public static Reading reading(Map<String, List<String>> refused, Uptime now) {
    var lines = refused.values().stream().flatMap(List::stream).toList();
    if (lines.isEmpty()) {
      return new Reading.Well(CareFaults.SETTING_REFUSED, now);
    }
    var told = lines.stream()
        .limit(LINES_MAX)
        .map(RefusedSettings::shortened)
        .collect(Collectors.joining("; "));
    var more = lines.size() - LINES_MAX;
    return new Reading.Wrong(
        CareFaults.SETTING_REFUSED,
        now,
        Blame.OURS,
        more > 0 ? told + "; and " + more + " more, see the log" : told);
  }

  private static String shortened(String line) {
    return line.length() <= BEGIN + END
        ? line
        : line.substring(0, BEGIN) + "..." + line.substring(line.length() - END);
  }
}
