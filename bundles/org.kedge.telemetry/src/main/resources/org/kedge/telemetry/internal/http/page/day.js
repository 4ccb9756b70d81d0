// The last day: what happened as a time line with a list beside it, and charts over the same hours.

import { capital, clock, el, isNumber, list, many, markOf, moment, part, plain, rate, show, size, svg, text } from "./parts.js";

const HOUR = 3600;
const WINDOWS = [[HOUR, 600, "The last hour"], [6 * HOUR, HOUR, "The last 6 hours"], [24 * HOUR, 4 * HOUR, "The last 24 hours"]];
const LEFT = 64;
const RIGHT = 14;
const ROW = 46;
const NEAR = 17;
const TOLD = 6;

const CHARTS = [
  { title: "Traffic, all interfaces", words: rate, lines: [
    ["received", "received_bytes_per_second", "--one"], ["sent", "sent_bytes_per_second", "--two", [5, 4]]] },
  { title: "Memory available to the node", words: size, lines: [["available", "memory_available_bytes", "--one"]] },
  { title: "Memory of Kedge", words: size, lines: [
    ["resident", "memory_resident_bytes", "--one"], ["heap in use", "memory_heap_used_bytes", "--two", [5, 4]]] },
];

const box = document.getElementById("timeline");
const tip = el("div", { class: "tip", role: "status", hidden: "" });
let marks = [];
let chosen = -1;
let day;
let charts = [];
const made = [];

/** Takes what the node told: {@code standing} faults by kind with the seconds they have stood. */
export function showDay(history, journal, at, standing) {
  const end = Date.parse(at) / 1000;
  if (!isNumber(end)) return;
  const entries = journal.filter((entry) => text(entry.words) && isNumber(Date.parse(entry.at)))
    .map((entry) => ({ ...entry, time: Date.parse(entry.at) / 1000 }));
  const points = part(history?.points);
  const ages = Array.isArray(points.age_seconds) ? points.age_seconds : [];
  const oldest = Math.max(0, ages[0] ?? 0, ...entries.map((entry) => end - entry.time).filter((age) => age < 25 * HOUR));
  const [length, step, title] = WINDOWS.find(([seconds]) => oldest <= seconds) ?? WINDOWS.at(-1);
  day = { entries, points, ages, at, end, begin: end - length, step, standing, from: Date.parse(history?.at ?? at) / 1000 };
  show(document.getElementById("day-title"), title);
  listEntries();
  draw();
}

function listEntries() {
  const { entries, at } = day;
  document.getElementById("entries").hidden = entries.length === 0;
  show(document.getElementById("entries-title"), many(entries.length, "entry", "entries"), " as a list");
  show(document.getElementById("journal"), [...entries].reverse().map((entry) => line(entry, at)));
}

function line(entry, now) {
  const [sign, mood] = markOf(entry.kind);
  return el("li", { class: mood },
    el("time", { datetime: entry.at, title: entry.at }, moment(entry.at, now)),
    el("span", { class: "sign", "aria-hidden": "true" }, sign), el("span", { class: "words" }, entry.words));
}

function draw() {
  drawTimeline();
  drawCharts();
}

/** Rows by kind of fault, what is about none last; a bar while the fault stood, marks where something was done. */
function rowsOf({ entries, standing, end }) {
  const rows = new Map();
  const row = (kind) => {
    if (!rows.has(kind)) rows.set(kind, { kind, entries: [], bars: [] });
    return rows.get(kind);
  };
  for (const entry of entries) {
    const one = row(text(entry.fault) ?? "");
    one.entries.push(entry);
    if (entry.kind === "found") one.since ??= entry.time;
    if (entry.kind === "over") {
      one.bars.push([one.since ?? -Infinity, entry.time]);
      one.since = undefined;
    }
  }
  for (const [kind, seconds] of standing) {
    const one = row(kind);
    one.bars.push([isNumber(seconds) ? end - seconds : one.since ?? -Infinity, end]);
  }
  const others = rows.get("");
  rows.delete("");
  return [...rows.values(), ...(others ? [others] : [])];
}

