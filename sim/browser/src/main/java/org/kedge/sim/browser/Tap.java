package org.kedge.sim.browser;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What Node's test runner tells of its tests, in TAP 13. */
final class Tap {
  private static final Pattern RESULT = Pattern.compile("(not )?ok \\d+ - (.*)");

  private Tap() {}

  /** @param failure what was said about it; empty if it passed */
  record Test(String name, Optional<String> failure) {}

  /** The tests at the top, in order; those within them are part of what is said about them. */
  static List<Test> tests(List<String> lines) {
    var tests = new ArrayList<Test>();
    for (var at = 0; at < lines.size(); at++) {
      var result = RESULT.matcher(lines.get(at));
      if (!result.matches()) {
        continue;
      }
      var words = new StringBuilder();
      while (at + 1 < lines.size() && lines.get(at + 1).startsWith(" ")) {
        at++;
        words.append(lines.get(at)).append('\n');
      }
      tests.add(new Test(
          result.group(2).replaceAll("\\\\([#\\\\])", "$1"),
          result.group(1) == null ? Optional.empty() : Optional.of(words.toString())));
    }
    return tests;
  }

  /** Whether it ends with a plan of at least one test, and of this many: a runner that was cut short does not. */
  static boolean whole(List<String> lines, int tests) {
    return tests > 0 && lines.contains("1.." + tests);
  }
}
