package org.kedge.babel.internal.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kedge.babel.internal.core.BabelFaults;
import org.kedge.babel.internal.supervisor.BabelSettings;
import org.kedge.base.api.Checked;
import org.kedge.base.api.SettingProblem;
import org.kedge.base.api.SettingsSchema;

class BabelSettingsTest {
  private static final SettingsSchema SCHEMA =
      SettingsSchema.of(BabelSettings.class, BabelComponent.PID);

  @Test
  void the_defaults_are_accepted() {
    var settings = accepted(Map.of());
    assertThat(settings.mode()).isEqualTo(BabelSettings.Mode.SERVICE);
    assertThat(settings.socket()).isEmpty();
    assertThat(settings.interfaces()).isEmpty();
    assertThat(settings.dump()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.answer()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.probe()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.exit()).isEmpty();
    assertThat(settings.beyond()).isEmpty();
    assertThat(settings.forwardingExpected()).isTrue();
    assertThat(settings.start()).containsExactly("/usr/sbin/service", "babeld", "start");
    assertThat(settings.socketIn(Path.of("/data")))
        .isEqualTo(UnixDomainSocketAddress.of("/run/babeld.sock"));
    assertThat(new BabelSettingsContract().problems(Map.of())).isEmpty();
    assertThat(new BabelSettingsContract().schema().pid()).isEqualTo("org.kedge.babel");
  }

  @Test
  void all_that_may_be_set_arrives() {
    var settings = accepted(Map.ofEntries(
        Map.entry("run.mode", "child"),
        Map.entry("control.socket", "[::1]:33123"),
        Map.entry("interfaces", "to2, wlan0-1"),
        Map.entry("babeld.program", "/opt/babeld"),
        Map.entry("babeld.arguments", "-h 1 -H 1"),
        Map.entry(
            "babeld.configuration",
            "redistribute local ip 10.0.0.0/8 allow; redistribute local deny\n# a comment\n"),
        Map.entry("service.pid.file", "/run/b.pid"),
        Map.entry("service.status", "systemctl is-active babeld"),
        Map.entry("dump.seconds", 3),
        Map.entry("answer.seconds", 0.2),
        Map.entry("exit.address", "[2001:db8::1]:443"),
        Map.entry("beyond.address", "192.0.2.1"),
        Map.entry("probe.seconds", "7"),
        Map.entry("forwarding.expected", false)));
    assertThat(settings.mode()).isEqualTo(BabelSettings.Mode.CHILD);
    assertThat(settings.socketIn(Path.of("/data"))).isEqualTo(new InetSocketAddress("::1", 33123));
    assertThat(settings.interfaces()).containsExactly("to2", "wlan0-1");
    assertThat(settings.program()).isEqualTo("/opt/babeld");
    assertThat(settings.arguments()).containsExactly("-h", "1", "-H", "1");
    assertThat(settings.configuration())
        .containsExactly("redistribute local ip 10.0.0.0/8 allow", "redistribute local deny");
    assertThat(settings.pidFile()).isEqualTo(Path.of("/run/b.pid"));
    assertThat(settings.status()).containsExactly("systemctl", "is-active", "babeld");
    assertThat(settings.dump()).hasSeconds(3);
    assertThat(settings.answer()).hasMillis(200);
    assertThat(settings.exit().orElseThrow().port()).contains(443);
    assertThat(settings.beyond().orElseThrow().address().getHostAddress()).isEqualTo("192.0.2.1");
    assertThat(settings.probe()).hasSeconds(7);
    assertThat(settings.forwardingExpected()).isFalse();
  }

