// Answers as a node may give them, made up, and what tells the node of this test to give them.

const control = process.env.KEDGE_CONTROL;

async function order(what, body = "") {
  const answer = await fetch(control + what, { method: "POST", body });
  if (!answer.ok) throw new Error(`the node of this test did not ${what}`);
}

export const say = async (status, history = historyOf(status), billingDay = billingDayOf(status)) => {
  await order("history", JSON.stringify(history));
  await order("billing-day", JSON.stringify(billingDay));
  await order("status", typeof status === "string" ? status : JSON.stringify(status));
};
export const stop = () => order("stop");
export const start = () => order("start");

const before = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const MIB = 1024 * 1024;

export function healthy(changes = {}) {
  return {
    schema: "kedge-snapshot", schema_version: 1, node: "roof-7", boot_id: "0c1f.3", kernel_boot_id: "0c1f", sequence: 0,
    at: before(0), uptime_seconds: 900_061.5, runtime_uptime_seconds: 187_312.2, state: "healthy",
    versions: { kedge: "0.1.0", java: "17.0.15", kernel: "6.1.0-18-armmp" },
    faults: [], silenced: [], unknown: [],
    babel: {
      run_mode: "child", version: "babeld-1.12.1", socket: "connected", malformed_lines_count: 0, table_age_seconds: 2.1,
      interfaces: [{ name: "wg1", up: true, addresses: ["fe80::7"] }],
      neighbours_count: 3,
      neighbours: [
        { address: "fe80::1c", interface: "wg1", cost: 96, receive_cost: 96, transmit_cost: 96, reach: "ffff", heard: true, rtt_milliseconds: 4.2 },
        { address: "fe80::2a", interface: "wg3", cost: 288, receive_cost: 256, transmit_cost: 312, reach: "f7fe", heard: true, rtt_milliseconds: 31.7 },
        { address: "fe80::9:1234:5678:9abc", interface: "wlan0", cost: 65535, receive_cost: 65535, transmit_cost: 96, reach: "0003", heard: false },
      ],
      routes_count: 27, routes_installed_count: 14, routes_finite_count: 25, routes_exported_count: 2, routes_kernel_count: 14,
      routes_unreachable_count: 0, routes_missing_count: 0, routes_stale_count: 0,
      process: { pid: 812, state: "sleeping", descriptors_used_count: 14, descriptors_limit_count: 1024, cpu_percent: 0.2 },
      exit: { address: "10.0.0.1", answers: true, misses_count: 0, rtt_milliseconds: 22.4 },
      beyond: { address: "192.0.2.53", answers: true, misses_count: 0, rtt_milliseconds: 38.1 },
    },
    care: {
      ladder: "built-in 1", boots_count: 12, remembers: true, climbs: [],
      budgets: [
        { class: "none", limit_count: 30, window_seconds: 600, used_count: 2 },
        { class: "capability", limit_count: 20, window_seconds: 3600, used_count: 0 },
        { class: "traffic", limit_count: 6, window_seconds: 86_400, used_count: 3 },
        { class: "node", limit_count: 1, window_seconds: 1800, used_count: 0 },
        { class: "node", limit_count: 4, window_seconds: 86_400, used_count: 1 },
      ],
      journal_count: 31, journal: [],
    },
    clock: { trusted: true, evidence: "plausible and no step seen since the start" },
    memory: { total_bytes: 512 * MIB, available_bytes: 311 * MIB, resident_bytes: 71 * MIB, heap_used_bytes: 9 * MIB },
    flash: { free_bytes: 3_100 * MIB, total_bytes: 7_400 * MIB },
    descriptors: { used_count: 61, limit_count: 1024 },
    lanes: [{ lane: "care", queued_count: 0, capacity_count: 64, refused_count: 0, thrown_count: 0, busy_seconds: 0 },
      { lane: "babel", queued_count: 1, capacity_count: 256, refused_count: 0, thrown_count: 0, busy_seconds: 0.01 }],
    telemetry: {
      uplink: "mqtt", connected: true, unsent_count: 0, unsent_bytes: 0, confirmed_count: 3122, sent_bytes: 11_400_000, repeated_count: 1,
      thinned_count: 0, torn_count: 0, written_bytes: 12_100_000, durable: true,
    },
    billing: billing(),
    traffic: { interfaces: [{ name: "wg1", received_bytes: 81_234_567_890, sent_bytes: 12_345_678_901 },
      { name: "wg3", received_bytes: 3_456_789, sent_bytes: 99_456_789 }, { name: "wlan0", received_bytes: 12, sent_bytes: 0 }] },
    ...changes,
  };
}

