// Billing: how each neighbour stands, and what was carried and handed over during the last day.

import { feed, makeChart } from "./day.js";
import { el, isNumber, list, many, moment, part, quiet, rate, show, size, span, table, text } from "./parts.js";

const PERIOD = 60_000;
const STATES = new Map([
  ["ok", ["good", "counted and booked"]], ["counting", ["calm", "counted, and the ledger is not open yet"]],
  ["stalled", ["doubtful", "counted, and held in memory"]], ["damaged", ["bad", "the ledger was damaged, a new one is written"]],
  ["closed", ["none", "nothing is counted"]],
]);
const STANDINGS = new Map([["good", "good"], ["due", "doubtful"], ["overdue", "bad"]]);
const KIND = { title: "Carried and handed", words: rate, lines: [["carried", "", "--one"], ["handed over", "", "--two", [5, 4]]] };

const place = (id) => document.getElementById(id);
const whose = place("whose");
let chart;
let told;
let due = 0;
let now = NaN;

/** Of wei, which come as digits because numbers would round them; what is less than can be shown is not shown as nothing. */
function coins(wei, decimals = 4) {
  if (typeof wei !== "string" || !/^\d{1,60}$/.test(wei)) return "–";
  const digits = wei.replace(/^0+/, "").padStart(19, "0");
  const broken = digits.slice(-18).slice(0, decimals).replace(/0+$/, "");
  const whole = digits.slice(0, -18);
  if (broken === "" && whole === "0" && /[1-9]/.test(digits)) return `under 0.${"1".padStart(decimals, "0")}`;
  return broken === "" ? whole : `${whole}.${broken}`;
}

const some = (wei) => typeof wei === "string" && /[1-9]/.test(wei);
const note = (words) => el("span", { class: "note" }, words);
const lines = (...parts) => el("div", {}, parts.filter(Boolean).map((one) => el("div", {}, one)));

function balance(one) {
  if (some(one.owes_wei)) return `owes ${coins(one.owes_wei)}`;
  if (some(one.owed_wei)) return `is owed ${coins(one.owed_wei)}`;
  return one.owes_wei === undefined ? "–" : "even";
}

function row(one, at) {
  const links = Array.isArray(one.links) ? one.links.filter((link) => text(link)) : [];
  const agreed = part(one.agreed);
  const name = text(one.name);
  return [lines(name ?? text(one.short_id) ?? "–", ...[name && text(one.short_id), ...links].filter(Boolean).map((words) => el("small", {}, words))),
    size(one.carried_bytes), size(one.handed_bytes),
    el("span", { title: `earned ${coins(one.earned_wei)}, spent ${coins(one.spent_wei)}, received ${coins(one.received_wei)}, paid ${coins(one.paid_wei)}` },
      balance(one)),
    lines(`charged ${coins(one.charges_wei_per_gigabyte, 9)}`, `asks ${coins(one.asks_wei_per_gigabyte, 9)}`),
    lines(el("span", { class: `state ${STANDINGS.get(one.standing) ?? "none"}` }, text(one.standing) ?? "–"), one.shaped === true && note("slowed"),
      one.disputed === true && note("disputed"), text(one.why)),
    isNumber(agreed.number) ? `${agreed.number}, ${moment(agreed.at, at)}` : "none yet"];
}

/** The books, where the node keeps any. */
export function showAccounts(said) {
  const of = part(said.billing);
  place("billing").hidden = of.state === undefined;
  if (of.state === undefined) return;
  const [mood, words] = STATES.get(of.state) ?? ["none", String(of.state)];
  const shown = list(of.neighbours);
  const hidden = isNumber(of.neighbours_count) ? of.neighbours_count - shown.length : 0;
  show(place("accounts"), el("p", {}, el("span", { class: `state ${mood}` }, words), text(of.trouble) ? ` ${of.trouble}` : "",
    of.held_count > 0 ? ` ${many(of.held_count, "entry waits", "entries wait")} for ${span(of.held_seconds)}.` : ""),
  shown.length > 0 ? table(["Neighbour", "Carried", "Handed", "Balance", "Price per GB", "Standing", "Agreed"],
    shown.map((one) => row(one, said.at))) : quiet("There is no account yet."),
  hidden > 0 ? quiet(`and ${hidden} more`) : undefined,
  quiet(`In coins. All neighbours: carried ${size(of.carried_bytes)}, handed over ${size(of.handed_bytes)}; owed to this node ${coins(of.owes_wei)}, `
    + `owed by it ${coins(of.owed_wei)}.${of.unknown_bytes > 0 ? ` Of strangers: ${size(of.unknown_bytes)}.` : ""}`
    + `${of.gaps_bytes > 0 ? ` Not counted, at most: ${size(of.gaps_bytes)}.` : ""}`));
}

/** Asked for as often as it may look different. */
export async function showBillingDay(said, ask) {
  if (part(said.billing).state === undefined) return;
  now = Date.parse(said.at) / 1000;
  if (performance.now() >= due) {
    due = performance.now() + PERIOD;
    told = await ask("billing-day").catch(() => told);
  }
  draw();
}

function draw() {
  const from = Date.parse(told?.from) / 1000;
  const step = told?.step_seconds;
  const known = list(told?.neighbours);
  place("billing-day").hidden = !isNumber(from) || !(step > 0) || known.length === 0;
  if (place("billing-day").hidden) return;
  const chosen = known.some((one) => one.id === whose.value) ? whose.value : "";
  show(whose, el("option", { value: "" }, "all neighbours"),
    known.map((one) => el("option", { value: text(one.id) ?? "?" }, text(one.name) ?? text(one.id) ?? "–")));
  whose.value = chosen;
  const counted = known.filter((one) => chosen === "" || one.id === chosen);
  // A step that is not over yet would look like a lull.
  const steps = Math.max(0, Math.min(Math.floor((now - from) / step) || 0, ...known.map((one) => one.carried_bytes?.length ?? 0)));
  const sums = (name) => Array.from({ length: steps }, (one, index) => counted.reduce((sum, neighbour) =>
    (isNumber(neighbour[name]?.[index]) ? sum + neighbour[name][index] : sum), 0) / step);
  chart ??= makeChart(KIND, place("billing-day"));
  feed(chart, [from, from + steps * step], Array.from({ length: steps }, (one, index) => from + (index + 0.5) * step),
    [sums("carried_bytes"), sums("handed_bytes")]);
}

whose.addEventListener("change", draw);
