package org.kedge.babel.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
  @Test
  void every_memory_comes_back_from_its_text() {
    for (var links : Set.of(Set.<String>of(), Set.of("to2"), Set.of("to2", "wg-3.7", "eth0"))) {
      for (var bits = 0; bits < 8; bits++) {
        var memory = new Memory((bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, links);
        assertThat(Memory.parse(memory.text())).isEqualTo(memory);
        assertThat(Memory.parse(memory.text() + "\n")).isEqualTo(memory);
      }
    }
  }

  @Test
  void one_memory_has_one_text() {
    assertThat(new Memory(true, false, true, Set.of("to3", "to2", "eth0")).text())
        .isEqualTo("neighbours true routes false exit true links eth0,to2,to3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "neighbours",
        "neighbours true routes true exit true",
        "neighbours true routes true exit true li",
        "neighbours true routes tru exit true links to2",
        "neighbours TRUE routes true exit true links to2",
        "neighbours true exit true routes true links to2",
        "routes true neighbours true exit true links to2",
        "neighbours true routes true exit true links to2 to3",
        "\0\0\0\0 \0 \0 \0 \0 \0 \0",
        "neighbours a b c d e f g"
      })
  void damaged_text_is_no_memory(String text) {
    assertThat(Memory.parse(text)).isEqualTo(Memory.NONE);
  }

  @Test
  void what_was_seen_once_is_kept_and_what_was_never_seen_is_not_made_up() {
    var fresh =
        Memory.NONE.with(Sights.line().withoutNeighbours().withoutRoutes().sight());
    assertThat(fresh).isEqualTo(new Memory(false, false, false, Set.of("to2")));

    var whole = fresh.with(Sights.line().sight());
    assertThat(whole).isEqualTo(new Memory(true, true, true, Set.of("to2")));

    assertThat(whole.with(Sight.nothing(List.of()))).isEqualTo(whole);
    assertThat(whole.with(Sights.line().withoutNeighbours().withoutRoutes().sight()))
        .isEqualTo(whole);
  }

  @Test
  void a_neighbour_that_does_not_hear_us_and_an_unreachable_route_are_nothing_to_remember() {
    var seen = Sights.line()
        .withNeighbours("n2 address fe80::2 if to2 reach ffff rxcost 96 txcost 65535 cost 65535")
        .withRoutes(Sights.unreachable("2001:db8:4::1/128", "fe80::2", "to2"))
        .sight();
    assertThat(Memory.NONE.with(seen)).isEqualTo(new Memory(false, false, false, Set.of("to2")));
  }
}
