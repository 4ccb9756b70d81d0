package org.kedge.babel.internal.kernel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kedge.babel.internal.core.IpFamily;
import org.kedge.babel.internal.core.KernelRoute;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.care.api.RemedyOutcome;

/** Puts routes of protocol babel into the kernel and takes them out, any number by one run of {@code ip}. Blocks up to 5 s. */
public final class RouteRepair {
  /** Forced: a line that fails does not keep the others from their turn. */
  static final Command COMMAND = Command.of(Duration.ofSeconds(5), "ip", "-force", "-batch", "-");

  private static final Pattern FAILED_LINE = Pattern.compile("Command failed .*:(\\d{1,9})");

  // babeld, or somebody else, was faster.
  private static final Deed PUT_BACK =
      new Deed("route add", "put back", "into the kernel", List.of("File exists"), "there already");

  // With its link or its whole table, a route is gone too.
  private static final Deed SWEEP = new Deed(
      "route del",
      "swept",
      "out of the kernel",
      List.of("No such process", "Cannot find device", "FIB table does not exist"),
      "gone already");

  private final CommandRunner runner;

  public RouteRepair(CommandRunner runner) {
    this.runner = runner;
  }

  /** @param harmless words of ip that tell that there was nothing to do */
  private record Deed(
      String command, String done, String where, List<String> harmless, String spared) {
    boolean spares(Failure failure) {
      return harmless.stream().anyMatch(failure.why()::contains);
    }
  }

  /** @param line counted from 1 */
  private record Failure(int line, String why) {}

  /** Adds each route, unless its table has one of that prefix, source and metric: that stays as it is. */
  public RemedyOutcome putBack(List<KernelRoute> routes) {
    return routes.isEmpty()
        ? new RemedyOutcome.Useless("no route is missing")
        : carryOut(PUT_BACK, routes);
  }

  /** Deletes exactly these: another one of that prefix, or of another protocol, stays. */
  public RemedyOutcome sweep(List<KernelRoute> routes) {
    return routes.isEmpty()
        ? new RemedyOutcome.Useless("no route is stale")
        : carryOut(SWEEP, routes);
  }

  private RemedyOutcome carryOut(Deed deed, List<KernelRoute> routes) {
    var lines =
        routes.stream().map(route -> deed.command() + " " + words(route)).toList();
    var input = lines.stream().collect(Collectors.joining("\n", "", "\n"));
    var result = runner.run(COMMAND.withInput(input));
    if (result instanceof CommandResult.NotStarted) {
      return new RemedyOutcome.Useless(COMMAND + ": " + result.inWords());
    }
    var failures = new ArrayList<Failure>();
    // Without the number of a line it gave up, or never began.
    if (!(result instanceof CommandResult.Ended ended)
        || !readAll(ended.errors(), failures)
        || (!ended.succeeded() && failures.isEmpty())) {
      return new RemedyOutcome.Failed(
          COMMAND + " for " + count(routes.size()) + ": " + result.inWords());
    }
    var spared = (int) failures.stream().filter(deed::spares).count();
    var done = lines.size() - failures.size();
    var rest =
        spared == 0 ? "" : ", " + spared + (spared == 1 ? " was " : " were ") + deed.spared();
    if (failures.size() == spared) {
      return new RemedyOutcome.Done(deed.done() + " " + count(done) + " " + deed.where() + rest);
    }
    var first =
        failures.stream().filter(failure -> !deed.spares(failure)).findFirst().orElseThrow();
    return new RemedyOutcome.Failed(deed.done() + " " + done + " of " + count(lines.size()) + rest
        + "; " + (failures.size() - spared) + " failed, the first was '"
        + lines.get(first.line() - 1) + "': " + first.why());
  }

  /** Each failure is told by some lines of reason and one with its number; false if something else is told. */
  private static boolean readAll(String errors, List<Failure> failures) {
    var reason = new ArrayList<String>();
    for (var line : errors.lines().toList()) {
      var numbered = FAILED_LINE.matcher(line);
      if (numbered.matches()) {
        failures.add(new Failure(Integer.parseInt(numbered.group(1)), String.join(" ", reason)));
        reason.clear();
      } else {
        reason.add(line.strip());
      }
    }
    return reason.isEmpty();
  }

  private static String count(int routes) {
    return routes + (routes == 1 ? " route" : " routes");
  }

  private static String words(KernelRoute route) {
    var family = route.family();
    var isForAll = route.source().equals(family.everything());
    if (family == IpFamily.IPV4 && !isForAll) {
      // ip takes the words and drops the source, which would make it a route for everybody.
      throw new IllegalArgumentException("An IPv4 route cannot have a source, but was " + route);
    }
    var words = new ArrayList<String>();
    if (route.unreachable()) {
      words.add("unreachable");
    }
    words.add(route.prefix());
    if (!isForAll) {
      words.add("from " + route.source());
    }
    route
        .gateway()
        .ifPresent(gateway -> words.add(
            family == IpFamily.IPV4 && IpFamily.ofAddress(gateway) == IpFamily.IPV6
                ? "via inet6 " + gateway
                : "via " + gateway));
    if (!route.unreachable()) {
      words.add("dev " + route.device());
    }
    if (route.gateway().isPresent()) {
      // As babeld does: the next hop need not be in a prefix of the link.
      words.add("onlink");
    }
    words.add("table " + route.table() + " metric " + route.metric() + " proto babel");
    return String.join(" ", words);
  }
}
