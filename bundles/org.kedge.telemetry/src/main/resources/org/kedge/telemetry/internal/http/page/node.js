// The node at a glance: asks it every few seconds and shows what it says; says so when it says nothing.

import { showAccounts, showBillingDay } from "./billing.js";
import { showDay } from "./day.js";
import {
  capital, clock, count, el, isNumber, list, many, moment, part, plain, quiet, rate, show, size, span, table, text,
} from "./parts.js";

const PERIOD = 3000;
const PATIENCE = 5000;
const SLACK = 1500;
const HISTORY_PERIOD = 60_000;
const YOUNG_PERIOD = 10_000;
const INFINITE = 65535;

const SIGNS = new Map([["healthy", "✓"], ["faulty", "!"], ["unsure", "?"], ["starting", "↻"]]);
const MOODS = new Map([["healthy", "good"], ["faulty", "bad"], ["unsure", "doubtful"], ["starting", "calm"]]);
const BLAMES = new Map([
  ["ours", "It is this node's own fault"], ["ours, hardware", "This node's hardware is at fault"],
  ["the exit's", "The exit is at fault, or the way to it"], ["upstream", "The fault lies upstream, beyond the exit"],
]);
const STAGES = new Map([["acting", "being carried out"], ["settling", "done, and its effect waited for"]]);

const place = (id) => document.getElementById(id);
const bit = (words) => (words === undefined ? undefined : el("span", { class: "tag" }, words));
const upTo = (used, limit) => `${count(used)} of ${count(limit)}`;

/** The node in one sentence: without spans, so that it changes, and is read out, only when something did. */
function sentence(said) {
  const name = text(said.node) ?? "This node";
  const care = part(said.care);
  const pause = care.pause_left_seconds === undefined ? "" : " Remedies are paused.";
  const faults = list(said.faults);
  if (faults.length > 0) {
    const [first] = faults;
    const more = faults.length > 1 ? ` ${capital(many(faults.length - 1, "more fault stands", "more faults stand"))}.` : "";
    const since = clock(first.since) === "–" ? "" : `, since ${moment(first.since, said.at)} UTC`;
    return `${name}: ${plain(first.kind)}${since}. ${BLAMES.get(first.blame) ?? "Whose fault it is is not known"}`
      + `${doing(first, care)}.${pause}${more}`;
  }
  if (said.state === "starting") return `${name} is starting: Kedge has not yet looked at everything.`;
  const unknown = list(said.unknown).length;
  if (said.state !== "healthy") {
    return `${name}: nothing is known to be wrong, but ${unknown > 0 ? `${many(unknown, "thing")} could not be judged` : "Kedge is not sure"}.${pause}`;
  }
  const babel = part(said.babel);
  const heard = list(babel.neighbours).filter((one) => one.heard !== false).length;
  const signs = [
    babel.neighbours === undefined ? undefined : `${many(heard, "neighbour")} heard`,
    isNumber(babel.routes_kernel_count) ? `${many(babel.routes_kernel_count, "route")} in the kernel` : undefined,
    part(babel.exit).answers === true ? "the exit answers" : undefined,
  ].filter(Boolean);
  return `${name} is healthy${signs.length > 0 ? `: ${signs.join(", ")}` : ""}.${pause}`;
}

function doing(fault, care) {
  const remedy = part(care.remedy);
  const climb = list(care.climbs).find((one) => one.fault === fault.kind) ?? {};
  if (remedy.fault === fault.kind && text(remedy.name)) return `; ${remedy.name} is under way`;
  if (climb.stage === "resting") return "; Kedge has tried what it may and rests, a person is needed";
  return climb.stage === "held" ? "; its next remedy has to wait" : "";
}

function rung(of) {
  return [isNumber(of.rung) ? `rung ${of.rung}${isNumber(of.rungs) && of.rungs > 0 ? ` of ${of.rungs}` : ""}` : "",
    of.try > 1 ? `try ${count(of.try)}` : ""].filter(Boolean).join(", ") || undefined;
}

