package org.kedge.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The script for OpenWrt, with a double of procd's shell functions that tells what it was called with: procd itself wants to be PID
 * 1. What its parameters mean was read in procd's source: with 0 retries an instance is never left dead.
 */
class ProcdScriptTest {
  private static final String DOUBLES = """
      procd_open_instance() { echo "open"; }
      procd_set_param() { printf '%s' "$1"; shift; for word; do printf '|%s' "$word"; done; echo; }
      procd_close_instance() { echo "close"; }
      procd_send_signal() { echo "signal|$1|$2|$3"; }
      . "$0"
      """;

  @TempDir
  Path root;

  private List<String> told(String shell, String function) {
    Shell.require(shell.split(" ")[0]);
    Installed.below(root, "procd");
    var command = new ArrayList<>(Arrays.asList(shell.split(" ")));
    command.addAll(
        List.of("-c", DOUBLES + function, root.resolve("etc/init.d/kedge").toString()));
    var result = Shell.run(command);
    assertThat(result.code()).as(result.out()).isZero();
    return result.out().lines().toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"busybox ash", "dash"})
  void it_starts_one_instance_that_procd_never_gives_up(String shell) {
    assertThat(told(shell, "start_service"))
        .startsWith("open")
        .endsWith("close")
        .contains(
            "command|/opt/kedge/bin/pause-before-start|/var/run/kedge|/opt/kedge/bin/kedge"
                + "|--settings|/etc/kedge/node.settings|--data|/etc/kedge/data",
            "env|KEDGE_KEEPER=procd",
            "respawn|0|1|0",
            "limits|nofile=65536 65536")
        .doesNotHaveDuplicates();
  }

  @Test
  void it_is_procds_own_kind_of_script_and_reads_settings_again_without_a_restart() {
    assertThat(told("busybox ash", "reload_service")).containsExactly("signal|kedge|*|HUP");
    assertThat(told("busybox ash", "echo \"$USE_PROCD $START $STOP\"")).containsExactly("1 95 05");
    assertThat(root.resolve("etc/init.d/kedge")).content().startsWith("#!/bin/sh /etc/rc.common\n");
  }

  @Test
  void the_settings_call_babeld_as_openwrt_does_and_the_data_outlive_a_reboot() {
    told("busybox ash", "true");
    assertThat(root.resolve("etc/kedge/node.settings"))
        .content()
        .contains(
            "service.start = /etc/init.d/babeld start",
            "service.stop = /etc/init.d/babeld stop",
            "service.status = /etc/init.d/babeld running")
        .doesNotContain("/usr/sbin/service");
    assertThat(root.resolve("etc/kedge/data")).isDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"busybox ash", "dash"})
  void every_script_of_a_node_is_understood_by_its_shell(String shell) {
    Shell.require(shell.split(" ")[0]);
    for (var script : List.of(
        "kedge",
        "pause-before-start",
        "sweep-babeld",
        "procd/kedge",
        "runit/kedge/run",
        "runit/kedge/finish",
        "runit/kedge/log/run")) {
      var command = new ArrayList<>(Arrays.asList(shell.split(" ")));
      command.addAll(List.of("-n", Shell.SERVICES.resolve(script).toString()));
      assertThat(Shell.run(command)).as(script).isEqualTo(new Shell.Result(0, ""));
    }
  }
}
