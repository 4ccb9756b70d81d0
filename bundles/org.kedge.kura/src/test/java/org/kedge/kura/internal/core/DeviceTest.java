package org.kedge.kura.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.NodeId;

class DeviceTest {
  private static final Optional<String> MAC = Optional.of("A4:BB:6D:00:12:FE");
  private static final Device BY_MAC =
      new Device(new NodeId("a4-bb-6d-00-12-fe"), Device.Source.MAC);

  @ParameterizedTest
  @ValueSource(strings = {"SN-2019.0117_b", "10000000a3f1c2d4", "7C0E", " 0001 "})
  void the_serial_number_is_the_name_as_it_stands(String serial) {
    assertThat(Device.live(Optional.of(serial), MAC))
        .hasValue(new Device(new NodeId(serial.strip()), Device.Source.SERIAL));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "UNKNOWN",
        "Not provided",
        "Not Specified",
        "To be filled by O.E.M.",
        "System Serial Number",
        "Default string",
        "none",
        "null",
        "N/A",
        "0",
        "0000000000",
        "ffffffff",
        "11111111",
        "--------",
        "........1",
        "123456789",
        "0123456789",
        "1234567890",
        "A17",
        "SN 4711",
        "4711/9",
        "4711#1",
        "$4711",
        "4711é",
        "1234567890123456789012345678901234567890123456789012345678901234"
      })
  void a_serial_number_that_tells_nothing_or_cannot_be_a_name_is_none(String serial) {
    assertThat(Device.live(Optional.of(serial), MAC)).hasValue(BY_MAC);
    assertThat(Device.live(Optional.of(serial), Optional.empty())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "A4:BB:6D:00:12:FE, a4-bb-6d-00-12-fe",
    "a4-bb-6d-00-12-fe, a4-bb-6d-00-12-fe",
    "' 02:00:00:00:00:01', 02-00-00-00-00-01"
  })
  void without_a_serial_number_the_address_is_the_name(String mac, String name) {
    assertThat(Device.live(Optional.empty(), Optional.of(mac)))
        .hasValue(new Device(new NodeId(name), Device.Source.MAC));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "UNKNOWN",
        "00:00:00:00:00:00",
        "FF:FF:FF:FF:FF:FF",
        "A4:BB:6D:00:12",
        "A4:BB:6D:00:12:FE:01",
        "A4BB6D0012FE",
        "g4:bb:6d:00:12:fe"
      })
  void an_address_that_is_none_or_nobodys_names_no_device(String mac) {
    assertThat(Device.live(Optional.empty(), Optional.of(mac))).isEmpty();
  }

  @Test
  void what_was_kept_is_a_name_or_nothing() {
    assertThat(Device.kept("roof-7\n"))
        .hasValue(new Device(new NodeId("roof-7"), Device.Source.KEPT));
    assertThat(Device.kept("")).isEmpty();
    assertThat(Device.kept("roof 7")).isEmpty();
  }

  @Test
  void a_name_that_is_made_up_has_eight_digits_of_chance() {
    assertThat(Device.made(0x2a).name()).isEqualTo(new NodeId("kedge-0000002a"));
    assertThat(Device.made(-1))
        .isEqualTo(new Device(new NodeId("kedge-ffffffff"), Device.Source.MADE));
  }
}