function faultCard(fault, said) {
  const climb = list(part(said.care).climbs).find((one) => one.fault === fault.kind);
  const lasting = [`For ${span(fault.lasting_seconds)}`, clock(fault.since) === "–" ? "" : `since ${moment(fault.since, said.at)} UTC`,
    text(fault.layer) ? `layer ${fault.layer}` : ""].filter(Boolean).join(", ");
  return el("article", { class: "card", "data-key": fault.kind },
    el("h3", {}, capital(plain(fault.kind)), bit(text(fault.kind)), bit(text(fault.blame) && `blame: ${fault.blame}`)),
    el("p", {}, text(fault.evidence) ?? "It gave no evidence."),
    text(fault.advice) ? el("p", {}, el("strong", {}, "What to do: "), fault.advice) : undefined,
    climb && text(climb.words) ? el("p", {}, el("strong", {}, "Kedge: "), `${[rung(climb), climb.words].filter(Boolean).join("; ")}.`) : undefined,
    quiet(`${lasting}.`));
}

function hindrances(care) {
  const cards = [];
  if (care.ladder_refused !== undefined) {
    cards.push(el("article", { class: "card warning", "data-key": "ladder" }, el("h3", {}, "Its ladder was refused"),
      el("p", {}, text(care.ladder_refused) ?? "It does not say why."),
      quiet(`Ladder ${text(care.ladder) ?? "not told"} stays in force until a correct one is loaded.`)));
  }
  if (care.pause_left_seconds !== undefined) {
    cards.push(el("article", { class: "card warning", "data-key": "pause" },
      el("h3", {}, "Remedies are paused", bit(`${span(care.pause_left_seconds)} left`)),
      el("p", {}, text(care.pause_reason) ?? "It gave no reason."), quiet("Faults are found and told meanwhile; nothing is done about them.")));
  }
  if (care.remembers === false) {
    cards.push(el("article", { class: "card warning", "data-key": "memory" }, el("h3", {}, "What was tried cannot be written down"),
      el("p", {}, "The flash does not take it. No remedy restarts Kedge or the node until it does.")));
  }
  return cards;
}

function remedies(care) {
  const remedy = part(care.remedy);
  const climbs = list(care.climbs);
  const parts = [];
  if (text(remedy.name)) {
    parts.push(el("article", { class: "card calm", "data-key": "remedy" },
      el("h3", {}, remedy.name, bit(rung(remedy)), bit(text(remedy.effect) && `disturbs: ${remedy.effect}`)),
      el("p", {}, capital(STAGES.get(remedy.stage) ?? text(remedy.stage) ?? "under way"),
        text(remedy.fault) ? `, because ${plain(remedy.fault)}` : "", ` (${span(remedy.lasting_seconds)} so far).`)));
  }
  if (climbs.length > 0) {
    parts.push(table(["Fault", "Rung", "Failed", "Stage", "What comes"], climbs.map((one) => [text(one.fault) ?? "–",
      isNumber(one.rung) ? upTo(one.rung, one.rungs) : "–", count(one.failed_count), text(one.stage) ?? "–", text(one.words) ?? "–"])));
  }
  return parts;
}

function budgets(care) {
  const classes = new Map();
  for (const one of list(care.budgets)) {
    const name = text(one.class) ?? "–";
    classes.set(name, [...classes.get(name) ?? [], el("div", {}, `${upTo(one.used_count, one.limit_count)} per ${span(one.window_seconds)}`,
      one.used_count >= one.limit_count ? el("span", { class: "note" }, "used up") : undefined)]);
  }
  return [...classes];
}

function facts(title, ...pairs) {
  const known = pairs.filter((pair) => pair !== undefined);
  return el("section", { "data-key": title }, el("h2", {}, title),
    el("dl", {}, known.map(([term, value]) => [el("dt", {}, term), el("dd", {}, value)])));
}

function folded(key, title, content) {
  return el("details", { "data-key": key }, el("summary", {}, title), content);
}

/** The last 16 hellos, newest in the highest bit. */
function hellos(reach) {
  if (typeof reach !== "string" || !/^[0-9a-f]{1,4}$/i.test(reach)) return "–";
  const heard = Number.parseInt(reach, 16).toString(2).replaceAll("0", "").length;
  return el("span", { title: `reach ${reach}` }, `${heard} of 16`);
}

