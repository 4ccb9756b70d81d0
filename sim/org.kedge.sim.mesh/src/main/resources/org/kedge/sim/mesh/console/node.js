// One node: what is wrong with it and what to do, then everything it said.

import {
  blameMark, clock, count, el, events, journal, mood, part, rungWords, setText, size, span, stageWords, stateMark,
  timeLineWords, watch,
} from "./common.js";
import { TimeLine, ageOfFirst, drawAxis, drawLegend, spanChoice } from "./timeline.js";

const main = document.getElementById("node");
const name = decodeURIComponent(location.pathname.split("/").pop());

function section(title, ...content) {
  return el("section", {}, el("h2", {}, title), ...content);
}

function facts(...pairs) {
  return el("dl", {}, ...pairs.flatMap(([term, value]) => [el("dt", {}, term), el("dd", {}, value)]));
}

function table(heads, rows, none) {
  if (rows.length === 0) return el("p", { class: "quiet" }, none);
  return el("table", { class: "stacking" },
    el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell, index) =>
      index === 0 ? el("th", { scope: "row" }, cell) : el("td", { "data-label": heads[index] }, cell))))));
}

function faultCard(fault, index) {
  return el("article", { class: "card" },
    el("h3", {}, fault.kind, blameMark(fault.blame)),
    el("p", {}, fault.evidence || "It gave no evidence."),
    fault.advice ? el("p", {}, el("strong", {}, "What to do: "), fault.advice) : undefined,
    el("p", { class: "quiet" }, el("span", { "data-lasting": index }, ""),
      fault.since ? `since ${clock(fault.since)} UTC by its own clock` : "",
      fault.layer ? `, layer ${fault.layer}` : ""));
}

function oddities(node) {
  if ((node.oddities ?? []).length === 0) return undefined;
  return section("Its last message could not be read in full",
    el("ul", {}, ...node.oddities.map((line) => el("li", {}, line))));
}

function faults(node, snapshot) {
  const parts = [section("Faults", ...(node.faults.length > 0 ? node.faults.map(faultCard)
    : [el("p", { class: "quiet" }, "None stands.")]))];
  const silenced = snapshot.silenced ?? [];
  if (silenced.length > 0) {
    parts.push(section("Stand as well, but another fault explains them", table(["Fault", "Explained by", "Blame", "Evidence"],
      silenced.map((entry) => [entry.kind ?? "–", entry.cause ?? "–", entry.blame ?? "–", entry.evidence ?? "–"]), "")));
  }
  const unknown = snapshot.unknown ?? [];
  if (unknown.length > 0) {
    parts.push(section("Could not be judged", table(["Fault", "Why"],
      unknown.map((entry) => [entry.kind ?? "–", entry.why ?? "–"]), "")));
  }
  return parts;
}

/** What keeps the node from healing itself as it should. */
function hindrances(node, care) {
  const cards = [];
  if (care.ladder_refused !== undefined) {
    cards.push(el("article", { class: "card warning" }, el("h3", {}, "Its ladder was refused"),
      el("p", {}, care.ladder_refused || "It does not say why."),
      el("p", { class: "quiet" }, `Ladder ${care.ladder ?? "not told"} stays in force until a correct one is loaded.`)));
  }
  if (node.pause_end !== undefined) {
    cards.push(el("article", { class: "card warning" },
      el("h3", {}, `Remedies are paused until ${clock(node.pause_end)} UTC`, el("span", { class: "figure", "data-pause": "" }, "")),
      el("p", {}, care.pause_reason || "It gave no reason."),
      el("p", { class: "quiet" }, "Faults are found and reported meanwhile; nothing is done about them.")));
  }
  return cards.length > 0 ? section("Hindered", ...cards) : undefined;
}

function remedyCard(remedy) {
  const rung = rungWords(remedy);
  return el("article", { class: "card calm" },
    el("h3", {}, remedy.name, rung ? el("span", { class: "blame" }, rung) : undefined),
    el("p", {}, stageWords(remedy), el("span", { "data-remedy": "" }, "")));
}

function rungCell(climb) {
  return climb.rung === undefined ? "–" : `${climb.rung} of ${count(climb.rungs)}`;
}

