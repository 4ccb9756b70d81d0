// Building blocks: elements without HTML, words for spans and sizes, and showing anew without disturbing who reads.

/** Sign and mood of a line of the journal; what a newer Kedge writes otherwise has none. */
const MARKS = new Map([
  ["found", ["!", "bad"]], ["ordered", ["→", "calm"]], ["done", ["·", "calm"]], ["helped", ["✓", "good"]],
  ["not_helped", ["✕", "bad"]], ["rest", ["…", "doubtful"]], ["held", ["‖", "doubtful"]], ["over", ["✓", "good"]],
  ["again", ["↻", "calm"]], ["boot", ["↻", "none"]], ["pause", ["‖", "doubtful"]], ["ladder", ["≡", "none"]],
]);

/** Kinds of fault in plain words; another one is told by its name. */
const PLAIN = new Map([
  ["LINK_DOWN", "a link is down"], ["BABEL_DEAD", "babeld is not running"], ["BABEL_SILENT", "babeld does not answer"],
  ["NO_INTERFACE", "babeld has no interface that is up"], ["NEIGHBOURS_LOST", "no neighbour is heard"],
  ["NO_ROUTES", "there is no usable route"], ["ROUTES_DIVERGED", "the kernel's routes differ from babeld's"],
  ["FORWARDING_OFF", "traffic of others is dropped here"], ["EXIT_DEAF", "the exit does not answer"],
  ["UPLINK_OUT", "nothing answers beyond the exit"], ["LANE_STUCK", "a part of Kedge is stuck"],
  ["UNGUARDED", "no timer guards this node"], ["LIMIT_LOW", "a limit is too low"],
  ["COUNTERS_LOST", "somebody removed the counters"], ["COUNTERS_FULL", "there are more neighbours than counters"],
  ["COUNTERS_SILENT", "the counters cannot be read"], ["LEDGER_DAMAGED", "the ledger was damaged"],
  ["LEDGER_STALLED", "the ledger cannot be written"], ["NEIGHBOUR_KEY_CHANGED", "a neighbour has another key"],
  ["STATEMENT_DISPUTED", "a neighbour counts otherwise"], ["UNKNOWN_NEIGHBOUR", "a stranger sends traffic"],
  ["SETTING_REFUSED", "a setting cannot be used"],
]);

export const list = (value) => (Array.isArray(value) ? value.filter((one) => one !== null && typeof one === "object") : []);
export const part = (value) => (value !== null && typeof value === "object" && !Array.isArray(value) ? value : {});
export const isNumber = (value) => typeof value === "number" && Number.isFinite(value);
export const text = (value) => (typeof value === "string" && value !== "" ? value : isNumber(value) ? String(value) : undefined);

export const markOf = (kind) => MARKS.get(kind) ?? ["·", "none"];
export const plain = (kind) => PLAIN.get(kind) ?? String(kind ?? "a fault without a name").toLowerCase().replaceAll("_", " ");
export const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** Makes an element; a child is an element or a text, and texts are never read as HTML. */
export function el(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export const quiet = (words) => el("p", { class: "quiet" }, words);

export function table(heads, rows) {
  return el("table", {},
    el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((cell, index) => (index === 0
      ? el("th", { scope: "row" }, cell) : el("td", { "data-label": heads[index] }, cell)))))));
}

export function svg(name, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...kept(children));
  return element;
}

const kept = (children) => children.flat(Infinity).filter((child) => child !== undefined && child !== "");

/** Makes the element show these children and touches only what differs: focus, selection, scrolling and what is open stay. */
export function show(element, ...children) {
  match(element, kept(children).map((child) => (child instanceof Node ? child : document.createTextNode(child))));
  return element;
}

function match(element, wanted) {
  const present = [...element.childNodes];
  wanted.forEach((want, index) => {
    const old = present[index];
    if (old === undefined) {
      element.append(want);
    } else if (old.nodeName !== want.nodeName || old.dataset?.key !== want.dataset?.key) {
      old.replaceWith(want);
    } else if (old.nodeType === Node.TEXT_NODE) {
      if (old.data !== want.data) old.data = want.data;
    } else {
      for (const { name } of [...old.attributes]) {
        if (!want.hasAttribute(name) && name !== "open") old.removeAttribute(name);
      }
      for (const { name, value } of [...want.attributes]) {
        if (old.getAttribute(name) !== value) old.setAttribute(name, value);
      }
      match(old, [...want.childNodes]);
    }
  });
  present.slice(wanted.length).forEach((old) => old.remove());
}

/** Two units at most. */
export function span(seconds) {
  if (!isNumber(seconds)) return "–";
  const whole = Math.max(0, Math.floor(seconds));
  const pair = (large, largeUnit, small, smallUnit) => (small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`);
  if (whole >= 86400) return pair(Math.floor(whole / 86400), "d", Math.floor(whole / 3600) % 24, "h");
  if (whole >= 3600) return pair(Math.floor(whole / 3600), "h", Math.floor(whole / 60) % 60, "min");
  if (whole >= 60) return pair(Math.floor(whole / 60), "min", whole % 60, "s");
  return `${whole} s`;
}

export function size(bytes) {
  if (!isNumber(bytes)) return "–";
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const round = unit === 0 || value >= 100 || Number.isInteger(value);
  return `${round ? Math.round(value) : value.toFixed(1)} ${unit === 0 && value === 1 ? "byte" : units[unit]}`;
}

export const rate = (bytes) => (isNumber(bytes) ? `${size(bytes)}/s` : "–");
export const count = (value) => (isNumber(value) ? String(value) : "–");
export const many = (number, one, more = `${one}s`) => `${number} ${number === 1 ? one : more}`;

/** Time of day in UTC, as the node's log has it. */
export const clock = (iso) => (typeof iso === "string" && /^\S+T\d\d:\d\d:\d\d/.test(iso) ? iso.slice(iso.indexOf("T") + 1).slice(0, 8) : "–");

/** The same with the day before it, where that is not the day of {@code now}. */
export function moment(iso, now) {
  const time = clock(iso);
  return time === "–" || iso.slice(0, 10) === String(now).slice(0, 10) ? time : `${iso.slice(5, 10)} ${time}`;
}
