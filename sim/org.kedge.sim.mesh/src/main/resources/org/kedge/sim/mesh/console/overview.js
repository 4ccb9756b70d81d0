// The overview: sentence, picture, table of nodes, events.

import {
  blameMark, clock, count, el, events, journal, moment, mood, part, rungWords, sentenceOf, setText, span, stageWords,
  stateMark, timeLineWords, watch,
} from "./common.js";
import { drawMesh, exitWords } from "./mesh.js";
import { TimeLine, ageOfFirst, drawAxis, drawLegend, spanChoice } from "./timeline.js";

const WORDS_LIMIT = 200;

const meshBox = document.getElementById("mesh");
const rows = document.querySelector("#nodes tbody");
const eventList = document.getElementById("events");
const journalList = document.getElementById("journal");
const lineBox = document.getElementById("lines");
const wordsList = document.querySelector("#words ol");
const axis = el("div", { class: "axis" });
const choice = spanChoice(document.getElementById("spans"), () => latest !== undefined && drawLines());
const lines = new Map();
let latest;

const showMesh = part(() => drawMesh(meshBox, latest));
const showJournal = part((lines, day) =>
  journal(journalList, lines, day, "No node has told of a fault or a remedy yet."));
const showWords = part((words, day) => timeLineWords(wordsList, words, day));
const showRows = part((nodes) => rows.replaceChildren(...nodes.map((node) => row(node))));
const showEvents = part((many) => events(eventList, many, "Nothing yet."));

function lineOf(node) {
  const known = lines.get(node.name);
  if (known !== undefined) return known;
  const box = el("div", { class: "box" });
  const state = el("span", {});
  const line = { state, timeLine: new TimeLine(box, node.name) };
  lines.set(node.name, line);
  if (axis.parentElement === null) lineBox.append(el("div", { class: "name" }), axis);
  axis.previousElementSibling.before(el("div", { class: "name" },
    el("a", { href: `/nodes/${encodeURIComponent(node.name)}` }, node.name), state), box);
  return line;
}

const showState = new Map();

function drawLines() {
  choice.reach(ageOfFirst(latest.nodes.map((node) => node.time_line), latest.at));
  const shown = choice.seconds();
  for (const node of latest.nodes) {
    const line = lineOf(node);
    if (showState.get(node.name) !== node.state) {
      showState.set(node.name, node.state);
      line.state.replaceChildren(stateMark(node.state));
    }
    line.timeLine.show(node.time_line, latest.at, shown);
  }
  drawAxis(axis, latest.at, shown);
  const all = [...lines.values()];
  drawLegend(document.getElementById("legend"), [...new Set(all.flatMap((line) => line.timeLine.kinds()))].sort());
  const words = [...lines].flatMap(([node, line]) => line.timeLine.words().map((one) => ({ node, ...one })))
    .sort((one, other) => (one.at < other.at ? 1 : -1)).slice(0, WORDS_LIMIT);
  showWords(words, latest.at.slice(0, 10));
}

function row(node) {
  const snapshot = node.snapshot ?? {};
  const babel = snapshot.babel ?? {};
  const routes = [babel.routes_finite_count, babel.routes_installed_count, babel.routes_kernel_count];
  const usable = count(node.neighbours_count);
  return el("tr", {},
    el("th", { scope: "row" },
      el("a", { href: `/nodes/${encodeURIComponent(node.name)}` }, node.name),
      node.name === latest.exit ? el("span", { class: "tag" }, "exit") : undefined,
      node.expected ? undefined : el("span", { class: "tag" }, "not in the plan")),
    el("td", { "data-label": "State" }, stateMark(node.state)),
    el("td", { "data-label": "Neighbours", class: "figure" },
      node.expected ? `${usable} of ${node.links_count}` : usable),
    el("td", { "data-label": "Routes", class: "figure" }, routes.map(count).join(" / ")),
    el("td", { "data-label": "Faults", class: "wide" }, faults(node)),
    el("td", { "data-label": "Remedy", class: "wide" }, remedy(node)),
    el("td", { "data-label": "Last message", class: "figure" },
      el("span", { "data-age": node.name }, ""),
      node.telemetry_trouble === undefined ? undefined
        : el("div", { class: "evidence" }, node.telemetry_trouble)));
}

