package org.kedge.billing.internal.nft;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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
 * off again. Segments that the kernel or the network card bundles (GSO, GRO) are one packet here, with one IP and TCP header for all of
 * them, some 5 % less than full frames on a wire carry. The two ends of a link count TCP alike as far as they bundle alike; UDP and
 * whatever is not bundled counts exactly. What goes out counts when it is handed to the link's queue: what is lost there or on the air
 * counts for who sent it and not for who did not get it.
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
  private static final Command WHOLE = new Command(
      List.of("nft", "-j", "list", "table", TableJson.FAMILY, TableJson.TABLE),
      LIMIT,
      Bytes.mebi(64));
  // Chains alone: whatever else nft 1.0.6 lists, terse or not, it fetches all counters for it.
  private static final Command TABLES =
      Command.of(LIMIT, "nft", "-j", "list", "tables", TableJson.FAMILY);
  private static final Command CHAINS =
      Command.of(LIMIT, "nft", "-j", "list", "chains", TableJson.FAMILY);
  private static final Command CHANGE = Command.of(LIMIT, "nft", "-j", "-f", "-");
  private static final Pattern HOPELESS =
      Pattern.compile("not supported|not permitted|Permission denied|syntax error|[Uu]nknown");

  private static final String FOREIGN = "the firewall has a table '" + TableJson.FAMILY + " "
      + TableJson.TABLE + "' without a chain '" + TableJson.VERSION
      + "...': it is not of this version of Kedge and is left alone. See whose it is; 'nft delete table "
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
  public synchronized Applied apply(WantedTable wanted) {
    var sight = look();
    if (sight instanceof Sight.Unseen unseen) {
      return new Applied.Failed(unseen.why(), unseen.waitingHelps());
    }
    if (sight instanceof Sight.Other) {
      return new Applied.Foreign(FOREIGN);
    }
    var table =
        sight instanceof Sight.Ours ours ? Optional.of(ours.table()) : Optional.<SeenTable>empty();
    var plan = TablePlan.between(table, past, wanted);
    if (plan.isNothing()) {
      return new Applied.Done(0);
    }
    // Until it is known how it ended, all counts as to be done.
    past = Optional.empty();
    var life = table.map(SeenTable::life).orElseGet(() -> UUID.randomUUID().toString());
    var result = runner.run(CHANGE.withInput(TableJson.of(plan, sizes, life)));
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      return new Applied.Failed(CHANGE + ": " + result.inWords(), waitingHelps(result));
    }
    past = Optional.of(new TablePlan.Past(life, wanted));
    return new Applied.Done(1);
  }

  /** @param links goes into the reading as it is, see {@link MeterReading#links} */
  public synchronized Look read(Uptime at, Map<String, Long> links) {
    var heard = list(WHOLE);
    if (heard instanceof Heard.Nothing nothing) {
      // For want of the table it fails in words only, which other failures share.
      return look() instanceof Sight.None
          ? new Look.Gone()
          : new Look.Failed(nothing.why(), nothing.waitingHelps());
    }
    var listing = ((Heard.Listed) heard).listing();
    return listing
        .life()
        .<Look>map(life -> new Look.Read(new MeterReading(
            at, kernelBootId + "/" + life, listing.counts(), links, listing.full())))
        .orElseGet(() -> new Look.Foreign(FOREIGN));
  }

  /** What is there, without counters. */
  private sealed interface Sight {
    record Ours(SeenTable table) implements Sight {}

    record Other() implements Sight {}

    record None() implements Sight {}

    record Unseen(String why, boolean waitingHelps) implements Sight {}
  }

  private Sight look() {
    var chains = list(CHAINS);
    if (chains instanceof Heard.Nothing nothing) {
      return new Sight.Unseen(nothing.why(), nothing.waitingHelps());
    }
    var listing = ((Heard.Listed) chains).listing();
    return listing
        .life()
        .<Sight>map(life -> new Sight.Ours(new SeenTable(life, listing.hooks())))
        .orElseGet(this::withoutChainsOfOurs);
  }

  private Sight withoutChainsOfOurs() {
    var tables = list(TABLES);
    if (tables instanceof Heard.Nothing nothing) {
      return new Sight.Unseen(nothing.why(), nothing.waitingHelps());
    }
    return ((Heard.Listed) tables).listing().hasTable() ? new Sight.Other() : new Sight.None();
  }

  /** What a run of nft told. */
  private sealed interface Heard {
    record Listed(Listing listing) implements Heard {}

    record Nothing(String why, boolean waitingHelps) implements Heard {}
  }

  private Heard list(Command command) {
    var result = runner.run(command);
    if (!(result instanceof CommandResult.Ended ended) || !ended.succeeded()) {
      return new Heard.Nothing(command + ": " + result.inWords(), waitingHelps(result));
    }
    if (ended.truncated()) {
      return new Heard.Nothing(
          command + ": more than " + command.outputLimit().count() + " bytes of output", true);
    }
    try {
      return new Heard.Listed(Listing.read(ended.output()));
    } catch (Listing.UnreadableException e) {
      return new Heard.Nothing(command + ": " + e.getMessage(), false);
    }
  }

  private static boolean waitingHelps(CommandResult result) {
    return !(result instanceof CommandResult.NotStarted)
        && !HOPELESS.matcher(result.inWords()).find();
  }
}
