package org.kedge.care.internal.osgi;

import java.util.List;
import java.util.Map;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsSchema;
import org.kedge.care.internal.core.LadderText;

/**
 * What an operator set, checked.
 *
 * @param ladder path of a file if it begins with a slash, text of a ladder, or empty
 */
record CareSettings(
    String ladder, int pauseMinutes, List<String> restartCommand, List<String> rebootCommand) {
  static Checked<CareSettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    // In one line of a settings file semicolons stand for the line ends.
    var text = reader.text("ladder").strip();
    var ladder = text.startsWith("/") || text.contains("\n") ? text : text.replace(';', '\n');
    if (ladder.startsWith("/")) {
      if (ladder.chars().anyMatch(Character::isISOControl)) {
        reader.refuse("ladder", "allowed is the path of one file, or the text of a ladder");
      }
    } else if (LadderText.parse(ladder) instanceof LadderText.Reading.Refused refused) {
      reader.refuse("ladder", refused.problem().toString());
    }
    var pause = reader.integer("pause.minutes");
    for (var command : List.of("restart.command", "reboot.command")) {
      var words = reader.words(command);
      if (!words.isEmpty() && !words.get(0).startsWith("/")) {
        reader.refuse(command, "allowed is an absolute path and its arguments, or nothing");
      }
    }
    return reader.finish(() -> new CareSettings(
        ladder, pause, reader.words("restart.command"), reader.words("reboot.command")));
  }

  boolean isLadderFile() {
    return ladder.startsWith("/");
  }
}