function neighbours(babel) {
  const lines = list(babel.neighbours);
  const hidden = isNumber(babel.neighbours_count) ? babel.neighbours_count - lines.length : 0;
  const rows = lines.map((one) => [text(one.interface) ?? "–", text(one.address) ?? "–",
    one.heard === undefined ? "–" : one.heard ? "yes" : el("span", { class: "note" }, "no"),
    one.cost === INFINITE ? el("span", { class: "note" }, "infinite") : el("span", { title: `receive ${count(one.receive_cost)}, transmit ${count(one.transmit_cost)}` }, count(one.cost)),
    hellos(one.reach), isNumber(one.rtt_milliseconds) ? `${one.rtt_milliseconds} ms` : "–"]);
  return [el("h2", {}, "Neighbours"),
    rows.length > 0 ? table(["Interface", "Address", "Heard", "Cost", "Hellos", "Round trip"], rows)
      : quiet(babel.neighbours === undefined ? "Not known." : "There is none."),
    hidden > 0 ? quiet(`and ${hidden} more`) : undefined];
}

function asked(probe) {
  const of = part(probe);
  if (text(of.address) === undefined) return "–";
  if (of.answers === true) return `${of.address} answers${isNumber(of.rtt_milliseconds) ? ` in ${of.rtt_milliseconds} ms` : ""}`;
  return [`${of.address} `, el("span", { class: "note" }, "does not answer"), isNumber(of.misses_count) ? ` ${many(of.misses_count, "miss", "misses")}` : ""];
}

const wrong = (number) => (number > 0 ? el("span", { class: "note" }, count(number)) : count(number));

function routes(babel) {
  return facts("Routes and exit", ["Known to babeld", count(babel.routes_count)], ["Usable (finite)", count(babel.routes_finite_count)],
    ["Installed by babeld", count(babel.routes_installed_count)], ["In the kernel", count(babel.routes_kernel_count)],
    ["Missing in the kernel", wrong(babel.routes_missing_count)], ["Stale in the kernel", wrong(babel.routes_stale_count)],
    ["Exit", asked(babel.exit)], ["Beyond it", asked(babel.beyond)],
    ["Table read", isNumber(babel.table_age_seconds) ? `${span(babel.table_age_seconds)} ago` : "–"]);
}

const UPLINKS = new Map([["mqtt", "MQTT broker"], ["kura", "Kura's cloud connection"], ["none", "none is set"]]);

function uplink(said) {
  const of = part(said.telemetry);
  const unsent = isNumber(of.unsent_count) ? many(of.unsent_count, "message") + (isNumber(of.unsent_bytes) ? `, ${size(of.unsent_bytes)}` : "") : "–";
  return facts("Telemetry", ["By way of", UPLINKS.get(of.uplink) ?? text(of.uplink) ?? "–"],
    ["Connected", of.connected === undefined || of.uplink === "none" ? "–" : of.connected ? "yes" : el("span", { class: "note" }, "no")],
    text(of.last_failure) ? ["Last failure", of.last_failure] : undefined,
    ["Not yet sent", unsent], ["The oldest of them", of.unsent_count > 0 ? `${span(of.oldest_unsent_seconds)} old` : "–"],
    ["Confirmed", `${count(of.confirmed_count)}${isNumber(of.sent_bytes) ? `, ${size(of.sent_bytes)} sent` : ""}`],
    of.durable === false ? ["Kept on flash", el("span", { class: "note" }, "no, in memory only")] : undefined);
}

const CAUSES = new Map([["power", "power failed"], ["planned", "it was stopped"], ["remedy", "care ordered it"],
  ["watchdog", "the timer acted"], ["unknown", "not known"]]);

/** The timer that guards the node, and why Kedge started; nothing where no watchdog tells. */
function watchdog(said) {
  const of = part(said.watchdog), boot = part(of.boot);
  if (of.guarded === undefined) return undefined;
  const starts = [...CAUSES.keys()].filter((cause) => boot[`${cause}_count`] > 0).map((cause) => `${cause} ${count(boot[`${cause}_count`])}`);
  const warn = (words) => el("span", { class: "note" }, words);
  return facts("Watchdog", ["Guarded by", of.guarded ? text(of.identity) ?? of.device : warn(`none: ${text(of.unguarded) ?? "not known why"}`)],
    of.guarded ? ["Acts after", `${span(of.timeout_seconds)} without a pet`] : undefined,
    text(of.unpetted) ? ["Not petted", warn(of.unpetted)] : undefined,
    ...list(of.caveats).map((caveat) => ["But", warn(caveat)]),
    ["Started because", CAUSES.has(boot.cause) ? `${CAUSES.get(boot.cause)}: ${text(boot.evidence) ?? "–"}` : "–"],
    boot.reduced ? ["Reduced start", warn(`${many(boot.unsettled_count, "start")} in a row did not settle`)] : undefined,
    ["Starts by cause", starts.length > 0 ? starts.join(", ") : "–"]);
}