function faults(node) {
  const lines = (node.faults ?? []).map((fault, index) => el("div", { class: "fault" },
    el("strong", {}, fault.kind), blameMark(fault.blame),
    el("span", { class: "figure", "data-lasting": node.name, "data-index": index }, ""),
    el("div", { class: "evidence" }, fault.evidence)));
  const odd = (node.oddities ?? []).length;
  if (odd > 0) {
    lines.push(el("div", { class: "evidence" }, `Its message could not be read in full: ${node.oddities[0]}`
      + (odd > 1 ? ` and ${odd - 1} more` : "")));
  }
  if (lines.length > 0) return lines;
  if (node.state === "unsure") {
    const kinds = (node.snapshot?.unknown ?? []).map((entry) => entry.kind).filter(Boolean);
    return el("span", { class: "quiet" }, kinds.length > 0 ? `not judged: ${kinds.join(", ")}` : "–");
  }
  return el("span", { class: "quiet" }, noFaults(node));
}

/** What the node does about its faults now, else what it did last. */
function remedy(node) {
  const lines = [];
  if (node.snapshot?.care?.ladder_refused !== undefined) {
    lines.push(el("div", {}, el("span", { class: "note" }, "ladder refused")));
  }
  if (node.pause_end !== undefined) {
    lines.push(el("div", {}, el("span", { class: "note" }, `paused until ${clock(node.pause_end)}`)));
  }
  if (node.remedy !== undefined) {
    const rung = rungWords(node.remedy);
    lines.push(el("div", {},
      el("strong", {}, node.remedy.name), rung ? el("span", { class: "tag" }, rung) : undefined,
      el("div", { class: "evidence" }, stageWords(node.remedy), el("span", { "data-remedy": node.name }, ""))));
  } else if (node.journal_last !== undefined) {
    const last = node.journal_last;
    lines.push(el("div", { class: "evidence" },
      last.at === undefined ? undefined : el("time", { title: last.at }, `${moment(last.at, latest.at)} `), last.words));
  }
  return lines.length > 0 ? lines : el("span", { class: "quiet" }, "–");
}

function noFaults(node) {
  if (node.state === "late") return "none when last heard";
  return node.state === "healthy" ? "none" : "–";
}

function tick(nodes) {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  for (const cell of rows.querySelectorAll("[data-age]")) {
    const node = byName.get(cell.dataset.age);
    setText(cell, node?.age_seconds === undefined ? "none yet" : `${span(node.age_seconds)} ago`);
  }
  for (const cell of rows.querySelectorAll("[data-lasting]")) {
    const lasting = byName.get(cell.dataset.lasting)?.faults?.[Number(cell.dataset.index)]?.lasting_seconds;
    setText(cell, lasting === undefined ? "" : `for ${span(lasting)}`);
  }
  for (const cell of rows.querySelectorAll("[data-remedy]")) {
    const lasting = byName.get(cell.dataset.remedy)?.remedy?.lasting_seconds;
    setText(cell, lasting === undefined ? "" : `, ${span(lasting)} so far`);
  }
}

function showDamaged(state) {
  const first = state.damaged_first;
  document.getElementById("damaged").hidden = first === undefined;
  if (first === undefined) return;
  setText(document.getElementById("damaged-text"), `${state.damaged_count} since the console started. The first came at `
    + `${first.received_at.slice(11, 19)} UTC on ${first.topic}: ${first.why}. It begins: ${first.excerpt}`);
}

function drawPicture() {
  const states = latest.nodes.map((node) => [node.name, node.state, exitWords(node, latest.exit)]);
  showMesh(states, latest.links, latest.exit, meshBox.clientWidth);
}

watch("/state.json", (state) => {
  latest = state;
  const sentence = document.getElementById("sentence");
  setText(sentence, sentenceOf(state.sentence));
  sentence.className = mood(state.nodes, state.links, state.broker_lost_since !== undefined);
  const well = state.nodes.filter((node) => node.state === "healthy").length;
  document.title = `${well === state.nodes.length ? "✓" : "!"} ${well}/${state.nodes.length} healthy – Kedge`;
  drawPicture();
  drawLines();
  showRows(state.nodes);
  tick(state.nodes);
  showJournal(state.journal, state.at.slice(0, 10));
  showEvents(state.events);
  showDamaged(state);
});

addEventListener("resize", () => {
  if (latest === undefined) return;
  drawPicture();
  drawLines();
});