function drawTimeline() {
  const { begin, end, at, step, entries } = day;
  const rows = rowsOf(day);
  if (rows.length === 0) {
    marks = [];
    show(box, el("p", { class: "quiet" }, "Nothing was found wrong and nothing was done."));
    return;
  }
  const width = Math.max(box.clientWidth, 240);
  const x = (time) => LEFT + ((Math.min(Math.max(time, begin), end) - begin) / (end - begin)) * (width - LEFT - RIGHT);
  const height = rows.length * ROW + 22;
  const ticks = [];
  const room = (width - LEFT - RIGHT) * step / (end - begin);
  const wide = room < 44 ? step * 2 : step;
  for (let time = Math.ceil(begin / wide) * wide; time <= end; time += wide) {
    ticks.push(svg("line", { x1: x(time), x2: x(time), y1: 0, y2: height - 18, class: "tick" }),
      svg("text", { x: x(time), y: height - 4, class: "hour" }, new Date(time * 1000).toISOString().slice(11, 16)));
  }
  const keep = chosen >= 0 ? marks[chosen]?.entries[0].number : undefined;
  marks = [];
  const parts = rows.map((row, index) => {
    const y = index * ROW + 29;
    for (const entry of row.entries) {
      const place = x(entry.time);
      const last = marks.at(-1);
      if (entry.time < begin) continue;
      if (last !== undefined && last.row === index && place - last.x < NEAR) last.entries.push(entry);
      else marks.push({ row: index, x: place, y, entries: [entry] });
    }
    return [
      svg("text", { x: 0, y: y - 14, class: "row" }, row.kind === "" ? "The node itself" : shortened(capital(plain(row.kind)), width / 8)),
      svg("line", { x1: LEFT, x2: width - RIGHT, y1: y, y2: y, class: "ground" }),
      row.bars.map(([from, to]) => svg("rect", { x: x(from), y: y - 5, width: Math.max(2, x(to) - x(from)), height: 10, class: "bar" })),
    ];
  });
  chosen = marks.findIndex((mark) => mark.entries[0].number === keep && keep !== undefined);
  const signs = marks.map((mark, index) => {
    const [sign, mood] = markOf(mark.entries.at(-1).kind);
    return svg("g", { class: `mark ${mood}${index === chosen ? " chosen" : ""}`, "data-mark": index },
      svg("circle", { cx: mark.x, cy: mark.y, r: 9.5 }), svg("text", { x: mark.x, y: mark.y + 4.5 }, sign));
  });
  show(box, svg("svg", {
    viewBox: `0 0 ${width} ${height}`, width, height, role: "application", tabindex: "0",
    "aria-label": `Time line since ${moment(new Date(begin * 1000).toISOString(), at)}: ${many(entries.length, "entry", "entries")}. `
      + "Left and right go from mark to mark; the list below tells the same.",
  }, ticks, parts, signs), tip);
  if (chosen < 0) choose(-1);
}

const shortened = (words, most) => (words.length > most ? `${words.slice(0, most - 1)}…` : words);

function choose(index) {
  chosen = index;
  const mark = marks[index];
  box.querySelectorAll(".mark").forEach((one) => one.classList.toggle("chosen", Number(one.dataset.mark) === index));
  tip.hidden = mark === undefined;
  if (mark === undefined) return;
  const { entries } = mark;
  const more = entries.length - TOLD;
  show(tip, el("ol", { class: "journal" }, more > 0 ? el("li", { class: "quiet" }, `${more} earlier, in the list below`) : undefined,
    entries.slice(-TOLD).map((entry) => line(entry, day.at))));
  const width = Math.min(430, box.clientWidth);
  tip.style.width = `${width}px`;
  tip.style.left = `${Math.max(0, Math.min(mark.x - width / 2, box.clientWidth - width))}px`;
  tip.style.top = `${mark.y + 15}px`;
}

function nearest(event) {
  const edge = box.getBoundingClientRect();
  const far = (mark) => Math.hypot(mark.x - (event.clientX - edge.left), mark.y - (event.clientY - edge.top));
  const best = marks.reduce((one, mark, index) => (far(mark) < (one < 0 ? 24 : far(marks[one])) ? index : one), -1);
  if (best !== chosen && !(tip.contains(event.target) && best < 0)) choose(best);
}

