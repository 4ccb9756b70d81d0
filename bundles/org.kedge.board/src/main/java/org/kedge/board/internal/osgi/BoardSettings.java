package org.kedge.board.internal.osgi;

import java.util.Map;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingsReader;
import org.kedge.base.api.SettingsSchema;
import org.kedge.board.internal.node.BoardFiles;

/**
 * What an operator set, checked.
 *
 * @param board {@link #AUTO}, a name, or the path of a file if it begins with a slash
 */
record BoardSettings(String board, int expectedClients) {
  static final String AUTO = "auto";

  static Checked<BoardSettings> read(SettingsSchema schema, Map<String, ?> values) {
    var reader = new SettingsReader(schema, values);
    var board = reader.text("board");
    if (!board.equals(AUTO)
        && !BoardFiles.names().contains(board)
        && (!board.startsWith("/") || board.chars().anyMatch(Character::isISOControl))) {
      reader.refuse(
          "board",
          "allowed are auto, " + String.join(", ", BoardFiles.names())
              + ", or the path of a file, which begins with a slash");
    }
    var clients = reader.integer("expected.clients");
    return reader.finish(() -> new BoardSettings(board, clients));
  }

  boolean isFile() {
    return board.startsWith("/");
  }
}
