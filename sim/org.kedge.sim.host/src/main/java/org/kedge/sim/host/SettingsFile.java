package org.kedge.sim.host;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of settings: a section per PID in brackets, a line {@code name = value} per setting, comments after {@code #} at the
 * beginning of a line. A line that ends in a backslash goes on in the next.
 *
 * @param sections values by PID and setting, as written
 * @param problems what is no such line, each with its number
 */
record SettingsFile(Map<String, Map<String, String>> sections, List<String> problems) {
  static SettingsFile parse(List<String> lines) {
    var sections = new LinkedHashMap<String, Map<String, String>>();
    var problems = new ArrayList<String>();
    Map<String, String> open = new LinkedHashMap<>();
    var inSection = false;
    for (var number = 0; number < lines.size(); number++) {
      var at = number + 1;
      var line = lines.get(number).strip();
      // A comment ends with its line, or a backslash at its end would swallow a setting.
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      while (line.endsWith("\\") && number + 1 < lines.size()) {
        number++;
        line = line.substring(0, line.length() - 1).stripTrailing() + "\n"
            + lines.get(number).strip();
      }
      var equals = line.indexOf('=');
      if (line.endsWith("\\")) {
        problems.add("line " + at + ": it goes on after its backslash, but the file ends there");
      } else if (line.startsWith("[") && line.endsWith("]")) {
        var pid = line.substring(1, line.length() - 1).strip();
        open = new LinkedHashMap<>();
        inSection = true;
        if (sections.putIfAbsent(pid, open) != null) {
          problems.add("line " + at + ": the section [" + pid + "] is there twice; keep one");
        }
      } else if (equals <= 0) {
        problems.add("line " + at + ": '" + line + "' is neither [section] nor name = value");
      } else if (!inSection) {
        problems.add("line " + at + ": '" + line
            + "' stands before any section; put [org.kedge...] above it");
      } else if (open.putIfAbsent(
              line.substring(0, equals).strip(), line.substring(equals + 1).strip())
          != null) {
        problems.add("line " + at + ": '" + line.substring(0, equals).strip()
            + "' is set twice in its section; keep one");
      }
    }
    return new SettingsFile(sections, problems);
  }
}
