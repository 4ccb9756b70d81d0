// What both pages share: asking once a second, saying so when nobody answers, words for spans and sizes.

const PERIOD_MILLISECONDS = 1000;
const PATIENCE_MILLISECONDS = 4000;

export const SIGNS = {
  healthy: "✓", faulty: "!", unsure: "?", starting: "↻", late: "…", waiting: "·", offline: "⊘",
};

/** Spans that change every second without anything having changed. */
const TICKING = new Set(["age_seconds", "lasting_seconds", "pause_left_seconds"]);

/** Sign and mood of a line of a journal; what a message calls otherwise has none. */
const JOURNAL_MARKS = new Map([
  ["found", ["!", "bad"]], ["ordered", ["→", "calm"]], ["done", ["·", "calm"]], ["helped", ["✓", "good"]],
  ["not_helped", ["✕", "bad"]], ["rest", ["…", "doubtful"]], ["held", ["‖", "doubtful"]], ["over", ["✓", "good"]],
  ["again", ["↻", "calm"]], ["boot", ["↻", "none"]], ["pause", ["‖", "doubtful"]], ["ladder", ["≡", "none"]],
]);

/** Makes an element; a child is an element or a text, and texts are never read as HTML. */
export function el(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== undefined));
  return element;
}

/** A sentence whose links (n1–n2) do not break at the end of a line. */
export function sentenceOf(text) {
  return text.replaceAll("–", "\u2060–\u2060");
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Two units at most, as the sentences of the console have it. */
export function span(seconds) {
  if (typeof seconds !== "number") return "–";
  const whole = Math.max(0, Math.floor(seconds));
  const pair = (large, largeUnit, small, smallUnit) =>
    small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
  if (whole >= 86400) return pair(Math.floor(whole / 86400), "d", Math.floor(whole / 3600) % 24, "h");
  if (whole >= 3600) return pair(Math.floor(whole / 3600), "h", Math.floor(whole / 60) % 60, "min");
  if (whole >= 60) return pair(Math.floor(whole / 60), "min", whole % 60, "s");
  return `${whole} s`;
}

export function size(bytes) {
  if (typeof bytes !== "number") return "–";
  const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function count(value) {
  return typeof value === "number" ? String(value) : "–";
}

/** Time of day in UTC, as the logs of the nodes have it. */
export function clock(iso) {
  return typeof iso === "string" && /T\d\d:\d\d:\d\d/.test(iso) ? iso.slice(11, 19) : "–";
}

/** The same with the day before it, where that is not the day of {@code now}. */
export function moment(iso, now) {
  const time = clock(iso);
  return time === "–" || iso.slice(0, 10) === now.slice(0, 10) ? time : `${iso.slice(5, 10)} ${time}`;
}

export function stateMark(state) {
  return el("span", { class: `state ${state}` },
    el("span", { class: "sign", "aria-hidden": "true" }, SIGNS[state] ?? "?"), state);
}

export function blameMark(blame) {
  return blame ? el("span", { class: "blame" }, blame) : undefined;
}

/** How bad it is for the mesh as a whole or one node: it colours the sentence. */
export function mood(nodes, links, brokerLost) {
  const states = nodes.map((node) => node.state);
  if (brokerLost || ["faulty", "late", "offline"].some((state) => states.includes(state))) return "bad";
  const broken = links.some((link) => link.state === "broken");
  const hindered = nodes.some((node) => node.pause_end !== undefined || node.telemetry_trouble !== undefined || node.snapshot?.care?.ladder_refused !== undefined);
  return broken || hindered || states.some((state) => state !== "healthy") ? "doubtful" : "good";
}

/** Rebuilds a part only when what it shows has changed, so that nothing flickers and a selection stays. */
export function part(build) {
  let before;
  return (...data) => {
    const now = JSON.stringify(data, (key, value) => TICKING.has(key) ? typeof value : value);
    if (now !== before) {
      before = now;
      build(...data);
    }
  };
}

export function events(list, many, none) {
  list.replaceChildren(...many.map((event) => el("li", {},
    el("time", { datetime: event.at, title: event.at }, clock(event.at)),
    el("a", { href: `/nodes/${encodeURIComponent(event.node)}` }, event.node),
    el("span", { class: event.kind === "FAULT_RAISED" ? "raised" : "" }, event.text))));
  if (many.length === 0) list.append(el("li", { class: "quiet" }, none));
}

/** Lines of journals, newest first; with nodes where they are of several. */
export function journal(list, lines, now, none) {
  list.replaceChildren(...lines.map((line) => {
    const [sign, tone] = JOURNAL_MARKS.get(line.kind) ?? ["·", "none"];
    return el("li", { class: tone },
      el("time", { datetime: line.at, title: line.at }, moment(line.at, now)),
      el("span", { class: "sign", title: line.kind, "aria-hidden": "true" }, sign),
      line.node === undefined ? undefined
        : el("a", { href: `/nodes/${encodeURIComponent(line.node)}` }, line.node),
      el("span", { class: "words" }, line.words));
  }));
  if (lines.length === 0) list.append(el("li", { class: "quiet" }, none));
}

/** What time lines show, as words, newest first; with nodes where they are of several. */
export function timeLineWords(list, many, now) {
  list.replaceChildren(...many.map((line) => el("li", { class: "plain" },
    el("time", { datetime: line.at, title: line.at }, moment(line.at, now)),
    line.node === undefined ? undefined : el("a", { href: `/nodes/${encodeURIComponent(line.node)}` }, line.node),
    el("span", { class: "words" }, line.text, line.more ? el("span", { class: "evidence" }, ` ${line.more}`) : undefined))));
  if (many.length === 0) list.append(el("li", { class: "quiet" }, "Nothing but quiet."));
}

/** {@code rung 2 of 4, try 2}, as far as it was told. */
export function rungWords(remedy) {
  return [
    remedy.rung === undefined ? "" : `rung ${remedy.rung}${remedy.rungs === undefined ? "" : ` of ${remedy.rungs}`}`,
    remedy.try > 1 ? `try ${remedy.try}` : "",
  ].filter(Boolean).join(", ");
}

/** What a remedy under way is at. */
export function stageWords(remedy) {
  const stage = { acting: "being carried out", settling: "done, its effect is waited for" };
  const words = Object.hasOwn(stage, remedy.stage) ? stage[remedy.stage] : remedy.stage || "under way";
  return remedy.fault ? `${words}, for ${remedy.fault}` : words;
}

/** Asks once a second for ever; a page of which the server is gone says so and since when. */
export function watch(address, show) {
  const gone = document.getElementById("gone");
  const asked = performance.now();
  let heardAt;
  let last;

  function complain(why) {
    const silence = span((performance.now() - (heardAt ?? asked)) / 1000);
    setText(gone, last
      ? `The console itself does not answer (${why}). All below is what it said at `
        + `${clock(last.at)} UTC, ${silence} ago; the mesh may be well or not.`
      : `The console itself does not answer (${why}).`);
    gone.hidden = false;
    document.body.classList.add("stale");
    document.title = "no console – Kedge";
  }

  async function ask() {
    try {
      const response = await fetch(address, {
        cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      last = await response.json();
      heardAt = performance.now();
      gone.hidden = true;
      document.body.classList.remove("stale");
      setText(document.getElementById("clock"), `${clock(last.at)} UTC`);
    } catch (failure) {
      complain(failure.name === "TimeoutError" ? "too slow"
        : failure instanceof TypeError ? "no connection" : failure.message);
      return;
    }
    show(last);
  }

  async function round() {
    try {
      await ask();
    } finally {
      setTimeout(round, PERIOD_MILLISECONDS);
    }
  }
  round();
}
