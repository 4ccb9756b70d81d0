package org.kedge.care.internal.node;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Lane;
import org.kedge.care.api.Effect;
import org.kedge.care.api.Remedy;
import org.kedge.care.api.RemedyOutcome;

/** The last two rungs: restart what Kedge runs in, and reboot the node. They belong to no capability. */
public final class NodeRemedies {
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(20);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private NodeRemedies() {}

  /**
   * @param lane to run the command beside
   * @param command empty: the node is never rebooted
   * @param isKept whether this Kedge is a service of the node; one that somebody tries out must not reboot their machine
   */
  public static Remedy rebootNode(
      Lane lane, CommandRunner runner, List<String> command, boolean isKept) {
    return Remedy.of("reboot-node", Effect.NODE, LIMIT, "rebooted the node", (order, done) -> {
      if (command.isEmpty()) {
        done.accept(
            new RemedyOutcome.Useless("the setting 'reboot.command' is empty: never reboot"));
      } else if (!isKept) {
        done.accept(new RemedyOutcome.Useless(
            "this Kedge runs without a keeper, not as the node's own service: never reboot"));
      } else {
        run(lane, runner, command, done);
      }
    });
  }

  /**
   * @param command empty: {@code leave} is called
   * @param isKept whether anything starts Kedge again once it has left
   * @param leave begins to leave, given the reason; returns at once
   */
  public static Remedy restartRuntime(
      Lane lane,
      CommandRunner runner,
      List<String> command,
      boolean isKept,
      Consumer<String> leave) {
    return Remedy.of("restart-runtime", Effect.NODE, LIMIT, "restarted Kedge", (order, done) -> {
      if (!command.isEmpty()) {
        run(lane, runner, command, done);
      } else if (isKept) {
        leave.accept(order.fault() + ": " + order.evidence());
        done.accept(new RemedyOutcome.Done("Kedge leaves, for its keeper to start it again"));
      } else {
        done.accept(new RemedyOutcome.Useless(
            "nothing would start Kedge again: run it under a keeper, or set 'restart.command'"));
      }
    });
  }

  private static void run(
      Lane lane, CommandRunner runner, List<String> words, Consumer<RemedyOutcome> done) {
    var command = Command.of(COMMAND_LIMIT, words);
    lane.aside(
        "run " + command,
        LIMIT,
        () -> runner.run(command),
        outcome -> done.accept(
            outcome instanceof Lane.Outcome.Done<CommandResult> ran
                ? result(command, ran.value())
                : new RemedyOutcome.Failed("'" + command + "': " + outcome)));
  }

  private static RemedyOutcome result(Command command, CommandResult result) {
    var words = "'" + command + "': " + result.inWords();
    return result instanceof CommandResult.Ended ended && ended.succeeded()
        ? new RemedyOutcome.Done(words)
        : new RemedyOutcome.Failed(words);
  }
}
