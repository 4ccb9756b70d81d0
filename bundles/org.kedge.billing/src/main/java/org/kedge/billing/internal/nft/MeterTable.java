package org.kedge.billing.internal.nft;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kedge.base.api.Bytes;
import org.kedge.base.api.Command;
import org.kedge.base.api.CommandResult;
import org.kedge.base.api.CommandRunner;
import org.kedge.base.api.Uptime;
import org.kedge.billing.internal.core.metering.MeterReading;
import org.kedge.billing.internal.core.metering.SeenTable;
import org.kedge.billing.internal.core.metering.TablePlan;
import org.kedge.billing.internal.core.metering.WantedTable;

/**
 * The table {@code netdev kedge}: counts and slows. Linux 5.16 or newer. Each call blocks for up to three runs of nft, 5 s each; one
 * thread at a time.
 *
 * <p>What is counted is layer 3, from the IP header on, both ways: what the kernel counts of Ethernet's header on the way out is taken
 * off again. Segments that the kernel or the network card bundles (GSO, GRO) are one packet here, with one IP and TCP header for all
 * of them: a bill for TCP is less by the headers of the segments than the wire carries, some 3 % of full frames at most. Both ends
 * count alike only where they bundle alike; UDP is exact.
 *
 * <p>Not counted: multicast, broadcast, link-local addresses, what is neither IPv4 nor IPv6, and on Ethernet what belongs to a VLAN above.
 */
public final class MeterTable {
  /** What became of applying. */
  public sealed interface Applied {
    /** @param transactions how many were needed; none where all was as wanted */
    record Done(int transactions) implements Applied {}

    /** A table of that name is there that is not ours to change: left alone. Waiting does not help. */
    record Foreign(String why) implements Applied {}

    record Failed(String why, boolean waitingHelps) implements Applied {}
  }

  /** What became of reading. */
  public sealed interface Look {
    record Read(MeterReading reading) implements Look {}

    /** There is no such table: {@link #apply} makes it. */
    record Gone() implements Look {}

    record Foreign(String why) implements Look {}

    record Failed(String why, boolean waitingHelps) implements Look {}
  }

  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Command TERSE = list("-j", "-t", "list", "table");
  private static final Command WHOLE = list("-j", "list", "table");
  private static final Command TABLES =
      Command.of(LIMIT, "nft", "-j", "list", "tables", TableJson.FAMILY);
  private static final Command CHANGE = Command.of(LIMIT, "nft", "-j", "-f", "-");
  private static final Pattern HOPELESS =
      Pattern.compile("not supported|not permitted|Permission denied|syntax error|[Uu]nknown");

  private static final String FOREIGN = "the firewall has a table '" + TableJson.FAMILY + " "
      + TableJson.TABLE + "' without the chain '" + TableJson.VERSION
      + "': it is not of this version of Kedge and is left alone. See whose it is; 'nft delete table "
      + TableJson.FAMILY + " " + TableJson.TABLE + "' makes room";

  private final CommandRunner runner;
  private final String kernelBootId;
  private final Sizes sizes;
  private Optional<TablePlan.Past> past = Optional.empty();

  /** @param kernelBootId names the boot in {@link MeterReading#generation} */
  public MeterTable(CommandRunner runner, String kernelBootId) {
    this(runner, kernelBootId, Sizes.USUAL);
  }

  MeterTable(CommandRunner runner, String kernelBootId, Sizes sizes) {
    this.runner = runner;
    this.kernelBootId = kernelBootId;
    this.sizes = sizes;
  }

  /** Makes the table what is wanted, from whatever state it is in, in one transaction: whole or not at all. Counters stay as they are. */
  public Applied apply(WantedTable wanted) {
    var sight = look(TERSE);
    if (sight instanceof Sight.Unseen unseen) {
      return new Applied.Failed(unseen.why(), unseen.waitingHelps());
    }
    if (sight instanceof Sight.Seen seen && !seen.listing().isOurs()) {
      return new Applied.Foreign(FOREIGN);
    }
    var table = sight instanceof Sight.Seen seen
        ? Optional.of(seen.listing().seen())
        : Optional.<SeenTable>empty();
    var plan = TablePlan.between(table, past, wanted);
    if (plan.isNothing()) {
      return new Applied.Done(0);
    }
    // Until it is known how it ended, and of a table just made until it is seen, all counts as to
    // be done.
    past = Optional.empty();
    var result = runner.run(CHANGE.withInput(TableJson.of(plan, sizes)));
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      return new Applied.Failed(CHANGE + ": " + result.inWords(), waitingHelps(result));
    }
    past = table.map(seen -> new TablePlan.Past(seen.handle(), wanted));
    return new Applied.Done(1);
  }

  /** @param links goes into the reading as it is, see {@link MeterReading#links} */
  public Look read(Uptime at, Map<String, Long> links) {
    var sight = look(WHOLE);
    if (sight instanceof Sight.Unseen unseen) {
      return new Look.Failed(unseen.why(), unseen.waitingHelps());
    }
    if (!(sight instanceof Sight.Seen seen)) {
      return new Look.Gone();
    }
    var listing = seen.listing();
    return listing.isOurs()
        ? new Look.Read(new MeterReading(
            at, kernelBootId + "/" + listing.handle(), listing.counts(), links, listing.full()))
        : new Look.Foreign(FOREIGN);
  }

  /** What a listing showed. */
  private sealed interface Sight {
    record Seen(Listing listing) implements Sight {}

    record None() implements Sight {}

    record Unseen(String why, boolean waitingHelps) implements Sight {}
  }

  private Sight look(Command command) {
    var result = runner.run(command);
    if (!(result instanceof CommandResult.Ended ended)) {
      return unseen(command, result);
    }
    if (!ended.succeeded()) {
      return isMissing() ? new Sight.None() : unseen(command, result);
    }
    if (ended.truncated()) {
      return new Sight.Unseen(
          command + ": more than " + command.outputLimit().count() + " bytes of output", true);
    }
    try {
      return new Sight.Seen(Listing.read(ended.output()));
    } catch (Listing.UnreadableException e) {
      return new Sight.Unseen(command + ": " + e.getMessage(), false);
    }
  }

  private static Sight unseen(Command command, CommandResult result) {
    return new Sight.Unseen(command + ": " + result.inWords(), waitingHelps(result));
  }

  /** Whether the listing failed for want of the table: nft says so in words only, which other failures share. */
  private boolean isMissing() {
    if (!(runner.run(TABLES) instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      return false;
    }
    try {
      return !Listing.tables(ended.output()).contains(TableJson.TABLE);
    } catch (Listing.UnreadableException e) {
      return false;
    }
  }

  private static boolean waitingHelps(CommandResult result) {
    return !(result instanceof CommandResult.NotStarted)
        && !HOPELESS.matcher(result.inWords()).find();
  }

  private static Command list(String... words) {
    var arguments = new ArrayList<>(List.of("nft"));
    arguments.addAll(List.of(words));
    arguments.addAll(List.of(TableJson.FAMILY, TableJson.TABLE));
    return new Command(arguments, LIMIT, Bytes.mebi(64));
  }
}
