// Time lines: for each node its faults as bars, its remedies as marks, and the times without word from it as hatched gaps. What
// is drawn is kept from one look to the next, so that nothing flickers and the focus stays where it is.

import { clock, el, moment, setText, span, svg } from "./common.js";

const SPANS = [["10 min", 600], ["1 h", 3600], ["6 h", 21600], ["24 h", 86400]];
const STEPS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600];
const ROW = { marks: 20, bar: 18, gap: 3, rail: 8 };
const BAR_LEAST = 5;
const MARKS_APART = 17;
const COLOURS = 6;
/** Those that often stand side by side have different colours. */
const KINDS = ["BABEL_DEAD", "BABEL_SILENT", "NO_INTERFACE", "NEIGHBOURS_LOST", "NO_ROUTES", "ROUTES_DIVERGED", "EXIT_DEAF",
  "FORWARDING_OFF", "UPLINK_OUT", "LINK_DOWN"];

/** Of marks that stand together, the first in this list gives the sign. */
const MARKS = new Map([
  ["not_helped", ["✕", "bad", "did not help"]], ["boot", ["↻", "none", "boot"]], ["rest", ["…", "doubtful", "rests"]],
  ["held", ["‖", "doubtful", "held"]], ["settings-refused", ["≠", "doubtful", "settings refused"]],
  ["helped", ["✓", "good", "helped"]], ["ordered", ["▸", "calm", "ordered"]], ["done", ["·", "calm", "done"]],
  ["again", ["▸", "calm", "climbs again"]], ["pause", ["‖", "doubtful", "pause"]], ["ladder", ["≡", "none", "ladder"]],
  ["settings-changed", ["≡", "none", "settings changed"]],
]);
const ORDER = [...MARKS.keys()];
const OTHER = ["·", "none", "told"];

/** How many seconds a time line shows; the choice is kept while the tab is open. */
export function spanChoice(box, changed) {
  let chosen = Number(sessionStorage.getItem("span")) || 0;
  let earliest = 0;
  const buttons = SPANS.map(([words, seconds]) => {
    const button = el("button", { type: "button" }, words);
    button.addEventListener("click", () => {
      chosen = seconds;
      sessionStorage.setItem("span", seconds);
      show();
      changed();
    });
    return button;
  });
  const seconds = () => chosen || (SPANS.find(([, most]) => earliest <= most) ?? SPANS.at(-1))[1];
  const show = () => buttons.forEach((button, index) =>
    button.setAttribute("aria-pressed", String(SPANS[index][1] === seconds())));
  box.replaceChildren(...buttons);
  return {
    seconds,
    /** Until somebody chooses, the shortest span that shows all. */
    reach(ageOfFirst) {
      earliest = ageOfFirst;
      show();
    },
  };
}

/** The initials of a kind: {@code BD} for {@code BABEL_DEAD}. */
export function initials(kind) {
  return kind.split(/[_\s-]+/).map((word) => word.slice(0, 1)).join("").slice(0, 3).toUpperCase();
}

/** The same kind has the same colour on every page. */
function colour(kind) {
  if (KINDS.includes(kind)) return `kind${KINDS.indexOf(kind) % COLOURS}`;
  let sum = 7;
  for (const letter of kind) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return `kind${sum % COLOURS}`;
}

function seconds(iso) {
  return Date.parse(iso) / 1000;
}

function until(bar, now) {
  if (bar.end === "stands") return `stands since ${span(seconds(bar.until) - seconds(bar.from))}`;
  const lasted = span(Math.max(0, seconds(bar.until) - seconds(bar.from)));
  if (bar.end === "unheard") return `stood for ${lasted} when the node was last heard, ${moment(bar.until, now)}`;
  return `cleared ${moment(bar.until, now)}, after ${lasted}`;
}

/** What is to be said of each thing, in the order of time: {key, at, line, words}. */
function itemsOf(line, now) {
  const items = line.stretches.filter((one) => one.told !== "live").map((one) => ({
    key: `stretch ${one.from}`, at: seconds(one.from), stretch: one,
    title: one.told === "nothing" ? "No word from the node" : "Told afterwards",
    words: `${moment(one.from, now)} to ${moment(one.until, now)}, ${span(seconds(one.until) - seconds(one.from))}`
      + (one.told === "nothing" ? "" : "; it came when the node was back"),
  }));
  const twice = new Map();
  for (const bar of line.faults) {
    const name = `fault ${bar.kind} ${bar.from}`;
    twice.set(name, (twice.get(name) ?? 0) + 1);
    items.push({
      key: `${name} ${twice.get(name)}`, at: seconds(bar.from), bar, title: bar.kind + (bar.blame ? `, ${bar.blame}` : ""),
      words: `raised ${moment(bar.from, now)}, ${until(bar, now)}`, more: bar.evidence,
    });
  }
  for (const mark of line.marks) {
    items.push({
      key: `mark ${mark.at} ${mark.kind}`, at: seconds(mark.at), mark, title: mark.words,
      words: [moment(mark.at, now), (MARKS.get(mark.kind) ?? OTHER)[2], mark.remedy, mark.fault && `for ${mark.fault}`]
        .filter(Boolean).join(" "),
    });
  }
  return items.sort((one, other) => one.at - other.at);
}