const KEY = "3vKx81Qa6789abcdefghijABCDEFGHIJ0123456789-";

/** A debtor, one that is owed, one that does not speak Kedge. */
export function billing(changes = {}) {
  return {
    state: "ok", own_key: "key:0123456789abcdefghijABCDEFGHIJ0123456789-_x", booked_count: 4_711, held_count: 0, held_seconds: 0,
    unknown_bytes: 1_200_000, gaps_bytes: 0, neighbours_count: 4, carried_bytes: 90_123_456_789, handed_bytes: 12_345_678_901,
    owes_wei: "3250000000000000001", owed_wei: "420000000000000",
    neighbours: [
      { id: `key:${KEY}`, short_id: "3vKx81Qa", name: "roof-8", links: ["wg1 fe80::1c", "wlan0 fe80::9:1234:5678:9abc"], carried_bytes: 81_234_567_890,
        handed_bytes: 2_345_678_901, earned_wei: "4250000000000000001", spent_wei: "0", received_wei: "1000000000000000000", paid_wei: "0",
        owes_wei: "3250000000000000001", owed_wei: "0", charges_wei_per_gigabyte: "40000000000000000", asks_wei_per_gigabyte: "20000001000000000",
        standing: "overdue", shaped: true, why: "owes 3.25 coins, more than 3.00 for 2 h", disputed: true,
        agreed: { number: 88, at: before(700), carried_bytes: 81_000_000_000, handed_bytes: 2_300_000_000, earned_wei: "4", owed_wei: "0" } },
      { id: `key:Z${KEY.slice(1)}`, short_id: "ZvKx81Qa", name: "barn", links: ["wg3 fe80::2a"], carried_bytes: 8_888_888_899, handed_bytes: 10_000_000_000,
        earned_wei: "0", spent_wei: "420000000000000", received_wei: "0", paid_wei: "0", owes_wei: "0", owed_wei: "420000000000000",
        charges_wei_per_gigabyte: "20000000000000000", standing: "due", shaped: false, why: "this node should pay", disputed: false },
      { id: "link:wg4/fe80::77", short_id: "wg4/fe80::77", links: [], carried_bytes: 12, handed_bytes: 0, earned_wei: "7", spent_wei: "0",
        received_wei: "0", paid_wei: "0", owes_wei: "7", owed_wei: "0", standing: "good", shaped: false, disputed: false },
    ],
    ...changes,
  };
}

/** What the neighbours of a node had carried and handed over, in steps of ten minutes. */
export function billingDayOf(status) {
  // The last step is not over yet.
  const hum = (index, most) => index === 143 ? 1 : Math.round(most * (0.5 + 0.5 * Math.sin(index / 19)));
  return {
    step_seconds: 600, from: before(86_000),
    neighbours: (status?.billing?.neighbours ?? []).map((one, number) => ({ id: one.id, name: one.name,
      carried_bytes: Array.from({ length: 144 }, (any, index) => hum(index, 6e8 / (number + 1))),
      handed_bytes: Array.from({ length: 144 }, (any, index) => hum(index + 40, 6e7 / (number + 1))) })),
  };
}

const SILENT = {
  kind: "BABEL_SILENT", layer: "babel", blame: "ours", since: before(252), lasting_seconds: 252,
  evidence: "babeld (pid 812, stopped) gives no answer on its socket for 4 min 12 s; descriptors 14 of 1024",
  advice: "If Kedge's restart does not help: look at its state, its descriptors and the processor in the evidence.",
};