  @Test
  void a_child_has_its_socket_in_the_data_folder_unless_one_is_set() {
    var child = accepted(Map.of("run.mode", "child", "interfaces", "to2"));
    assertThat(child.socketIn(Path.of("/data")))
        .isEqualTo(UnixDomainSocketAddress.of("/data/babeld.sock"));
    assertThat(accepted(Map.of("control.socket", "/tmp/b.sock")).socketIn(Path.of("/data")))
        .isEqualTo(UnixDomainSocketAddress.of("/tmp/b.sock"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run.mode            | thread                      | allowed is",
        "interfaces          | abcdefghijklmnop            | at most 15 characters",
        "interfaces          | to2,a/b                     | no slash",
        "interfaces          | -D                          | no leading hyphen",
        "babeld.program      | babeld                      | one absolute path",
        "babeld.program      | /bin/sh -c                  | one absolute path",
        "babeld.program      | ''                          | one absolute path",
        "service.pid.file    | run/babeld.pid              | an absolute path",
        "service.pid.file    | ''                          | an absolute path",
        "service.start       | ''                          | a program and its arguments",
        "service.stop        | ' '                         | a program and its arguments",
        "service.status      | ','                         | a program and its arguments",
        "control.socket      | [::1]                       | [::1]:PORT",
        "control.socket      | 127.0.0.1:33123             | no other address",
        "control.socket      | [2001:db8::1]:33123         | no other address",
        "control.socket      | run/babeld.sock             | digits",
        "control.socket      | [::1]:0                     | 1 to 65535",
        "exit.address        | exit.example.org            | digits",
        "exit.address        | 192.0.2.1:99999             | 1 to 65535",
        "beyond.address      | 192.0.2.1                   | 'exit.address' too",
        "dump.seconds        | 0                           | allowed is",
        "dump.seconds        | 11                          | allowed is",
        "dump.seconds        | 1.5.2                       | allowed is",
        "answer.seconds      | 0.1                         | allowed is",
        "answer.seconds      | 11                          | allowed is",
        "probe.seconds       | 301                         | allowed is",
        "forwarding.expected | yes                         | true or false"
      })
  void what_cannot_be_used_is_refused_by_its_name_and_says_what_may_be_there(
      String setting, String value, String why) {
    var problems = refused(Map.of(setting, value));
    assertThat(problems).hasSize(1);
    assertThat(problems.get(0).setting()).isEqualTo(setting);
    assertThat(problems.get(0).value()).isEqualTo(value);
    assertThat(problems.get(0).why()).contains(why);
    assertThat(new BabelSettingsContract().problems(Map.of(setting, value))).isEqualTo(problems);
  }

  @Test
  void mode_child_needs_an_interface() {
    assertThat(refused(Map.of("run.mode", "child")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.inWords())
            .contains("'interfaces'", "mode child needs at least one interface"));
  }

  @Test
  void a_sockets_path_may_have_the_kernels_107_characters_and_no_more() {
    var longest = "/" + "s".repeat(BabelSettings.PATH_MAX - 1);
    assertThat(accepted(Map.of("control.socket", longest)).socket()).isPresent();
    assertThat(refused(Map.of("control.socket", longest + "s")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.why()).contains("at most 107"));
  }

  @Test
  void all_problems_are_told_at_once() {
    assertThat(refused(Map.of(
            "run.mode", "child", "dump.seconds", "0", "exit.address", "x", "service.stop", "")))
        .extracting(SettingProblem::setting)
        .containsExactlyInAnyOrder("interfaces", "dump.seconds", "exit.address", "service.stop");
  }

  @Test
  void the_tables_promised_age_is_kept_by_the_longest_dump_interval() {
    // RouteWatch forgets a table after 15 s, and readings of it are stale after 16 s.
    assertThat(accepted(Map.of("dump.seconds", 10)).dump())
        .isLessThan(BabelFaults.BABEL_DEAD.freshFor());
  }

  private static BabelSettings accepted(Map<String, ?> values) {
    var checked = BabelSettings.read(SCHEMA, values);
    assertThat(checked).isInstanceOf(Checked.Accepted.class);
    return ((Checked.Accepted<BabelSettings>) checked).value();
  }

  private static List<SettingProblem> refused(Map<String, ?> values) {
    var checked = BabelSettings.read(SCHEMA, values);
    assertThat(checked).isInstanceOf(Checked.Refused.class);
    return ((Checked.Refused<BabelSettings>) checked).problems();
  }
}