let counted;

/** Rates of this moment come from two answers of the node, by its own steady clock. */
function interfaces(said) {
  const lines = list(part(said.traffic).interfaces).filter((one) => text(one.name));
  const now = { at: said.uptime_seconds, by: new Map(lines.map((one) => [one.name, one])), boot: said.kernel_boot_id };
  if (counted === undefined || counted.boot !== now.boot || now.at > counted.at) {
    now.before = counted?.boot === now.boot ? counted : undefined;
    if (now.before) now.before.before = undefined;
    counted = now;
  }
  const since = (one, name) => {
    const old = counted.before?.by.get(one.name)?.[name];
    return isNumber(old) && one[name] >= old ? rate((one[name] - old) / (counted.at - counted.before.at)) : "–";
  };
  return el("section", { "data-key": "interfaces" }, el("h2", {}, "Interfaces"), lines.length > 0
    ? table(["Interface", "Receives", "Sends", "Received", "Sent"], lines.map((one) => [one.name,
      since(one, "received_bytes"), since(one, "sent_bytes"), size(one.received_bytes), size(one.sent_bytes)]))
    : quiet(said.traffic === undefined ? "Not known." : "There is none."));
}

function machine(said) {
  const [memory, flash, descriptors, clocked] = [part(said.memory), part(said.flash), part(said.descriptors), part(said.clock)];
  return facts("Machine", ["Memory available", `${size(memory.available_bytes)} of ${size(memory.total_bytes)}`],
    ["Kedge in memory", `${size(memory.resident_bytes)}, heap ${size(memory.heap_used_bytes)}`],
    ["Flash free", text(flash.unseen) ?? `${size(flash.free_bytes)} of ${size(flash.total_bytes)}`],
    ["Descriptors", upTo(descriptors.used_count, descriptors.limit_count)],
    ["Node up for", span(said.uptime_seconds)], ["Kedge up for", span(said.runtime_uptime_seconds)],
    ["Clock", clocked.trusted === undefined ? "–" : clocked.trusted ? "trusted"
      : [el("span", { class: "note" }, "not trusted"), ` ${text(clocked.evidence) ?? ""}`]]);
}

function inside(said) {
  const [versions, babel, care, process] = [part(said.versions), part(said.babel), part(said.care), part(part(said.babel).process)];
  const allowed = budgets(care);
  return folded("inside", "Budgets, versions and lanes", [el("div", { class: "columns" },
    facts("Budgets of disturbance", ...(allowed.length > 0 ? allowed : [["–", "none is told"]])),
    facts("babeld", ["Version", text(babel.version) ?? "–"], ["Run as", text(babel.run_mode) ?? "–"], ["Socket", text(babel.socket) ?? "–"],
      ["Process", [isNumber(process.pid) ? `pid ${process.pid}` : "", text(process.state) ?? "–"].filter(Boolean).join(", ")],
      ["Malformed lines", wrong(babel.malformed_lines_count)]),
    facts("Kedge", ["Version", text(versions.kedge) ?? "–"], ["Java", text(versions.java) ?? "–"], ["Kernel", text(versions.kernel) ?? "–"],
      ["Ladder", text(care.ladder) ?? "–"], ["Boots seen", count(care.boots_count)], ["This run", text(said.boot_id) ?? "–"])),
  el("section", {}, el("h2", {}, "Lanes"), list(said.lanes).length > 0
    ? table(["Lane", "Queued", "Refused", "Thrown"], list(said.lanes).map((one) => [text(one.lane) ?? "–",
      upTo(one.queued_count, one.capacity_count), wrong(one.refused_count), wrong(one.thrown_count)])) : quiet("Not known."))]);
}