/** Limits of one class stand together: {@code 0 of 1 per 30 min, 2 of 4 per 1 d}. */
function budgets(care) {
  const classes = new Map();
  for (const budget of care.budgets ?? []) {
    const used = budget.used_count >= budget.limit_count;
    const words = `${count(budget.used_count)} of ${count(budget.limit_count)} per ${span(budget.window_seconds)}`;
    const name = budget.class ?? "–";
    classes.set(name, [...classes.get(name) ?? [], el("div", {}, words,
      used ? el("span", { class: "note" }, "used up") : undefined)]);
  }
  return classes.size > 0 ? facts(...classes)
    : el("p", { class: "quiet" }, care.budgets === undefined ? "Its message does not tell." : "It has none.");
}

function remedies(node, care) {
  return section("Remedies",
    node.remedy === undefined ? el("p", { class: "quiet" }, "None is under way.") : remedyCard(node.remedy),
    (care.climbs ?? []).length === 0 ? undefined : table(["Fault", "Rung", "Failed", "Stage", "What comes"],
      care.climbs.map((climb) => [climb.fault ?? "–", rungCell(climb), count(climb.failed_count),
        climb.stage ?? "–", climb.words ?? "–"]), ""),
    el("h3", { class: "part" }, "Budgets of disruption"), budgets(care),
    el("p", { class: "key" }, `Ladder ${care.ladder ?? "not told"}, boots ${count(care.boots_count)}`));
}

function journalOf(care, day) {
  const lines = (care.journal ?? []).filter((line) => line.words !== undefined).reverse();
  const list = el("ol", { class: "timeline" });
  journal(list, lines, day, care.journal === undefined ? "Its message does not tell." : "Nothing yet.");
  const more = care.journal_count > lines.length ? el("p", { class: "key" },
    `The last ${lines.length} of ${care.journal_count}.`) : undefined;
  return section("Journal", list, more);
}

function neighbours(babel, links, farEnds) {
  const rows = (babel.neighbours ?? []).map((line) => [
    line.interface ?? "–", farEnds[line.interface] ?? "–", line.address ?? "–",
    line.heard === undefined ? "–" : line.heard ? "yes" : "no",
    line.cost === 65535 ? "infinite" : count(line.cost),
    `${count(line.receive_cost)} / ${count(line.transmit_cost)}`,
    line.reach ?? "–",
    typeof line.rtt_milliseconds === "number" ? `${line.rtt_milliseconds} ms` : "–",
  ]);
  const lost = links.filter((link) => (link.one === name ? link.one_end : link.other_end).opinion === "unusable")
    .map((link) => (link.one === name ? link.other : link.one));
  return section("Neighbours",
    lost.length > 0 ? el("p", { class: "raised" }, `No usable neighbour towards ${lost.join(", ")}.`) : undefined,
    table(["Interface", "Node", "Address", "Heard", "Cost", "Receive / transmit", "Reach", "Round trip"], rows,
      babel.neighbours === undefined ? "Its message does not tell." : "It has none."));
}

function routes(babel) {
  return section("Routes", facts(
    ["In babeld's table", count(babel.routes_count)],
    ["With a finite metric", count(babel.routes_finite_count)],
    ["Installed by babeld", count(babel.routes_installed_count)],
    ["Present in the kernel", count(babel.routes_kernel_count)],
    ["Missing in the kernel", count(babel.routes_missing_count)],
    ["Stale in the kernel", count(babel.routes_stale_count)],
    ["Table read", babel.table_age_seconds === undefined ? "–" : `${span(babel.table_age_seconds)} before the message`],
    ["Malformed lines", count(babel.malformed_lines_count)]));
}

function asked(probe) {
  if (probe === undefined) return "not told";
  const answer = probe.answers === undefined ? "not told whether it answers"
    : probe.answers ? "answers" : "does not answer";
  const trip = probe.answers && typeof probe.rtt_milliseconds === "number" ? ` in ${probe.rtt_milliseconds} ms` : "";
  return `${probe.address ?? "no address"} ${answer}${trip}`;
}

function babelFacts(babel) {
  const process = babel.process ?? {};
  return section("Babel", facts(
    ["Run as", babel.run_mode ?? "–"],
    ["Socket", babel.socket ?? "–"],
    ["Process", process.pid === undefined ? "–" : `pid ${process.pid}, ${process.state ?? "state unknown"}`],
    ["Descriptors", `${count(process.descriptors_used_count)} of ${count(process.descriptors_limit_count)}`],
    ["Processor", typeof process.cpu_percent === "number" ? `${process.cpu_percent} %` : "–"],
    ["Exit", asked(babel.exit)], ["Beyond", asked(babel.beyond)],
    ["Interfaces", (babel.interfaces ?? []).map((one) =>
      el("div", {}, `${one.name ?? "–"} ${one.up === undefined ? "" : one.up ? "up" : "down"} `
        + (one.addresses ?? []).join(" ")))]));
}

