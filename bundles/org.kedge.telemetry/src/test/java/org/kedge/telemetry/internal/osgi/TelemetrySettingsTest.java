package org.kedge.telemetry.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsSchema;
import org.kedge.telemetry.internal.mqtt.PahoUplink.Broker;
import org.kedge.telemetry.internal.osgi.TelemetrySettings.Way;

class TelemetrySettingsTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(TelemetrySettings.class, TelemetryComponent.PID);

  @Test
  void the_defaults_are_accepted() {
    assertThat(read(Map.of()))
        .isEqualTo(new Checked.Accepted<>(new TelemetrySettings(
            Optional.empty(), Way.AUTO, "kedge", 8L << 20, Duration.ofSeconds(60), 8479)));
    assertThat(new TelemetrySettingsContract().problems(Map.of())).isEmpty();
  }

  @Test
  void everything_that_may_be_set_is_read_from_a_file_and_from_kura() {
    var whole = new TelemetrySettings(
        Optional.of(new Broker("tcp://192.0.2.1:1883", Optional.of("roof"), Optional.of("s3cret"))),
        Way.MQTT,
        "mesh",
        16L << 20,
        Duration.ofSeconds(5),
        0);
    var file = Map.of(
        "broker.address", "tcp://192.0.2.1:1883",
        "broker.user", "roof",
        "broker.password", "s3cret",
        "uplink", "mqtt",
        "account", "mesh",
        "outbox.mebibytes", "16",
        "snapshot.seconds", "5",
        "status.port", "0");
    var kura = new HashMap<String, Object>(file);
    kura.put("snapshot.seconds", 5);
    kura.put("status.port", 0);
    assertThat(read(file)).isEqualTo(new Checked.Accepted<>(whole));
    assertThat(read(kura)).isEqualTo(new Checked.Accepted<>(whole));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcp://192.0.2.1:1883",
        "tcp://broker.example.org:1",
        "tcp://localhost:65535",
        "tcp://[2001:db8::1]:1883"
      })
  void a_host_and_a_port_over_tcp_are_a_broker(String address) {
    assertThat(read(Map.of("broker.address", address))).isInstanceOf(Checked.Accepted.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.1:1883",
        "ssl://192.0.2.1:8883",
        "tcp://192.0.2.1",
        "tcp://:1883",
        "tcp://192.0.2.1:0",
        "tcp://192.0.2.1:65536",
        "tcp://192.0.2.1:1883/path",
        "tcp://192.0.2.1:1883?a=b",
        "tcp://192.0.2.1:1883#part",
        "tcp://user@192.0.2.1:1883",
        "tcp://2001:db8::1:1883",
        "tcp:192.0.2.1",
        "tcp://two words:1883",
        "broker"
      })
  void anything_else_is_no_broker(String address) {
    assertThat(refusals(Map.of("broker.address", address))).containsExactly("broker.address");
  }

  @ParameterizedTest
  @CsvSource({
    "account, mesh/east",
    "account, +",
    "account, #",
    "account, ''",
    "account, -mesh",
    "snapshot.seconds, 4",
    "snapshot.seconds, 3601",
    "snapshot.seconds, often",
    "snapshot.seconds, ''",
    "status.port, -1",
    "status.port, 65536",
    "status.port, 80.5",
    "status.port, http",
  })
  void a_value_out_of_its_range_is_refused_by_name(String setting, String value) {
    assertThat(refusals(Map.of(setting, value))).containsExactly(setting);
  }

  @Test
  void a_password_without_a_user_is_refused_and_never_shown() {
    var problems = problems(Map.of("broker.password", "s3cret"));
    assertThat(problems).extracting(SettingProblem::setting).containsExactly("broker.user");
    assertThat(problems)
        .extracting(SettingProblem::inWords)
        .noneMatch(line -> line.contains("s3cret"));
  }

  @Test
  void every_problem_is_told_at_once() {
    var wrong = Map.of(
        "broker.address", "nowhere",
        "broker.password", "s3cret",
        "account", "a b",
        "snapshot.seconds", "0",
        "status.port", "99999");
    assertThat(refusals(wrong))
        .containsExactlyInAnyOrder(
            "broker.address", "broker.user", "account", "snapshot.seconds", "status.port");
    assertThat(new TelemetrySettingsContract().problems(wrong)).isEqualTo(problems(wrong));
  }

  @Test
  void a_broker_in_a_log_line_keeps_its_password() {
    var broker = new Broker("tcp://192.0.2.1:1883", Optional.of("roof"), Optional.of("s3cret"));
    assertThat("Connected to " + broker).doesNotContain("s3cret", "roof");
  }

  private static Checked<TelemetrySettings> read(Map<String, ?> values) {
    return TelemetrySettings.read(SCHEMA, values);
  }

  private static List<SettingProblem> problems(Map<String, ?> values) {
    return read(values) instanceof Checked.Refused<TelemetrySettings> refused
        ? refused.problems()
        : List.of();
  }

  private static List<String> refusals(Map<String, ?> values) {
    return problems(values).stream().map(SettingProblem::setting).toList();
  }
}
