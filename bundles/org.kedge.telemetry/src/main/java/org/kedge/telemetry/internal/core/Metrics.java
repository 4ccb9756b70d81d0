package org.kedge.telemetry.internal.core;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kedge.base.api.Figures;
import org.kedge.telemetry.internal.core.Exposition.Label;

/**
 * A snapshot as metrics for Prometheus: base units, ratios instead of percent, {@code _total} for what only grows within a run.
 * What the snapshot leaves out is left out here too; sections that are not there are no mistake.
 */
public final class Metrics {
  /** What is served; the charset comes with it. */
  public static final String TYPE = "text/plain; version=0.0.4";

  /** Series cost the collector memory for good: of any list so many, the rest is only counted. */
  static final int LISTED = 64;

  private static final List<String> CAUSES =
      List.of("power", "planned", "remedy", "watchdog", "unknown");

  private static final List<String> BILLING_STATES =
      List.of("ok", "counting", "stalled", "damaged", "closed");

  private static final List<String> STANDINGS = List.of("good", "due", "overdue");
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,60}");
  private static final List<String> STATES = List.of("starting", "healthy", "unsure", "faulty");
  private static final Optional<BigDecimal> ONE = Optional.of(BigDecimal.ONE);

  private final Exposition out = new Exposition();
  private long leftOut;

  private Metrics() {}

  /** In UTF-8 it is a whole answer of type {@link #TYPE}. */
  public static String of(Figures snapshot) {
    var metrics = new Metrics();
    metrics.node(snapshot);
    metrics.faults(snapshot);
    metrics.vitals(snapshot);
    metrics.board(section(snapshot, "board"));
    metrics.kura(section(snapshot, "kura"));
    metrics.care(section(snapshot, "care"));
    metrics.babel(section(snapshot, "babel"));
    metrics.billing(section(snapshot, "billing"));
    metrics.telemetry(section(snapshot, "telemetry"));
    metrics.traffic(section(snapshot, "traffic"));
    metrics.watchdog(section(snapshot, "watchdog"));
    metrics.out.gauge(
        "kedge_metrics_entries_left_out",
        "Neighbours, interfaces and the like beyond the first " + LISTED + " of their list.",
        Optional.of(BigDecimal.valueOf(metrics.leftOut)));
    return metrics.out.text();
  }

  private void node(Figures snapshot) {
    var versions = section(snapshot, "versions");
    out.gauge(
        "kedge_info",
        "Always 1; the node, its run and what runs on it.",
        ONE,
        label("node", snapshot, "node"),
        label("boot_id", snapshot, "boot_id"),
        label("version", versions, "kedge"),
        label("java", versions, "java"),
        label("kernel", versions, "kernel"));
    text(snapshot, "state")
        .ifPresent(now -> STATES.forEach(state -> out.gauge(
            "kedge_state",
            "1 for the state the node is in, 0 for the others.",
            Optional.of(truth(state.equals(now))),
            new Label("state", state))));
    out.gauge(
        "kedge_node_uptime_seconds",
        "Since the kernel booted.",
        number(snapshot, "uptime_seconds"));
    out.gauge(
        "kedge_runtime_uptime_seconds",
        "Since this run of Kedge started.",
        number(snapshot, "runtime_uptime_seconds"));
  }

  private void faults(Figures snapshot) {
    out.gauge(
        "kedge_faults",
        "Faults that stand on their own; absent until the node has been judged.",
        size(snapshot, "faults"));
    for (var fault : listed(snapshot, "faults")) {
      out.gauge(
          "kedge_fault",
          "1 for each fault that stands on its own.",
          ONE,
          label("kind", fault, "kind"),
          label("layer", fault, "layer"),
          label("blame", fault, "blame"));
      out.gauge(
          "kedge_fault_lasting_seconds",
          "How long the fault has stood, restarts and reboots included.",
          number(fault, "lasting_seconds"),
          label("kind", fault, "kind"));
    }
    for (var silenced : listed(snapshot, "silenced")) {
      out.gauge(
          "kedge_fault_silenced",
          "1 for each fault that another one explains.",
          ONE,
          label("kind", silenced, "kind"),
          label("cause", silenced, "cause"));
      out.gauge(
          "kedge_fault_silenced_lasting_seconds",
          "How long the fault that another one explains has stood.",
          number(silenced, "lasting_seconds"),
          label("kind", silenced, "kind"));
    }
    for (var unknown : listed(snapshot, "unknown")) {
      out.gauge(
          "kedge_fault_unknown",
          "1 for each kind of fault that could not be judged.",
          ONE,
          label("kind", unknown, "kind"));
    }
  }

  private void vitals(Figures snapshot) {
    out.gauge(
        "kedge_clock_trusted",
        "Whether the wall clock is plausible and has not stepped since the start.",
        flag(section(snapshot, "clock"), "trusted"));
    var memory = section(snapshot, "memory");
    out.gauge("kedge_memory_size_bytes", "Memory of the node.", number(memory, "total_bytes"));
    out.gauge(
        "kedge_memory_available_bytes",
        "Memory of the node to be had without swapping.",
        number(memory, "available_bytes"));
    out.gauge(
        "kedge_resident_memory_bytes",
        "Memory that Kedge's process holds.",
        number(memory, "resident_bytes"));
    out.gauge(
        "kedge_heap_used_bytes",
        "Of Java's heap, garbage not yet collected included.",
        number(memory, "heap_used_bytes"));
    var flash = section(snapshot, "flash");
    out.gauge(
        "kedge_flash_size_bytes",
        "Size of the data folder's file system.",
        number(flash, "total_bytes"));
    out.gauge(
        "kedge_flash_free_bytes",
        "Free for Kedge in the data folder's file system.",
        number(flash, "free_bytes"));
    var descriptors = section(snapshot, "descriptors");
    out.gauge(
        "kedge_descriptors_used",
        "File descriptors that Kedge's process has open.",
        number(descriptors, "used_count"));
    out.gauge(
        "kedge_descriptors_limit",
        "Soft limit of Kedge's file descriptors; absent where there is none.",
        number(descriptors, "limit_count"));
    for (var lane : listed(snapshot, "lanes")) {
      var name = label("lane", lane, "lane");
      out.gauge("kedge_lane_queued", "Tasks that wait.", number(lane, "queued_count"), name);
      out.gauge(
          "kedge_lane_capacity", "Tasks that may wait.", number(lane, "capacity_count"), name);
      out.counter(
          "kedge_lane_refused_total",
          "Tasks refused because too many waited.",
          number(lane, "refused_count"),
          name);
      out.counter(
          "kedge_lane_thrown_total",
          "Tasks that ended by an exception.",
          number(lane, "thrown_count"),
          name);
      out.gauge(
          "kedge_lane_busy_seconds",
          "How long the present task has been running; 0 while idle.",
          number(lane, "busy_seconds"),
          name);
    }
  }

  private void watchdog(Figures watchdog) {
    out.gauge(
        "kedge_watchdog_guarded",
        "Whether a timer is held that acts when Kedge no longer pets it.",
        flag(watchdog, "guarded"),
        label("device", watchdog, "device"));
    out.gauge(
        "kedge_watchdog_timeout_seconds",
        "The timer acts this long after the last pet; absent while none is held.",
        number(watchdog, "timeout_seconds"));
    out.gauge(
        "kedge_watchdog_pretimeout_seconds",
        "The timer warns the kernel this long before it acts; absent where it does not.",
        number(watchdog, "pretimeout_seconds"));
    out.counter(
        "kedge_watchdog_pets_total",
        "Pets since this run of Kedge started.",
        number(watchdog, "petted_count"));
    out.gauge(
        "kedge_watchdog_pet_slowest_seconds",
        "The longest that one pet took.",
        seconds(watchdog, "pet_slowest_milliseconds"));
    var boot = section(watchdog, "boot");
    for (var cause : CAUSES) {
      out.counter(
          "kedge_starts_total",
          "Starts of Kedge on this node, by cause.",
          number(boot, cause + "_count"),
          new Label("cause", cause));
    }
    out.gauge(
        "kedge_starts_unsettled",
        "Starts in a row that did not settle, the present one included until it does.",
        number(boot, "unsettled_count"));
    out.gauge(
        "kedge_start_reduced",
        "Whether what is not needed for forwarding and remote reach began late this time.",
        flag(boot, "reduced"));
  }

  private void board(Figures board) {
    text(board, "board")
        .ifPresent(name -> out.gauge(
            "kedge_board_info",
            "Always 1; the box that Kedge runs on.",
            ONE,
            new Label("board", name)));
    out.gauge("kedge_board_gpio", "Whether the board tells of a GPIO chip.", flag(board, "gpio"));
    out.gauge(
        "kedge_board_expected_clients",
        "The load that limits are judged by.",
        number(board, "expected_clients_count"));
    for (var limit : listed(board, "limits")) {
      var name = label("limit", limit, "name");
      out.gauge(
          "kedge_limit_used",
          "In use of what there is only so much of.",
          number(limit, "used_count"),
          name);
      out.gauge(
          "kedge_limit_allowed",
          "How much there is; absent where nothing limits it.",
          number(limit, "limit_count"),
          name);
      out.gauge(
          "kedge_limit_needed",
          "How much there should be for the expected load.",
          number(limit, "needed_count"),
          name);
      out.gauge("kedge_limit_free_bytes", "Left.", number(limit, "free_bytes"), name);
      out.gauge(
          "kedge_limit_needed_bytes", "What should be left.", number(limit, "needed_bytes"), name);
      out.gauge(
          "kedge_limit_low",
          "Whether it is short, or would be under the expected load.",
          flag(limit, "low"),
          name);
    }
  }

  private void kura(Figures kura) {
    out.gauge(
        "kedge_kura_request_registries",
        "Cloud connections of Kura over which this node can be asked.",
        number(kura, "request_registries_count"));
    out.gauge(
        "kedge_kura_crypto_key_public",
        "Whether Kura encrypts passwords with the key that stands in its public sources.",
        flag(kura, "crypto_key_public"));
  }

  private void care(Figures care) {
    text(care, "ladder")
        .ifPresent(ladder -> out.gauge(
            "kedge_ladder_refused",
            "Whether a ladder was set that is not in force.",
            Optional.of(truth(text(care, "ladder_refused").isPresent())),
            new Label("ladder", ladder)));
    out.counter(
        "kedge_boots_total",
        "Boots of the kernel that Kedge has seen.",
        number(care, "boots_count"));
    out.counter(
        "kedge_journal_entries_total",
        "Entries of the node's journal ever written.",
        number(care, "journal_count"));
    out.gauge(
        "kedge_care_durable",
        "Whether attempts and budgets of remedies reach the flash.",
        flag(care, "remembers"));
    out.gauge(
        "kedge_care_pause_left_seconds",
        "How long remedies are still held back; absent without a pause.",
        number(care, "pause_left_seconds"));
    var remedy = section(care, "remedy");
    out.gauge(
        "kedge_remedy_lasting_seconds",
        "How long ago the remedy under way was ordered; absent without one.",
        number(remedy, "lasting_seconds"),
        label("remedy", remedy, "name"),
        label("effect", remedy, "effect"),
        label("fault", remedy, "fault"),
        label("stage", remedy, "stage"));
    for (var climb : listed(care, "climbs")) {
      var fault = label("fault", climb, "fault");
      out.gauge(
          "kedge_climb_rung",
          "On which rung of its ladder a fault stands, from 1.",
          number(climb, "rung"),
          fault,
          label("stage", climb, "stage"));
      out.gauge("kedge_climb_rungs", "Rungs of the fault's ladder.", number(climb, "rungs"), fault);
      out.gauge(
          "kedge_climb_failed",
          "Tries of this rung that did not help.",
          number(climb, "failed_count"),
          fault);
    }
    for (var budget : listed(care, "budgets")) {
      var effect = label("effect", budget, "class");
      var window = new Label(
          "window_seconds",
          number(budget, "window_seconds").map(BigDecimal::toPlainString).orElse(""));
      out.gauge(
          "kedge_budget_limit",
          "Remedies of an effect allowed within the window.",
          number(budget, "limit_count"),
          effect,
          window);
      out.gauge(
          "kedge_budget_used",
          "Remedies of an effect carried out within the window that ends now.",
          number(budget, "used_count"),
          effect,
          window);
    }
  }

  private void babel(Figures babel) {
    text(babel, "run_mode")
        .ifPresent(mode -> out.gauge(
            "kedge_babel_info",
            "Always 1; how babeld is run, and its version.",
            ONE,
            new Label("run_mode", mode),
            label("version", babel, "version")));
    out.gauge(
        "kedge_babel_connected",
        "Whether babeld's socket answers.",
        text(babel, "socket").map(socket -> truth(socket.equals("connected"))));
    out.counter(
        "kedge_babel_malformed_lines_total",
        "Lines of babeld that could not be read.",
        number(babel, "malformed_lines_count"));
    out.gauge(
        "kedge_babel_answer_seconds",
        "From the latest question to the end of babeld's answer.",
        seconds(babel, "answer_milliseconds"));
    out.gauge(
        "kedge_babel_table_age_seconds",
        "Since babeld's table was as told here.",
        number(babel, "table_age_seconds"));
    for (var one : listed(babel, "interfaces")) {
      out.gauge(
          "kedge_babel_interface_up",
          "Whether babeld speaks Babel on the interface.",
          flag(one, "up"),
          label("interface", one, "name"));
    }
    neighbours(babel);
    routes(babel);
    process(section(babel, "process"));
    answers("exit", "the exit", section(babel, "exit"));
    answers("beyond", "an address beyond the exit", section(babel, "beyond"));
  }

  private void neighbours(Figures babel) {
    out.gauge(
        "kedge_babel_neighbours",
        "Neighbours babeld knows, each once.",
        number(babel, "neighbours_count"));
    for (var one : listed(babel, "neighbours")) {
      var who =
          new Label[] {label("neighbour", one, "address"), label("interface", one, "interface")};
      out.gauge(
          "kedge_babel_neighbour_heard",
          "Whether one of the neighbour's last four hellos was heard.",
          flag(one, "heard"),
          who);
      out.gauge(
          "kedge_babel_neighbour_cost",
          "Babel's cost of the link, from both directions; 65535 is infinity.",
          number(one, "cost"),
          who);
      out.gauge(
          "kedge_babel_neighbour_receive_cost",
          "Babel's cost of hearing the neighbour; 65535 is infinity.",
          number(one, "receive_cost"),
          who);
      out.gauge(
          "kedge_babel_neighbour_transmit_cost",
          "Babel's cost of being heard by the neighbour; 65535 is infinity.",
          number(one, "transmit_cost"),
          who);
      out.gauge(
          "kedge_babel_neighbour_round_trip_seconds",
          "Round trip to the neighbour as babeld smooths it.",
          seconds(one, "rtt_milliseconds"),
          who);
    }
  }

  private void routes(Figures babel) {
    out.gauge(
        "kedge_babel_routes",
        "Routes babeld knows, installed or not.",
        number(babel, "routes_count"));
    out.gauge(
        "kedge_babel_routes_installed",
        "Routes babeld believes installed.",
        number(babel, "routes_installed_count"));
    out.gauge(
        "kedge_babel_routes_finite",
        "Installed routes with a finite metric: what is meant to carry packets.",
        number(babel, "routes_finite_count"));
    out.gauge(
        "kedge_babel_routes_exported",
        "Prefixes this node offers itself.",
        number(babel, "routes_exported_count"));
    out.gauge(
        "kedge_babel_routes_kernel",
        "Babel's routes in the kernel, unreachable ones not counted.",
        number(babel, "routes_kernel_count"));
    out.gauge(
        "kedge_babel_routes_unreachable",
        "Babel's unreachable routes in the kernel.",
        number(babel, "routes_unreachable_count"));
    out.gauge(
        "kedge_babel_routes_missing",
        "Routes babeld calls installed that the kernel lacks.",
        number(babel, "routes_missing_count"));
    out.gauge(
        "kedge_babel_routes_stale",
        "Babel's routes in the kernel that nobody stands behind.",
        number(babel, "routes_stale_count"));
  }

  private void process(Figures process) {
    out.gauge(
        "kedge_babel_process_up",
        "Whether babeld's process is there; absent while that cannot be told.",
        text(process, "state")
            .filter(state -> !state.equals("unseen"))
            .map(state -> truth(!state.equals("gone"))));
    out.gauge(
        "kedge_babel_process_descriptors_used",
        "File descriptors babeld has open.",
        number(process, "descriptors_used_count"));
    out.gauge(
        "kedge_babel_process_descriptors_limit",
        "Soft limit of babeld's file descriptors.",
        number(process, "descriptors_limit_count"));
    out.gauge(
        "kedge_babel_process_cpu_ratio",
        "What babeld used of one core over the last seconds.",
        ratio(process, "cpu_percent"));
    out.gauge(
        "kedge_babel_process_processor_wait_ratio",
        "Part of the last seconds that babeld waited for a processor.",
        ratio(process, "processor_wait_percent"));
    out.gauge(
        "kedge_babel_process_socket_clients",
        "Clients on babeld's control socket, Kedge included; it serves four.",
        number(process, "socket_clients_count"));
  }

  private void answers(String who, String inWords, Figures answers) {
    var address = label("address", answers, "address");
    out.gauge(
        "kedge_" + who + "_answers",
        "Whether " + inWords + " answered the last try through the mesh.",
        flag(answers, "answers"),
        address);
    out.gauge(
        "kedge_" + who + "_misses",
        "Tries in a row that " + inWords + " did not answer.",
        number(answers, "misses_count"),
        address);
    out.gauge(
        "kedge_" + who + "_round_trip_seconds",
        "Round trip of the last answer of " + inWords + ".",
        seconds(answers, "rtt_milliseconds"),
        address);
  }

  private void billing(Figures billing) {
    text(billing, "state")
        .ifPresent(now -> BILLING_STATES.forEach(state -> out.gauge(
            "kedge_billing_state",
            "1 for the state billing is in, 0 for the others.",
            Optional.of(truth(state.equals(now))),
            new Label("state", state))));
    out.counter(
        "kedge_billing_entries_total",
        "Entries of the ledger booked in this run.",
        number(billing, "booked_count"));
    out.gauge(
        "kedge_billing_entries_held",
        "Entries that wait in memory for the ledger.",
        number(billing, "held_count"));
    out.gauge(
        "kedge_billing_held_seconds",
        "Since the oldest of them waits; 0 while none does.",
        number(billing, "held_seconds"));
    out.gauge(
        "kedge_billing_unknown_bytes",
        "Booked to stations that nobody knows.",
        number(billing, "unknown_bytes"));
    out.counter(
        "kedge_billing_gap_bytes_total",
        "At most not booked: what the interfaces carried while there were no counters.",
        number(billing, "gaps_bytes"));
    out.gauge(
        "kedge_billing_neighbours",
        "Accounts with neighbours.",
        number(billing, "neighbours_count"));
    out.counter(
        "kedge_billing_all_carried_bytes_total",
        "Carried for all neighbours since the accounts began.",
        number(billing, "carried_bytes"));
    out.counter(
        "kedge_billing_all_handed_bytes_total",
        "Handed to all neighbours since the accounts began.",
        number(billing, "handed_bytes"));
    out.gauge(
        "kedge_billing_all_owes_coins",
        "What those neighbours that owe this node owe together.",
        coins(billing, "owes_wei"));
    out.gauge(
        "kedge_billing_all_owed_coins",
        "What this node owes the other neighbours together.",
        coins(billing, "owed_wei"));
    listed(billing, "neighbours").forEach(this::account);
  }

  private void account(Figures account) {
    var who = label("neighbour", account, "id");
    out.gauge(
        "kedge_billing_neighbour_info",
        "Always 1; what a neighbour calls itself.",
        ONE,
        who,
        label("name", account, "name"));
    out.counter(
        "kedge_billing_carried_bytes_total",
        "What the neighbour handed to this node since its account began.",
        number(account, "carried_bytes"),
        who);
    out.counter(
        "kedge_billing_handed_bytes_total",
        "What this node handed to the neighbour since its account began.",
        number(account, "handed_bytes"),
        who);
    out.gauge(
        "kedge_billing_earned_coins",
        "What the neighbour owes for what was carried, settlements not taken off.",
        coins(account, "earned_wei"),
        who);
    out.gauge(
        "kedge_billing_spent_coins",
        "What this node owes the neighbour, settlements not taken off.",
        coins(account, "spent_wei"),
        who);
    out.gauge(
        "kedge_billing_received_coins",
        "Settled by the neighbour.",
        coins(account, "received_wei"),
        who);
    out.gauge("kedge_billing_paid_coins", "Settled by this node.", coins(account, "paid_wei"), who);
    out.gauge(
        "kedge_billing_owes_coins",
        "What the neighbour owes this node on balance.",
        coins(account, "owes_wei"),
        who);
    out.gauge(
        "kedge_billing_owed_coins",
        "What this node owes the neighbour on balance.",
        coins(account, "owed_wei"),
        who);
    out.gauge(
        "kedge_billing_charges_coins_per_gigabyte",
        "What 10^9 bytes cost the neighbour at most; absent while no route is there.",
        coins(account, "charges_wei_per_gigabyte"),
        who);
    out.gauge(
        "kedge_billing_asks_coins_per_gigabyte",
        "What the neighbour asks for 10^9 bytes at most; absent without a route through it.",
        coins(account, "asks_wei_per_gigabyte"),
        who);
    text(account, "standing")
        .ifPresent(now -> STANDINGS.forEach(standing -> out.gauge(
            "kedge_billing_standing",
            "1 for how the neighbour stands, 0 for the others.",
            Optional.of(truth(standing.equals(now))),
            who,
            new Label("standing", standing))));
    out.gauge(
        "kedge_billing_shaped",
        "Whether the neighbour's traffic is slowed.",
        flag(account, "shaped"),
        who);
    out.gauge(
        "kedge_billing_disputed",
        "Whether the latest statements of the two do not agree.",
        flag(account, "disputed"),
        who);
    var agreed = section(account, "agreed");
    out.gauge(
        "kedge_billing_agreed_statement",
        "Number of the last statement that both signed; absent before the first.",
        number(agreed, "number"),
        who);
    out.gauge(
        "kedge_billing_agreed_carried_bytes",
        "Carried for the neighbour by that statement.",
        number(agreed, "carried_bytes"),
        who);
    out.gauge(
        "kedge_billing_agreed_handed_bytes",
        "Handed to the neighbour by that statement.",
        number(agreed, "handed_bytes"),
        who);
  }

  private void telemetry(Figures telemetry) {
    out.gauge(
        "kedge_telemetry_connected",
        "Whether the way to the broker is connected.",
        flag(telemetry, "connected"),
        label("uplink", telemetry, "uplink"));
    out.gauge(
        "kedge_telemetry_unsent_messages",
        "Messages in the outbox without a confirmation.",
        number(telemetry, "unsent_count"));
    out.gauge(
        "kedge_telemetry_unsent_bytes",
        "Size of the messages without a confirmation.",
        number(telemetry, "unsent_bytes"));
    out.gauge(
        "kedge_telemetry_oldest_unsent_seconds",
        "Age of the oldest message without a confirmation; 0 if there is none.",
        number(telemetry, "oldest_unsent_seconds"));
    out.counter(
        "kedge_telemetry_confirmed_messages_total",
        "Messages the broker confirmed.",
        number(telemetry, "confirmed_count"));
    out.counter(
        "kedge_telemetry_sent_bytes_total",
        "Bodies of messages handed over, repeats included.",
        number(telemetry, "sent_bytes"));
    out.counter(
        "kedge_telemetry_repeated_messages_total",
        "Messages handed over again because no confirmation came.",
        number(telemetry, "repeated_count"));
    out.counter(
        "kedge_telemetry_thinned_messages_total",
        "Messages given up to keep the outbox within its bounds.",
        number(telemetry, "thinned_count"));
    out.counter(
        "kedge_telemetry_torn_messages_total",
        "Damaged messages dropped when the outbox was read.",
        number(telemetry, "torn_count"));
    out.counter(
        "kedge_telemetry_written_bytes_total",
        "Written to flash by the outbox.",
        number(telemetry, "written_bytes"));
    out.gauge(
        "kedge_telemetry_durable",
        "Whether the outbox reaches the flash.",
        flag(telemetry, "durable"));
  }

  private void traffic(Figures traffic) {
    for (var one : listed(traffic, "interfaces")) {
      var name = label("interface", one, "name");
      out.counter(
          "kedge_interface_received_bytes_total",
          "Received since the interface came up.",
          number(one, "received_bytes"),
          name);
      out.counter(
          "kedge_interface_sent_bytes_total",
          "Sent since the interface came up.",
          number(one, "sent_bytes"),
          name);
    }
  }

  private List<Figures> listed(Figures figures, String name) {
    var all = list(figures, name).orElse(List.of());
    leftOut += Math.max(0, all.size() - LISTED);
    return all.stream().limit(LISTED).toList();
  }

  private static Optional<BigDecimal> size(Figures figures, String name) {
    return list(figures, name).map(all -> BigDecimal.valueOf(all.size()));
  }

  private static Optional<List<Figures>> list(Figures figures, String name) {
    return figures.values().get(name) instanceof List<?> list
        ? Optional.of(list.stream()
            .flatMap(one -> one instanceof Figures inner ? Stream.of(inner) : Stream.empty())
            .toList())
        : Optional.empty();
  }

  /** Without any figures if it is not there. */
  private static Figures section(Figures figures, String name) {
    return figures.values().get(name) instanceof Figures inner
        ? inner
        : Figures.builder().build();
  }

  private static Optional<String> text(Figures figures, String name) {
    return figures.values().get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  /** An empty label is the same as none to Prometheus. */
  private static Label label(String label, Figures figures, String name) {
    return new Label(label, text(figures, name).orElse(""));
  }

  private static Optional<BigDecimal> flag(Figures figures, String name) {
    return figures.values().get(name) instanceof Boolean flag
        ? Optional.of(truth(flag))
        : Optional.empty();
  }

  private static BigDecimal truth(boolean is) {
    return is ? BigDecimal.ONE : BigDecimal.ZERO;
  }

  private static Optional<BigDecimal> number(Figures figures, String name) {
    var value = figures.values().get(name);
    if (value instanceof Long whole) {
      return Optional.of(BigDecimal.valueOf(whole));
    }
    // Without the zero behind the point, which would only make it longer.
    return value instanceof Double broken && Double.isFinite(broken)
        ? Optional.of(BigDecimal.valueOf(broken).stripTrailingZeros())
        : Optional.empty();
  }

  /** From wei, which come as text. */
  private static Optional<BigDecimal> coins(Figures figures, String wei) {
    return text(figures, wei)
        .filter(digits -> DIGITS.matcher(digits).matches())
        .map(digits -> new BigDecimal(digits).movePointLeft(18).stripTrailingZeros());
  }

  private static Optional<BigDecimal> seconds(Figures figures, String milliseconds) {
    return number(figures, milliseconds).map(value -> value.movePointLeft(3).stripTrailingZeros());
  }

  private static Optional<BigDecimal> ratio(Figures figures, String percent) {
    return number(figures, percent).map(value -> value.movePointLeft(2).stripTrailingZeros());
  }
}
