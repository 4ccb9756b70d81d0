package org.kedge.babel.internal.kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.internal.command.ProcessCommandRunner;

/** Network namespaces of one test, named after this process and removed with it. */
public final class Namespaces implements AutoCloseable {
  private static final CommandRunner SYSTEM = new ProcessCommandRunner();
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final String prefix;
  private final List<String> made = new ArrayList<>();

  Namespaces() {
    this("kedge");
  }

  /** @param prefix of all names, so that what is left of whom can be told */
  public Namespaces(String prefix) {
    this.prefix = prefix;
  }

  /** Skips the test, and says so, where namespaces or a program cannot be had. */
  public static void require(String... programs) {
    if (!(SYSTEM.run(Command.of(LIMIT, "ip", "netns", "add", "kedge-try-" + pid()))
            instanceof CommandResult.Ended ended)
        || !ended.succeeded()) {
      skip("needs root and 'ip netns'");
    }
    SYSTEM.run(Command.of(LIMIT, "ip", "netns", "delete", "kedge-try-" + pid()));
    for (var program : programs) {
      if (List.of("/usr/sbin", "/usr/bin", "/sbin", "/bin").stream()
          .noneMatch(folder -> Files.isExecutable(Path.of(folder, program)))) {
        skip("needs " + program);
      }
    }
  }

  private static void skip(String why) {
    var message = "NOT TESTED AGAINST THE REAL KERNEL: " + why;
    System.err.println("**** " + message);
    Assumptions.abort(message);
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  public String add(String name) {
    var full = prefix + "-" + name + "-" + pid();
    run("ip netns add " + full);
    made.add(full);
    run("ip -n " + full + " link set lo up");
    in(full, "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0");
    return full;
  }

  public void link(String from, String fromName, String to, String toName) {
    run("ip link add " + fromName + " netns " + from + " type veth peer name " + toName + " netns "
        + to);
    run("ip -n " + from + " link set " + fromName + " up");
    run("ip -n " + to + " link set " + toName + " up");
  }

  /** Runs words split at blanks; they must succeed. */
  public void in(String namespace, String words) {
    run("ip netns exec " + namespace + " " + words);
  }

  public void run(String words) {
    var result = SYSTEM.run(Command.of(LIMIT, words.split(" ")));
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      throw new AssertionError(words + ": " + result.inWords());
    }
  }

  public boolean succeeds(String namespace, String words) {
    return SYSTEM.run(Command.of(LIMIT, ("ip netns exec " + namespace + " " + words).split(" ")))
            instanceof CommandResult.Ended ended
        && ended.succeeded();
  }

  /** Runs what it is given inside. */
  public CommandRunner runnerIn(String namespace) {
    return command -> {
      var words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
      words.addAll(command.arguments());
      return SYSTEM.run(
          new Command(words, command.limit(), command.outputLimit(), command.input()));
    };
  }

  @Override
  public void close() {
    made.forEach(name -> SYSTEM.run(Command.of(LIMIT, "ip", "netns", "delete", name)));
  }
}