export function faulty(changes = {}) {
  const usual = healthy();
  return {
    ...usual, state: "faulty",
    faults: [SILENT,
      { kind: "LINK_DOWN", layer: "link", blame: "ours, hardware", since: before(3_700), lasting_seconds: 3_700,
        evidence: "wlan0 has no carrier", advice: "Check the cable, the radio and the power at both ends of the link." },
      { kind: "UPLINK_OUT", layer: "uplink", blame: "upstream", since: before(61), lasting_seconds: 61,
        evidence: "192.0.2.53 missed 6 tries, and the exit 10.0.0.1 answers in 22 ms",
        advice: "Call the provider behind the exit; nothing on this node mends it." }],
    silenced: [{ kind: "NO_ROUTES", layer: "babel", blame: "ours", since: before(250), lasting_seconds: 250, evidence: "no finite route is installed",
      advice: "", cause: "BABEL_SILENT" }],
    unknown: [{ kind: "ROUTES_DIVERGED", why: "the last dump is 252 s old" }],
    care: {
      ...usual.care, journal_count: 40,
      remedy: { name: "restart-babeld", effect: "traffic", fault: "BABEL_SILENT", rung: 2, rungs: 4, try: 1, tries: 2, stage: "settling", lasting_seconds: 7.4 },
      climbs: [{ fault: "BABEL_SILENT", rung: 2, rungs: 4, failed_count: 1, stage: "climbing" },
        { fault: "LINK_DOWN", rung: 1, rungs: 1, failed_count: 1, stage: "resting", words: "rests; looks again in 9 min" }],
    },
    telemetry: { uplink: "mqtt", connected: false, last_failure: "Unable to connect to server (connection refused)", unsent_count: 212,
      unsent_bytes: 802_133, oldest_unsent_seconds: 12_660, confirmed_count: 2, sent_bytes: 9_000, durable: false },
    ...changes,
  };
}

export function resting() {
  return faulty({ faults: [{ ...SILENT, lasting_seconds: 5_000 }], silenced: [], unknown: [], care: { ...healthy().care, journal_count: 44,
    climbs: [{ fault: "BABEL_SILENT", rung: 4, rungs: 4, failed_count: 1, stage: "resting", words: "rests; looks again in 29 min" }] } });
}

export function paused() {
  return healthy({ care: { ...healthy().care, pause_left_seconds: 1_312, pause_reason: "new antenna on the north roof",
    ladder_refused: "line 4: rung reboot-node has effect node, but the budget of node is missing" } });
}

export const starting = () => ({ schema: "kedge-snapshot", schema_version: 1, node: "roof-7", at: before(0), state: "starting",
  uptime_seconds: 61, runtime_uptime_seconds: 1.2, versions: {} });

