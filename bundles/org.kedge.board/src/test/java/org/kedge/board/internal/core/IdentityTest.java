package org.kedge.board.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kedge.board.internal.node.BoardFiles;

class IdentityTest {
  @ParameterizedTest
  @CsvSource({
    "Raspberry Pi 4 Model B Rev 1.4,, Raspberry Pi 4",
    "Raspberry Pi Compute Module 4 Rev 1.0,, Raspberry Pi 4",
    "Raspberry Pi 5 Model B Rev 1.0,, Raspberry Pi 5",
    "Raspberry Pi 3 Model B Rev 1.2,, nothing",
    "ACME Roof,, nothing",
    ", ACME Gateway, generic x86-64 gateway",
    ", 'QEMU Standard PC (Q35 + ICH9, 2009)', virtual gateway",
    ",, nothing"
  })
  void a_box_is_known_by_the_pattern_that_says_most(String model, String dmi, String board) {
    var identity = new Identity(Optional.ofNullable(model), Optional.ofNullable(dmi));
    assertThat(identity.choose(BoardFiles.brought().values()).map(Board::name).orElse("nothing"))
        .isEqualTo(board);
  }
}