/** One box of words for all lines: by the pointer, by touch or by the keyboard. */
function makeTip() {
  const tip = el("div", { class: "tip", role: "status" });
  tip.hidden = true;
  document.body.append(tip);
  let owner;
  function place() {
    const box = owner.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    const wide = tip.offsetWidth;
    const left = Math.min(Math.max(8, box.left + box.width / 2 - wide / 2), room - wide - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(above > 0 ? above : box.bottom + 8) + scrollY}px`;
  }
  function show(element, lines) {
    owner = element;
    tip.replaceChildren(...lines.map((line, index) => el("div", { class: index % 3 === 0 ? "title" : "" }, line)));
    tip.hidden = false;
    place();
  }
  function hide() {
    owner = undefined;
    tip.hidden = true;
  }
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("pointerdown", (event) => {
    if (owner !== undefined && !owner.contains(event.target)) hide();
  });
  return { show, hide, isOf: (element) => owner === element, check: () => owner !== undefined && !owner.isConnected && hide() };
}

let tip;

/** The time line of one node; asks for no more than a box to stand in. */
export class TimeLine {
  #svg = svg("svg", { class: "line", role: "group" });
  #pattern;
  #rail = svg("g");
  #grid = svg("g", { class: "grid", "aria-hidden": "true" });
  #things = svg("g");
  #kept = new Map();
  #items = [];
  #now = "";

  constructor(box, name) {
    tip ??= makeTip();
    this.#pattern = `hatch-${name.replaceAll(/[^A-Za-z0-9_-]/g, "-")}`;
    this.#svg.setAttribute("aria-label", `Time line of ${name}; the arrow keys lead along it`);
    this.#svg.append(svg("defs", {}, svg("pattern", {
      id: this.#pattern, width: 7, height: 7, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
    }, svg("rect", { width: 7, height: 7, class: "hatch-ground" }), svg("line", { x1: 1, y1: 0, x2: 1, y2: 7, class: "hatch" }))),
    this.#grid, this.#rail, this.#things);
    this.#svg.addEventListener("keydown", (event) => this.#walk(event));
    box.append(this.#svg);
  }

  /** @param shown seconds that the picture goes back from {@code now} */
  show(line, now, shown) {
    const wide = Math.max(this.#svg.parentElement.clientWidth, 200);
    const end = seconds(now);
    const from = end - shown;
    const scale = (at) => Math.max(0, Math.min(1, (at - from) / shown)) * wide;
    this.#now = now;
    this.#items = itemsOf(line, now);
    const seen = this.#items.filter((item) => this.#until(item) >= from);
    const lanes = this.#lanes(seen, scale);
    const deep = ROW.marks + Math.max(1, lanes) * (ROW.bar + ROW.gap) + ROW.rail;
    for (const [key, value] of Object.entries({ viewBox: `0 0 ${wide} ${deep}`, width: wide, height: deep })) {
      set(this.#svg, key, value);
    }
    this.#drawGrid(now, from, shown, scale, deep);
    this.#drawRail(line, from, scale, deep);
    const drawn = new Set();
    for (const item of seen.filter((one) => one.stretch)) this.#drawStretch(item, scale, deep, drawn);
    for (const item of seen.filter((one) => one.bar)) this.#drawBar(item, scale, drawn);
    for (const group of this.#groups(seen, scale)) this.#drawMarks(group, drawn);
    for (const [key, element] of this.#kept) {
      if (!drawn.has(key)) {
        element.remove();
        this.#kept.delete(key);
      }
    }
    // One stop for the tabulator on each line; the arrows go on from there.
    const all = [...this.#kept.values()];
    if (!all.some((one) => one.getAttribute("tabindex") === "0")) all.at(-1)?.setAttribute("tabindex", "0");
    tip.check();
  }

  /** Kinds of faults that the picture shows. */
  kinds() {
    return [...new Set(this.#items.filter((item) => item.bar).map((item) => item.bar.kind))].sort();
  }

  /** The same as words, newest first, as items of a list. */
  words(day) {
    return this.#items.toReversed().map((item) => ({
      at: new Date(item.at * 1000).toISOString(), text: `${item.title}: ${item.words}`, more: item.more, day,
    }));
  }

  #until(item) {
    return item.mark ? item.at : seconds((item.bar ?? item.stretch).until);
  }

  #lanes(items, scale) {
    const ends = [];
    for (const item of items.filter((one) => one.bar)) {
      const from = scale(item.at);
      const room = Math.max(scale(this.#until(item)), from + BAR_LEAST) + 2;
      let lane = ends.findIndex((end) => end <= from);
      if (lane < 0) lane = ends.length;
      ends[lane] = room;
      item.lane = lane;
    }
    return ends.length;
  }

  /** Marks that would stand on each other become one. */
  #groups(items, scale) {
    const groups = [];
    for (const item of items.filter((one) => one.mark)) {
      const x = scale(item.at);
      const last = groups.at(-1);
      if (last !== undefined && x - last.x < MARKS_APART) last.items.push(item);
      else groups.push({ x, items: [item] });
    }
    return groups;
  }

  #drawGrid(now, from, shown, scale, deep) {
    const step = STEPS.find((one) => (shown / one) * 74 <= scale(from + shown)) ?? STEPS.at(-1);
    const lines = [];
    for (let at = Math.ceil(from / step) * step; at < from + shown; at += step) {
      lines.push(svg("line", { x1: scale(at), x2: scale(at), y1: 0, y2: deep }));
    }
    this.#grid.replaceChildren(...lines);
  }

  #drawRail(line, from, scale, deep) {
    const heard = line.stretches.filter((one) => one.told === "live" && seconds(one.until) >= from);
    this.#rail.replaceChildren(...heard.map((one) => svg("rect", {
      x: scale(seconds(one.from)), y: deep - ROW.rail + 2, height: 4, rx: 2, class: "live",
      width: Math.max(1.5, scale(seconds(one.until)) - scale(seconds(one.from))),
    })));
  }

  #drawStretch(item, scale, deep, drawn) {
    const { from, told } = item.stretch;
    const x = scale(seconds(from));
    const width = Math.max(2, scale(this.#until(item)) - x);
    const isGap = told === "nothing";
    const group = this.#thing(item.key + told, [item], drawn, () => [svg("rect", { class: told }), svg("text", { class: "code" })]);
    const [rect, text] = group.children;
    const place = isGap ? { x, y: 0, width, height: deep, fill: `url(#${this.#pattern})` }
      : { x, y: deep - ROW.rail + 1, width, height: 6, rx: 3 };
    for (const [key, value] of Object.entries(place)) set(rect, key, value);
    set(text, "x", x + width / 2);
    set(text, "y", 14);
    set(text, "class", "code gap");
    setText(text, isGap && width > 62 ? "no word" : "");
  }

  #drawBar(item, scale, drawn) {
    const { bar } = item;
    const width = Math.max(BAR_LEAST, scale(this.#until(item)) - scale(item.at));
    const x = Math.min(scale(item.at), Number(this.#svg.getAttribute("width")) - width - 1);
    const y = ROW.marks + item.lane * (ROW.bar + ROW.gap);
    const group = this.#thing(item.key, [item], drawn, () => [svg("rect", { rx: 3 }), svg("text", { class: "code" })]);
    set(group, "class", `thing bar ${colour(bar.kind)} ${bar.end}`);
    const [rect, text] = group.children;
    for (const [key, value] of Object.entries({ x, y, width, height: ROW.bar })) set(rect, key, value);
    set(text, "x", x + width / 2);
    set(text, "y", y + 13.5);
    const code = initials(bar.kind);
    setText(text, width > bar.kind.length * 7.4 + 8 ? bar.kind : width > code.length * 8 + 6 ? code : "");
  }

  #drawMarks({ x, items }, drawn) {
    const worst = items.toSorted((one, other) => rankOf(one) - rankOf(other))[0];
    const [sign, tone] = MARKS.get(worst.mark.kind) ?? OTHER;
    const group = this.#thing(items[0].key, items, drawn,
      () => [svg("circle", { r: 8, cy: 10 }), svg("text", { class: "sign", y: 14 }), svg("text", { class: "many", y: 8 })]);
    set(group, "class", `thing mark ${tone}`);
    const [circle, text, many] = group.children;
    const middle = Math.max(9, Math.min(x, Number(this.#svg.getAttribute("width")) - (items.length > 1 ? 15 : 9)));
    set(circle, "cx", middle);
    set(text, "x", middle);
    set(many, "x", middle + 8);
    setText(text, sign);
    setText(many, items.length > 1 ? String(items.length) : "");
  }

  /** The element that shows these items: the one of before, or a new one. */
  #thing(key, items, drawn, make) {
    let group = this.#kept.get(key);
    if (group === undefined) {
      group = svg("g", { class: "thing", role: "img", tabindex: -1 }, ...make());
      this.#kept.set(key, group);
      this.#things.append(group);
      const show = () => tip.show(group, linesOf(group.items));
      group.addEventListener("pointerenter", show);
      group.addEventListener("focus", show);
      group.addEventListener("click", show);
      group.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && document.activeElement !== group
        && tip.hide());
      group.addEventListener("blur", tip.hide);
    }
    group.items = items;
    drawn.add(key);
    const label = linesOf(items).join(". ");
    if (group.getAttribute("aria-label") !== label) {
      group.setAttribute("aria-label", label);
      if (tip.isOf(group)) tip.show(group, linesOf(items));
    }
    return group;
  }

  #walk(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const here = document.activeElement;
    if (by === undefined || !this.#things.contains(here)) return;
    const all = [...this.#kept.values()].sort((one, other) => one.items[0].at - other.items[0].at);
    const next = all[all.indexOf(here) + by];
    if (next === undefined) return;
    event.preventDefault();
    here.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  }
}

function rankOf(item) {
  const rank = ORDER.indexOf(item.mark.kind);
  return rank < 0 ? ORDER.length : rank;
}

const LINES_LIMIT = 6;

function linesOf(items) {
  const lines = items.slice(-LINES_LIMIT).flatMap((item) => [item.title, item.words, item.more ?? ""]);
  if (items.length > LINES_LIMIT) lines.push(`and ${items.length - LINES_LIMIT} before`);
  return lines;
}

function set(element, name, value) {
  const text = typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

/** Hours and minutes under the lines. */
export function drawAxis(box, now, shown) {
  const wide = Math.max(box.clientWidth, 200);
  const end = seconds(now);
  const step = STEPS.find((one) => (shown / one) * 74 <= wide) ?? STEPS.at(-1);
  const from = end - shown;
  const texts = [];
  for (let at = Math.ceil(from / step) * step; at < end; at += step) {
    const x = ((at - from) / shown) * wide;
    if (x > 18 && x < wide - 52) texts.push(svg("text", { x, y: 13 }, clock(new Date(at * 1000).toISOString()).slice(0, 5)));
  }
  texts.push(svg("text", { x: wide, y: 13, class: "now" }, "now"));
  box.replaceChildren(svg("svg", { width: wide, height: 18, viewBox: `0 0 ${wide} 18`, "aria-hidden": "true" }, ...texts));
}

/** What the colours and signs mean, of those that are to be seen. */
export function drawLegend(box, kinds) {
  const wanted = kinds.join();
  if (box.dataset.kinds === wanted) return;
  box.dataset.kinds = wanted;
  const sample = (css) => svg("svg", { width: 22, height: 12, "aria-hidden": "true", class: "sample" },
    svg("rect", { width: 22, height: 12, rx: 3, class: css }));
  const key = (sign, words) => el("span", {}, sign, ` ${words}`);
  const sign = (kind) => el("b", { class: `tone ${(MARKS.get(kind) ?? OTHER)[1]}`, "aria-hidden": "true" }, MARKS.get(kind)[0]);
  box.replaceChildren(
    ...kinds.map((kind) => key(el("b", { class: `swatch ${colour(kind)}` }, initials(kind)), kind)),
    key(sign("ordered"), "remedy ordered"), key(sign("helped"), "helped"), key(sign("not_helped"), "did not help"),
    key(sign("boot"), "boot"), key(sample("nothing"), "no word"), key(sample("afterwards"), "told afterwards"));
}

/** How long before {@code now} the first word of all these lines was. */
export function ageOfFirst(lines, now) {
  const firsts = lines.flatMap((line) => [...line.stretches.slice(0, 1).map((one) => one.from), ...line.marks.slice(0, 1)
    .map((one) => one.at), ...line.faults.slice(0, 1).map((one) => one.from)]);
  return Math.max(0, ...firsts.map((first) => seconds(now) - seconds(first)));
}
