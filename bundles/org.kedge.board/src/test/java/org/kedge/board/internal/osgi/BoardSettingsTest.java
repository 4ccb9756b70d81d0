package org.kedge.board.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingsSchema;

class BoardSettingsTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(BoardSettings.class, BoardComponent.PID);

  @Test
  void without_settings_the_box_is_found_out_and_meant_for_a_hundred_clients() {
    assertThat(BoardSettings.read(SCHEMA, Map.of()))
        .isEqualTo(new Checked.Accepted<>(new BoardSettings("auto", 100)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"raspberry-pi-4", "virtual-gateway", "/etc/kedge/my-board"})
  void a_board_is_a_name_or_a_path(String board) {
    assertThat(BoardSettings.read(SCHEMA, Map.of("board", board)))
        .isEqualTo(new Checked.Accepted<>(new BoardSettings(board, 100)));
  }

  @ParameterizedTest
  @CsvSource({
    "board, raspberry-pi-6, raspberry-pi-5",
    "board, my-board, begins with a slash",
    "board, '', auto",
    "expected.clients, 0, from 1 to 100000",
    "expected.clients, 100001, from 1 to 100000",
    "expected.clients, many, whole number"
  })
  void what_is_out_of_range_is_refused_with_what_is_allowed(String id, String value, String words) {
    assertThat(BoardSettings.read(SCHEMA, Map.of(id, value)))
        .isInstanceOfSatisfying(
            Checked.Refused.class, refused -> assertThat(refused.toString()).contains(id, words));
  }
}