function machine(snapshot) {
  const memory = snapshot.memory ?? {};
  const flash = snapshot.flash ?? {};
  const descriptors = snapshot.descriptors ?? {};
  return section("Machine", facts(
    ["Memory available", `${size(memory.available_bytes)} of ${size(memory.total_bytes)}`],
    ["Kedge in memory", `${size(memory.resident_bytes)}, heap ${size(memory.heap_used_bytes)}`],
    ["Flash free", `${size(flash.free_bytes)} of ${size(flash.total_bytes)}`],
    ["Descriptors", `${count(descriptors.used_count)} of ${count(descriptors.limit_count)}`],
    ["Up for", span(snapshot.uptime_seconds)],
    ["Runtime up for", span(snapshot.runtime_uptime_seconds)],
    ["Clock", snapshot.clock?.trusted === undefined ? "–"
      : `${snapshot.clock.trusted ? "trusted" : "not trusted"}${snapshot.clock.evidence ? `: ${snapshot.clock.evidence}` : ""}`]));
}

function versions(snapshot, node) {
  const versions = snapshot.versions ?? {};
  return section("Versions", facts(
    ["Kedge", versions.kedge ?? "–"], ["Java", versions.java ?? "–"],
    ["Kernel", versions.kernel ?? "–"], ["babeld", snapshot.babel?.version ?? "–"],
    ["Boot", snapshot.boot_id ?? "–"], ["Restarts seen", count(node.restarts_count)],
    ["Message", `${count(snapshot.sequence)}, marked ${clock(snapshot.at)} UTC`]));
}

function lanes(snapshot) {
  return section("Lanes", table(["Lane", "Queued", "Refused", "Thrown"],
    (snapshot.lanes ?? []).map((lane) => [lane.lane ?? "–",
      `${count(lane.queued_count)} of ${count(lane.capacity_count)}`,
      count(lane.refused_count), count(lane.thrown_count)]), "Its message does not tell."));
}

const slots = new Map();

/** Puts sections in their place, anew only when what they show has changed: the rest of the page stays as it is. */
function put(name, data, build) {
  let slot = slots.get(name);
  if (slot === undefined) {
    const box = el("div", { class: "slot" });
    main.append(box);
    slot = {};
    slot.show = part(() => box.replaceChildren(...[slot.build()].flat().filter(Boolean)));
    slots.set(name, slot);
  }
  slot.build = build;
  slot.show(data ?? null);
}

const lineBox = el("div", { class: "box" });
const axis = el("div", { class: "axis" });
const legend = el("p", { class: "key" });
const spans = el("div", { class: "spans", role: "group", "aria-label": "How far the time line goes back" });
const words = el("ol", { class: "events own", tabindex: "0", "aria-label": "What the time line shows, newest first" });
const timeLine = new TimeLine(lineBox, name);
const choice = spanChoice(spans, () => latest !== undefined && drawLine());
const showWords = part((many, day) => timeLineWords(words, many, day));
let latest;

function timeLineSection() {
  return el("section", { "aria-label": "Time line" },
    el("div", { class: "head" }, el("h2", {}, "Time line"), spans),
    el("div", { class: "lines one" }, lineBox, axis), legend,
    el("details", {}, el("summary", {}, "The same as a list"), words));
}

function drawLine() {
  const line = latest.node.time_line;
  choice.reach(ageOfFirst([line], latest.at));
  timeLine.show(line, latest.at, choice.seconds());
  drawAxis(axis, latest.at, choice.seconds());
  drawLegend(legend, timeLine.kinds());
  showWords(timeLine.words(), latest.at.slice(0, 10));
}

function yesNo(value) {
  return value === undefined ? "–" : value ? "yes" : "no";
}