export const HOSTILE = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>`;

export function hostile() {
  const usual = faulty();
  return { ...usual, node: HOSTILE, faults: [{ kind: `constructor ${HOSTILE}`, blame: HOSTILE, evidence: HOSTILE + "W".repeat(200), advice: HOSTILE, layer: HOSTILE,
    since: "2027-03-14T12:00:00Z", lasting_seconds: 12 }],
    babel: { ...usual.babel, neighbours: [{ address: HOSTILE, interface: HOSTILE, cost: HOSTILE, reach: HOSTILE }], version: HOSTILE, exit: { address: HOSTILE, answers: false } },
    care: { ...usual.care, pause_left_seconds: 4, pause_reason: HOSTILE, remedy: { name: HOSTILE, stage: "__proto__", fault: "toString" },
      journal: [{ number: 1, at: before(60), kind: "__proto__", fault: HOSTILE, words: HOSTILE }] },
    telemetry: { uplink: "constructor", last_failure: HOSTILE },
    billing: billing({ state: HOSTILE, trouble: HOSTILE, neighbours: [{ ...billing().neighbours[0], id: HOSTILE, short_id: HOSTILE, name: HOSTILE, why: HOSTILE,
      links: [HOSTILE, 7], standing: HOSTILE, owes_wei: HOSTILE, agreed: { number: 1, at: HOSTILE } }] }) };
}

/** Every part of the wrong type or absent. */
export const mangled = () => ({ state: "faulty", node: 7, at: "soon", faults: [null, 3, {}, { kind: null, lasting_seconds: "long" }], silenced: "no",
  babel: { neighbours: [{}], exit: [], process: null }, care: { remedy: [], climbs: {}, budgets: [{}], journal: [{}, null] }, telemetry: null,
  traffic: { interfaces: [{ name: "a" }, 5] },
  billing: { state: 4, neighbours: [{}, { links: 7, carried_bytes: "x", owes_wei: -3, agreed: [] }, null], held_count: "x" }, lanes: [{}], memory: 4, versions: null });

export const mangledDay = () => ({ step_seconds: 600, from: before(86_400), neighbours: [{}, null, { id: 3, carried_bytes: "xx", handed_bytes: [null, "x"] }] });

const entry = (number, age, kind, fault, remedy, words) => ({ number, at: before(age), kind, fault, remedy, words });

export function historyOf(status, minutes = 1440) {
  const ages = Array.from({ length: minutes }, (one, index) => (minutes - 1 - index) * 60 + 20);
  const wave = (index, day) => 0.5 + 0.5 * Math.sin((index / minutes) * 6.28 * day + 1);
  return {
    schema: "kedge-history", schema_version: 1, node: "roof-7", at: before(0), period_seconds: 60,
    points: {
      age_seconds: ages,
      received_bytes_per_second: ages.map((age, index) => (index === 0 ? null : Math.round(2_400_000 * wave(index, 1) ** 3 + 90_000 * wave(index, 97) + (index % 211 === 0 ? 1_900_000 : 0)))),
      sent_bytes_per_second: ages.map((age, index) => (index === 0 ? null : Math.round(800_000 * wave(index, 1) ** 2 + 60_000 * wave(index, 61)))),
      memory_available_bytes: ages.map((age, index) => Math.round((300 + 22 * wave(index, 3)) * MIB)),
      memory_resident_bytes: ages.map((age, index) => Math.round((66 + 5 * Math.min(1, index / 600)) * MIB)),
      memory_heap_used_bytes: ages.map((age, index) => Math.round((6 + (index % 37) / 9) * MIB)),
    },
    journal: [
      entry(14, 80_000, "boot", undefined, undefined, "The node has booted, boot 12 that Kedge has seen"),
      entry(15, 61_204, "found", "ROUTES_DIVERGED", undefined, "ROUTES_DIVERGED, ours: the kernel lacks 3 routes that babeld calls installed"),
      entry(16, 61_203, "ordered", "ROUTES_DIVERGED", "put-back-routes", "put-back-routes, rung 1 of 4, for ROUTES_DIVERGED"),
      entry(17, 61_203, "done", "ROUTES_DIVERGED", "put-back-routes", "Put 3 routes back, rung 1 of 4, for ROUTES_DIVERGED: 3 of 3; looked at for up to 2 s"),
      entry(18, 61_202, "helped", "ROUTES_DIVERGED", "put-back-routes", "Put 3 routes back, rung 1 of 4, for ROUTES_DIVERGED; helped after 1 s"),
      entry(19, 61_199, "over", "ROUTES_DIVERGED", undefined, "ROUTES_DIVERGED is over after 5 s"),
      entry(20, 40_000, "found", "EXIT_DEAF", undefined, "EXIT_DEAF, the exit's: 10.0.0.1 missed 3 tries"),
      entry(21, 33_000, "over", "EXIT_DEAF", undefined, "EXIT_DEAF is over after 1 h 56 min"),
      entry(22, 20_000, "pause", undefined, undefined, "Remedies are held back for 30 min: new antenna on the north roof"),
      entry(23, 18_200, "pause", undefined, undefined, "Remedies are ordered again: the pause is over"),
      ...(list(status).length > 0 ? [
        entry(24, 3_700, "found", "LINK_DOWN", undefined, "LINK_DOWN, ours, hardware: wlan0 has no carrier"),
        entry(25, 252, "found", "BABEL_SILENT", undefined, "BABEL_SILENT, ours: babeld gives no answer on its socket"),
        entry(26, 250, "ordered", "BABEL_SILENT", "reopen-babel-socket", "reopen-babel-socket, rung 1 of 4, for BABEL_SILENT"),
        entry(27, 246, "not_helped", "BABEL_SILENT", "reopen-babel-socket", "Reopened the socket, rung 1 of 4, for BABEL_SILENT; did not help within 2 s"),
        entry(28, 7, "ordered", "BABEL_SILENT", "restart-babeld", "restart-babeld, rung 2 of 4, for BABEL_SILENT, try 1 of 2"),
      ] : []),
    ],
  };
}

const list = (status) => (Array.isArray(status?.faults) ? status.faults : []);
