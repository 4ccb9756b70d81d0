package org.kedge.telemetry.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
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
import org.kedge.telemetry.internal.mqtt.Broker;
import org.kedge.telemetry.internal.mqtt.Broker.Identity;
import org.kedge.telemetry.internal.mqtt.Broker.Login;
import org.kedge.telemetry.internal.mqtt.Broker.Tls;
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
        Optional.of(new Broker(
            "2001:db8::1",
            8883,
            Optional.of(new Login("roof", Optional.of("s3cret"))),
            Optional.of(new Tls(
                Optional.of(Path.of("/etc/kedge/ca.pem")),
                Optional.of(new Identity(
                    Path.of("/etc/kedge/node.pem"), Path.of("/etc/kedge/node.key"))))))),
        Way.MQTT,
        "mesh",
        16L << 20,
        Duration.ofSeconds(5),
        0);
    var file = Map.ofEntries(
        Map.entry("broker.address", "ssl://[2001:db8::1]:8883"),
        Map.entry("broker.user", "roof"),
        Map.entry("broker.password", "s3cret"),
        Map.entry("uplink", "mqtt"),
        Map.entry("broker.ca", "/etc/kedge/ca.pem"),
        Map.entry("broker.certificate", "/etc/kedge/node.pem"),
        Map.entry("broker.key", "/etc/kedge/node.key"),
        Map.entry("account", "mesh"),
        Map.entry("outbox.mebibytes", "16"),
        Map.entry("snapshot.seconds", "5"),
        Map.entry("status.port", "0"));
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
        "tcp://[2001:db8::1]:1883",
        "ssl://192.0.2.1:8883",
        "ssl://broker.example.org:443",
        "ssl://[2001:db8::1]:8883"
      })
  void a_host_and_a_port_over_tcp_or_tls_are_a_broker_and_are_shown_as_they_were_set(
      String address) {
    assertThat(accepted(Map.of("broker.address", address)).broker().map(Broker::toString))
        .contains(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.0.2.1:1883",
        "mqtt://192.0.2.1:1883",
        "ssl://192.0.2.1",
        "ssl://192.0.2.1:8883/path",
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
  void tls_needs_no_file_of_its_own() {
    assertThat(accepted(Map.of("broker.address", "ssl://192.0.2.1:8883"))
            .broker()
            .orElseThrow()
            .tls())
        .contains(new Tls(Optional.empty(), Optional.empty()));
    assertThat(accepted(Map.of("broker.address", "tcp://192.0.2.1:1883"))
            .broker()
            .orElseThrow()
            .tls())
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "broker.certificate, broker.key",
    "broker.key, broker.certificate",
  })
  void a_certificate_and_its_key_go_together(String given, String missing) {
    assertThat(refusals(Map.of("broker.address", "ssl://192.0.2.1:8883", given, "/etc/kedge/file")))
        .containsExactly(missing);
  }

  @Test
  void files_of_tls_are_refused_for_a_broker_in_the_clear_and_wait_while_there_is_none() {
    var files = new HashMap<>(Map.of(
        "broker.ca", "/etc/kedge/ca.pem",
        "broker.certificate", "/etc/kedge/node.pem",
        "broker.key", "/etc/kedge/node.key"));
    assertThat(accepted(files).broker()).isEmpty();
    files.put("broker.address", "tcp://192.0.2.1:1883");
    assertThat(refusals(files)).containsExactly("broker.ca", "broker.certificate", "broker.key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca.pem", "./ca.pem", "~/ca.pem", "nul\0"})
  void a_file_is_given_by_its_whole_path(String path) {
    assertThat(refusals(Map.of("broker.address", "ssl://192.0.2.1:8883", "broker.ca", path)))
        .containsExactly("broker.ca");
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
    var login = new Login("roof", Optional.of("s3cret"));
    var broker = new Broker("192.0.2.1", 1883, Optional.of(login), Optional.empty());
    assertThat("Connected to " + broker + " with " + login).doesNotContain("s3cret", "roof");
  }

  private static TelemetrySettings accepted(Map<String, ?> values) {
    assertThat(problems(values)).isEmpty();
    return ((Checked.Accepted<TelemetrySettings>) read(values)).value();
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
