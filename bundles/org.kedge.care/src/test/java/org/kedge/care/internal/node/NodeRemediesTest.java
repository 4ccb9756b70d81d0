package org.kedge.care.internal.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.Uptime;
import org.kedge.base.internal.lane.VirtualLanes;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Remedy;
import org.kedge.care.api.RemedyOrder;
import org.kedge.care.api.RemedyOutcome;

class NodeRemediesTest {
  private static final RemedyOrder ORDER = new RemedyOrder("BABEL_SILENT", "no answer for 30 s");
  private static final List<String> COMMAND = List.of("/sbin/again", "-f");

  private final VirtualLanes lanes = new VirtualLanes(Uptime.of(Duration.ofHours(1)));
  private final List<Command> ran = new ArrayList<>();
  private final List<String> left = new ArrayList<>();
  private final List<RemedyOutcome> outcomes = new ArrayList<>();
  private CommandResult result = new CommandResult.Ended(0, "", "", false, Duration.ofMillis(5));

  @Test
  void both_take_the_node_away_and_have_their_names_and_a_limit_above_that_of_their_command() {
    assertThat(List.of(reboot(COMMAND, true), restart(COMMAND, true)))
        .allSatisfy(remedy -> {
          assertThat(remedy.effect()).isEqualTo(Effect.NODE);
          assertThat(remedy.limit()).isEqualTo(Duration.ofSeconds(30));
        })
        .extracting(Remedy::name, Remedy::deed)
        .containsExactly(
            tuple("reboot-node", "rebooted the node"), tuple("restart-runtime", "restarted Kedge"));
  }

  @Test
  void the_node_is_rebooted_by_its_command() {
    carryOut(reboot(COMMAND, true));
    assertThat(ran).containsExactly(Command.of(Duration.ofSeconds(20), COMMAND));
    assertThat(outcomes).containsExactly(new RemedyOutcome.Done("'/sbin/again -f': exit code 0"));
  }

  @Test
  void without_a_command_the_node_is_never_rebooted() {
    carryOut(reboot(List.of(), true));
    assertThat(ran).isEmpty();
    assertThat(outcomes)
        .containsExactly(
            new RemedyOutcome.Useless("the setting 'reboot.command' is empty: never reboot"));
  }

  @Test
  void a_machine_on_which_somebody_tries_kedge_out_is_never_rebooted() {
    carryOut(reboot(COMMAND, false));
    assertThat(ran).isEmpty();
    assertThat(outcomes)
        .containsExactly(new RemedyOutcome.Useless(
            "this Kedge runs without a keeper, not as the node's own service: never reboot"));
  }

  @Test
  void a_command_that_fails_or_does_not_start_or_end_is_a_failure_with_its_evidence() {
    result = new CommandResult.Ended(1, "", "must be superuser\n", false, Duration.ZERO);
    carryOut(reboot(COMMAND, true));
    result = new CommandResult.NotStarted("no such file");
    carryOut(reboot(COMMAND, true));
    result = new CommandResult.TimedOut("", "", Duration.ofSeconds(20));
    carryOut(restart(COMMAND, true));
    assertThat(outcomes)
        .containsExactly(
            new RemedyOutcome.Failed("'/sbin/again -f': exit code 1: must be superuser"),
            new RemedyOutcome.Failed("'/sbin/again -f': not started: no such file"),
            new RemedyOutcome.Failed("'/sbin/again -f': no end within 20000 ms, killed"));
  }

  @Test
  void a_runner_that_throws_is_a_failure_too() {
    NodeRemedies.rebootNode(
            lanes.open("commands", 1),
            command -> {
              throw new IllegalStateException("on purpose");
            },
            COMMAND,
            true)
        .carryOut(ORDER, outcomes::add);
    lanes.pass(Duration.ofSeconds(1));
    assertThat(outcomes)
        .singleElement()
        .isInstanceOf(RemedyOutcome.Failed.class)
        .extracting(RemedyOutcome::words)
        .asString()
        .contains("/sbin/again -f", "on purpose");
  }

  @Test
  void the_runtime_is_restarted_by_its_command_and_then_it_does_not_leave() {
    carryOut(restart(COMMAND, true));
    assertThat(ran).hasSize(1);
    assertThat(left).isEmpty();
    assertThat(outcomes).containsExactly(new RemedyOutcome.Done("'/sbin/again -f': exit code 0"));
  }

  @Test
  void without_a_command_it_leaves_with_a_reason_for_its_keeper_to_start_it_again() {
    carryOut(restart(List.of(), true));
    assertThat(left).containsExactly("BABEL_SILENT: no answer for 30 s");
    assertThat(outcomes)
        .containsExactly(new RemedyOutcome.Done("Kedge leaves, for its keeper to start it again"));
  }

  @Test
  void without_a_keeper_it_never_leaves() {
    carryOut(restart(List.of(), false));
    assertThat(left).isEmpty();
    assertThat(outcomes)
        .containsExactly(new RemedyOutcome.Useless(
            "nothing would start Kedge again: run it under a keeper, or set 'restart.command'"));
  }

  private void carryOut(Remedy remedy) {
    remedy.carryOut(ORDER, outcomes::add);
    lanes.pass(Duration.ofSeconds(1));
  }

  private Remedy reboot(List<String> command, boolean isKept) {
    return NodeRemedies.rebootNode(lanes.open("commands", 1), this::run, command, isKept);
  }

  private Remedy restart(List<String> command, boolean isKept) {
    return NodeRemedies.restartRuntime(
        lanes.open("commands", 1), this::run, command, isKept, left::add);
  }

  private CommandResult run(Command command) {
    ran.add(command);
    return result;
  }
}