/** How its words get here. */
function telemetry(node, told) {
  const presence = node.presence;
  const trouble = node.telemetry_trouble === undefined ? undefined
    : el("p", { class: "raised" }, `${node.telemetry_trouble.slice(0, 1).toUpperCase()}${node.telemetry_trouble.slice(1)}.`);
  if (told === undefined && presence === undefined) {
    return section("Telemetry", trouble, el("p", { class: "quiet" }, "Its message does not tell."));
  }
  const says = ["Says it is", presence === undefined ? "–" : `${presence.state}, since ${clock(presence.at)} UTC`];
  if (told === undefined) return section("Telemetry", trouble, facts(says));
  return section("Telemetry", trouble, facts(
    says,
    ["Uplink", told.uplink ?? "–"], ["Connected", yesNo(told.connected)],
    ["Last failure", told.last_failure ?? "none told"],
    ["Unsent", told.unsent_count > 0 ? `${told.unsent_count} messages, ${size(told.unsent_bytes)}` : count(told.unsent_count)],
    ["Oldest unsent", told.unsent_count > 0 ? span(told.oldest_unsent_seconds) : "–"],
    ["Confirmed", count(told.confirmed_count)], ["Handed over again", count(told.repeated_count)],
    ["Thinned out", count(told.thinned_count)], ["Torn", count(told.torn_count)],
    ["Sent", size(told.sent_bytes)], ["Written to flash", size(told.written_bytes)],
    ["Outlives a power cut", yesNo(told.durable)]));
}

function traffic(told, farEnds) {
  return section("Traffic", table(["Interface", "Node", "Received", "Sent"], (told?.interfaces ?? []).map((one) =>
    [one.name ?? "–", farEnds[one.name] ?? "–", size(one.received_bytes), size(one.sent_bytes)]), "Its message does not tell."));
}

function showNode(node, links, happened, day) {
  const { snapshot, far_ends: farEnds = {} } = node;
  const told = snapshot !== undefined;
  const { babel = {}, care } = snapshot ?? {};
  const ifTold = (build) => (told ? build() : undefined);
  put("none", told, () => (told ? undefined
    : el("p", {}, "No snapshot has come from this node since the console started.")));
  put("oddities", node.oddities, () => oddities(node));
  put("faults", [node.faults, node.pause_end, snapshot?.silenced, snapshot?.unknown, care?.ladder_refused, care?.pause_reason],
    () => ifTold(() => [hindrances(node, care ?? {}), ...faults(node, snapshot)]));
  put("time line", "once", timeLineSection);
  put("remedies", [node.remedy, care?.climbs, care?.budgets, care?.ladder, care?.boots_count],
    () => (care === undefined ? undefined : remedies(node, care)));
  put("journal", [care?.journal, care?.journal_count, day], () => (care === undefined ? undefined : journalOf(care, day)));
  put("neighbours", [babel.neighbours, links, farEnds], () => ifTold(() => neighbours(babel, links, farEnds)));
  put("figures", snapshot, () => ifTold(() => el("div", { class: "columns" }, routes(babel), babelFacts(babel), machine(snapshot),
    versions(snapshot, node), telemetry(node, snapshot.telemetry), traffic(snapshot.traffic, farEnds))));
  put("lanes", snapshot?.lanes, () => ifTold(() => lanes(snapshot)));
  put("events", happened, () => {
    const list = el("ol", { class: "events" });
    events(list, happened, "Nothing yet.");
    return section("Recent events", list);
  });
}

function tick(node) {
  for (const cell of main.querySelectorAll("[data-lasting]")) {
    const lasting = node.faults?.[Number(cell.dataset.lasting)]?.lasting_seconds;
    setText(cell, lasting === undefined ? "" : `For ${span(lasting)}, `);
  }
  for (const cell of main.querySelectorAll("[data-remedy]")) {
    const lasting = node.remedy?.lasting_seconds;
    setText(cell, lasting === undefined ? "" : `, ${span(lasting)} so far`);
  }
  for (const cell of main.querySelectorAll("[data-pause]")) {
    setText(cell, `${span(node.pause_left_seconds)} left`);
  }
  const delay = node.delay_seconds > 5 ? `; it was ${span(node.delay_seconds)} old when it came` : "";
  const heard = document.getElementById("heard");
  heard.replaceChildren(stateMark(node.state), node.age_seconds === undefined ? " no message yet"
    : ` last message ${span(node.age_seconds)} ago${delay}`);
}

watch(`/nodes/${encodeURIComponent(name)}.json`, (state) => {
  const { node, links } = state;
  const sentence = document.getElementById("sentence");
  const broker = state.broker_lost_since === undefined ? ""
    : ` The console has had no connection to the broker since ${clock(state.broker_lost_since)} UTC.`;
  setText(sentence, state.sentence + broker);
  sentence.className = mood([node], links, state.broker_lost_since !== undefined);
  document.title = `${node.name} ${node.state} – Kedge`;
  latest = state;
  showNode(node, links, state.events, state.at.slice(0, 10));
  drawLine();
  tick(node);
});

addEventListener("resize", () => {
  if (latest !== undefined) drawLine();
});
