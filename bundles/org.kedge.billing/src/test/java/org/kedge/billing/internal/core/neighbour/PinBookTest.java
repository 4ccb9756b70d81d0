package org.kedge.billing.internal.core.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PinBookTest {
  private static final String KEY = "k".repeat(43);
  private static final String OTHER = "o".repeat(43);
  private static final LinkAddress FAR = new LinkAddress("wg1", "fe80::1");

  @Test
  void what_was_pinned_is_read_again() {
    var pins = new PinBook();
    pins.pin(FAR, KEY, Set.of());
    pins.pin(new LinkAddress("eth0.7", "fe80::2"), OTHER, Set.of());
    var read = ((PinBook.Read.Good) PinBook.of(pins.text())).pins();
    assertThat(read.text()).isEqualTo(pins.text());
    assertThat(read.keyAt(FAR)).contains(KEY);
    assertThat(read.keyAt(new LinkAddress("wg2", "fe80::1"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "pins 2\n",
        "pins 1",
        "pins 1\nwg1 fe80::1 short\n",
        "pins 1\nwg1 fe80::1 kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk",
        "pins 1\nwg1 2001:db8::1 kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\n",
        "pins 1\n\n"
      })
  void a_text_that_is_not_all_pins_is_none(String text) {
    assertThat(PinBook.of(text)).isInstanceOf(PinBook.Read.Bad.class);
  }

  @Test
  void when_it_is_full_who_was_heard_longest_ago_and_is_not_heard_now_goes_first() {
    var pins = new PinBook();
    for (var n = 1; n <= PinBook.MOST; n++) {
      assertThat(pins.pin(far(n), KEY, Set.of())).isEmpty();
    }
    pins.heard(far(2));
    assertThat(pins.pin(far(5001), KEY, Set.of(far(1)))).contains(far(3));
    assertThat(pins.pin(far(5002), KEY, Set.of(far(1)))).contains(far(4));
    assertThat(pins.size()).isEqualTo(PinBook.MOST);
    assertThat(pins.keyAt(far(1))).isPresent();
    assertThat(pins.keyAt(far(2))).isPresent();
    assertThat(PinBook.of(pins.text())).isInstanceOf(PinBook.Read.Good.class);
    assertThat(PinBook.of(pins.text() + "wg9 fe80::1 " + KEY + "\n"))
        .isInstanceOf(PinBook.Read.Bad.class);
  }

  private static LinkAddress far(int n) {
    return new LinkAddress("wg1", "fe80::" + Integer.toHexString(n));
  }

  @Test
  void only_pins_that_come_or_go_are_changes() {
    var pins = new PinBook();
    pins.pin(FAR, KEY, Set.of());
    var before = pins.changes();
    pins.heard(FAR);
    assertThat(pins.forget(Set.of(OTHER))).isEmpty();
    assertThat(pins.changes()).isEqualTo(before);
    assertThat(pins.forget(Set.of(KEY))).containsExactly(FAR);
    assertThat(pins.changes()).isGreaterThan(before);
  }
}