box.addEventListener("pointermove", nearest);
box.addEventListener("pointerdown", nearest);
box.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && choose(-1));
box.addEventListener("focusout", () => choose(-1));
box.addEventListener("keydown", (event) => {
  const to = { ArrowLeft: chosen < 0 ? marks.length - 1 : Math.max(0, chosen - 1), ArrowRight: Math.min(marks.length - 1, chosen + 1),
    Home: 0, End: marks.length - 1, Escape: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(to);
});
document.addEventListener("pointerdown", (event) => box.contains(event.target) || choose(-1));

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function drawCharts() {
  const { ages, points, begin, end, from } = day;
  const holder = document.getElementById("charts");
  if (charts.length === 0) {
    charts = CHARTS.map((kind) => makeChart(kind, holder));
  }
  const times = ages.map((age) => from - age);
  for (const chart of charts) {
    feed(chart, [begin, end], times,
      chart.kind.lines.map(([, name]) => times.map((time, index) => (isNumber(points[name]?.[index]) ? points[name][index] : null))));
  }
}

/** Shows the values of each line at these times; null where it has none. */
export function feed(chart, range, times, values) {
  Object.assign(chart, { range, fed: [times, ...values] });
  paint(chart);
}

function paint(chart) {
  const known = chart.fed.slice(1).some((line) => line.some((value) => value !== null));
  chart.empty.hidden = known;
  chart.root.hidden = !known;
  if (!known) return;
  if (chart.plot === undefined) chart.plot = plot(chart);
  if (chart.plot.width !== chart.root.clientWidth) chart.plot.setSize({ width: chart.root.clientWidth, height: 150 });
  chart.plot.setData(chart.fed);
  tell(chart);
}

export function makeChart(kind, holder) {
  const key = el("p", { class: "key" });
  const root = el("div", { class: "chart", role: "img" });
  const empty = el("p", { class: "quiet" }, "Not known yet: the first figures come within two minutes.");
  holder.append(el("h3", {}, kind.title), key, empty, root);
  made.push({ kind, key, root, empty, range: [0, 1], fed: [[]] });
  return made.at(-1);
}

function plot(chart) {
  const { kind } = chart;
  const axis = { stroke: style("--quiet"), font: "12px system-ui, sans-serif", grid: { stroke: style("--rule"), width: 1 }, ticks: { show: false } };
  return new uPlot({
    width: chart.root.clientWidth, height: 150, padding: [8, RIGHT, 0, 0], legend: { show: false },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: { drag: { x: false, y: false }, sync: { key: "day" }, points: { size: 7 }, y: false },
    scales: { x: { range: () => chart.range }, y: { range: (self, least, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      { ...axis, size: 26, space: 58, values: (self, splits) => splits.map((time) => new Date(time * 1000).toISOString().slice(11, 16)) },
      { ...axis, size: LEFT, space: 34, incrs: Array.from({ length: 52 }, (one, power) => 2 ** power),
        values: (self, splits) => splits.map((value) => (value === 0 ? "0" : kind.words(value))) },
    ],
    series: [{}, ...kind.lines.map(([label, , color, dash], index) => ({
      label, stroke: style(color), width: 1.8, dash, fill: index === 0 ? style("--fill") : undefined }))],
    hooks: { setCursor: [() => tell(chart)] },
  }, [[]], chart.root);
}

/** Values under the cursor, or else the latest and the most. */
function tell(chart) {
  const [times, ...values] = chart.plot?.data ?? [[]];
  const index = chart.plot?.cursor.idx;
  const pointed = isNumber(index);
  const at = (time) => clock(new Date(time * 1000).toISOString()).slice(0, 5);
  const words = values.map((line, number) => {
    const [label, , , dash] = chart.kind.lines[number];
    const known = line.filter((value) => value !== null);
    const value = pointed ? line[index] : known.at(-1);
    const most = Math.max(...known);
    return el("span", {}, el("b", { class: dash ? "two" : "one", "aria-hidden": "true" }, dash ? "╍╍" : "━━"), ` ${label} ${chart.kind.words(value)}`,
      pointed || known.length === 0 ? "" : `, most ${chart.kind.words(most)} at ${at(times[line.indexOf(most)])}`);
  });
  show(chart.key, words, pointed && times.length > 0 ? el("span", {}, `at ${at(times[index])}`) : undefined);
  if (!pointed) chart.root.setAttribute("aria-label", `${chart.kind.title}: ${chart.key.textContent}`);
}

function redraw() {
  if (day !== undefined) drawTimeline();
  made.forEach(paint);
}

let room = 0;
new ResizeObserver(() => {
  if (box.clientWidth === room) return;
  room = box.clientWidth;
  requestAnimationFrame(redraw);
}).observe(box);

// A chart's colours are painted: for another scheme it is made anew.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const chart of made) {
    chart.plot?.destroy();
    chart.plot = undefined;
  }
  redraw();
});
