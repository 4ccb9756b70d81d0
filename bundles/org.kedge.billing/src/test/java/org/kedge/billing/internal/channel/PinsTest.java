package org.kedge.billing.internal.channel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.DurableFile;
import org.kedge.base.internal.flash.SimulatedFlash;
import org.kedge.billing.internal.core.neighbour.LinkAddress;

class PinsTest {
  private static final String TEXT = "pins 1\nwg1 fe80::1 " + "k".repeat(43) + "\n";

  private final SimulatedFlash flash = new SimulatedFlash();

  @Test
  void what_was_saved_is_there_after_a_restart() throws IOException {
    assertThat(new Pins(flash).load().damage()).isEmpty();
    new Pins(flash).save(TEXT);
    var loaded = new Pins(flash).load();
    assertThat(loaded.damage()).isEmpty();
    assertThat(loaded.pins().keyAt(new LinkAddress("wg1", "fe80::1"))).contains("k".repeat(43));
  }

  @Test
  void where_one_place_is_damaged_the_other_is_used_and_what_may_be_lost_is_told()
      throws IOException {
    new Pins(flash).save(TEXT);
    new Pins(flash).save(TEXT + "wg1 fe80::2 " + "j".repeat(43) + "\n");
    flash.write("billing-pins.b", "rubbish".getBytes(US_ASCII));
    var loaded = new Pins(flash).load();
    assertThat(loaded.pins().text()).isEqualTo(TEXT);
    assertThat(loaded.damage().orElseThrow()).contains("the key that was pinned last");
  }

  @Test
  void where_nothing_is_whole_nobody_is_known_and_that_is_told() throws IOException {
    flash.write("billing-pins.a", "rubbish".getBytes(US_ASCII));
    var loaded = new Pins(flash).load();
    assertThat(loaded.pins().text()).isEqualTo("pins 1\n");
    assertThat(loaded.damage().orElseThrow()).contains("no key is known any longer");

    new DurableFile(flash, "billing-pins").write("pins 9\n");
    assertThat(new Pins(flash).load().damage().orElseThrow()).contains("no key is known");
  }
}