/** What explains itself by another fault, and what could not be judged: there for who asks. */
function aside(said) {
  const [silenced, unknown] = [list(said.silenced), list(said.unknown)];
  return [
    silenced.length > 0 ? folded("silenced", `${many(silenced.length, "more fault")} that another one explains`,
      table(["Fault", "Explained by", "Evidence"], silenced.map((one) => [capital(plain(one.kind)), plain(one.cause), text(one.evidence) ?? "–"]))) : undefined,
    unknown.length > 0 ? folded("unknown", `${many(unknown.length, "thing")} that could not be judged`,
      table(["Whether", "Why not"], unknown.map((one) => [plain(one.kind), text(one.why) ?? "–"]))) : undefined,
  ];
}

function section(id, title, parts) {
  place(id).hidden = parts.length === 0;
  show(place(id), parts.length === 0 ? [] : [el("h2", {}, title), parts]);
}

function render(said) {
  const name = text(said.node) ?? "this node";
  const state = text(said.state) ?? "unknown";
  const care = part(said.care);
  const faults = list(said.faults);
  const hindered = hindrances(care);
  const mood = MOODS.get(state) ?? "doubtful";
  document.title = `${SIGNS.get(state) ?? "?"} ${name} ${state}${faults.length > 0 ? `: ${plain(faults[0].kind)}` : ""} – Kedge`;
  show(place("name"), `Kedge on ${name}`);
  show(place("clock"), `${clock(said.at)} UTC`);
  show(place("sentence"), sentence(said));
  place("sentence").className = mood === "good" && hindered.length > 0 ? "doubtful" : mood;
  show(place("more"), el("span", { class: `state ${mood}` }, `${SIGNS.get(state) ?? "?"} ${state}`),
    faults.length > 0 ? ` for ${span(faults[0].lasting_seconds)}` : ` Kedge has run for ${span(said.runtime_uptime_seconds)}`);
  section("faults", "What is wrong", faults.map((fault) => faultCard(fault, said)));
  section("hindered", "What keeps it from healing itself", hindered);
  section("remedy", "What is being done", remedies(care));
  show(place("folded"), aside(said));
  show(place("neighbours"), neighbours(part(said.babel)));
  showAccounts(said);
  show(place("facts"), routes(part(said.babel)), uplink(said), watchdog(said), interfaces(said), machine(said));
  show(place("inside"), inside(said));
}

let said;
let heard;
let history;
let historyDue = 0;
let journalSeen;
const begun = performance.now();

async function ask(address) {
  const response = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  if (!response.ok) throw new Error(`it answers ${response.status}`);
  return part(await response.json());
}

/** The history is larger and changes slowly: once a minute, and when care has written something. */
async function askHistory() {
  const written = part(said.care).journal_count;
  if (performance.now() >= historyDue || written !== journalSeen) {
    history = await ask("history").catch(() => history);
    const young = (part(history?.points).age_seconds?.length ?? 0) < 2;
    historyDue = performance.now() + (young ? YOUNG_PERIOD : HISTORY_PERIOD);
    journalSeen = written;
  }
  const standing = new Map(list(said.faults).map((fault) => [String(fault.kind), fault.lasting_seconds]));
  showDay(history, list(history?.journal ?? part(said.care).journal), said.at, standing);
}

function complain() {
  const silence = (performance.now() - (heard ?? begun)) / 1000;
  if (silence * 1000 < PERIOD + SLACK) return;
  show(place("gone"), said === undefined ? `No answer from the node for ${span(silence)}.`
    : `No answer since ${span(silence)}; what is shown is of ${clock(said.at)} UTC. The node may be well or not.`);
  place("gone").hidden = false;
  document.body.classList.add("stale");
  document.title = `no answer – ${text(said?.node) ?? "node"} – Kedge`;
}

async function round() {
  try {
    const answer = await ask("status").catch(() => undefined);
    if (answer === undefined) return;
    said = answer;
    heard = performance.now();
    place("gone").hidden = true;
    document.body.classList.remove("stale");
    render(said);
    await askHistory();
    await showBillingDay(said, ask);
  } finally {
    setTimeout(round, PERIOD);
  }
}

setInterval(complain, 1000);
round();
