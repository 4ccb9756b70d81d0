// The picture of the mesh. Nodes stand in ranks by their distance from the exit, so a line is a line, a diamond a diamond and a
// ring a ring, and the same topology gives the same picture each time.

import { SIGNS, svg } from "./common.js";

const RADIUS = 24;
const ACROSS = { rank: 200, place: 140 };
const DOWN = { rank: 112, place: 150 };
const MARGIN = { side: 62, top: 44, label: 46 };
/** Names stand beside the nodes where there is this much room from node to node, else beneath. */
const BESIDE_LEAST = 130;

/** Ranks of names: the exit alone (without one, the first), then its neighbours, and so on; what is not connected comes last. */
export function ranks(names, links, exit) {
  const near = new Map(names.map((name) => [name, []]));
  for (const { one, other } of links) {
    near.get(one).push(other);
    near.get(other).push(one);
  }
  const found = [];
  const seen = new Set();
  let rank = names.includes(exit) ? [exit] : names.slice(0, 1);
  while (rank.length > 0) {
    rank.forEach((name) => seen.add(name));
    found.push(rank);
    // Names keep the order of the neighbours they hang on, which avoids most crossings.
    rank = [...new Set(rank.flatMap((name) => near.get(name)).filter((name) => !seen.has(name)))];
  }
  const rest = names.filter((name) => !seen.has(name));
  return rest.length > 0 ? [...found, rest] : found;
}

/** Places for all names, the exit at the right, or at the top where the room is narrow. */
export function layout(names, links, exit, room) {
  const order = ranks(names, links, exit);
  const widest = Math.max(...order.map((rank) => rank.length), 1);
  const across = order.length * 120 + 40 <= room && room >= 560;
  const gap = (space, many) => (space - 2 * MARGIN.side) / Math.max(many - 1, 1);
  const place = across ? ACROSS.place : Math.min(DOWN.place, gap(room + 10, widest));
  const beneath = across || (widest > 1 && place < BESIDE_LEAST);
  const rank = across ? Math.min(ACROSS.rank, gap(room, order.length)) : DOWN.rank + (beneath ? 46 : 0);
  const long = (order.length - 1) * rank;
  const wide = (widest - 1) * place;
  const places = new Map();
  order.forEach((members, depth) => members.forEach((name, index) => {
    const along = depth * rank;
    const aside = (index - (members.length - 1) / 2) * place;
    places.set(name, across
      ? { x: (room + long) / 2 - along, y: MARGIN.top + wide / 2 + aside }
      : { x: room / 2 - (beneath ? 0 : 24) + aside, y: MARGIN.top + along });
  }));
  const height = (across ? wide : long) + 2 * MARGIN.top + (beneath ? MARGIN.label : 0);
  return { places, across, beneath, height };
}

export function drawMesh(box, state) {
  const names = state.nodes.map((node) => node.name);
  const room = Math.max(box.clientWidth, 280);
  const { places, across, beneath, height } = layout(names, state.links, state.exit, room);
  const picture = svg("svg", {
    viewBox: `0 0 ${room} ${height}`, width: room, height, role: "group", "aria-label": "Picture of the mesh",
  });
  const labels = [];
  for (const link of state.links) {
    picture.append(drawLink(link, { places, across, beneath }, labels));
  }
  picture.append(...labels);
  for (const node of state.nodes) {
    picture.append(drawNode(node, places.get(node.name), beneath, state.exit));
  }
  box.replaceChildren(picture);
}

function drawLink(link, { places, across, beneath }, labels) {
  const from = places.get(link.one);
  const to = places.get(link.other);
  const over = bend(from, to, across, beneath);
  const at = (t) => ({
    x: (1 - t) ** 2 * from.x + 2 * t * (1 - t) * over.x + t ** 2 * to.x,
    y: (1 - t) ** 2 * from.y + 2 * t * (1 - t) * over.y + t ** 2 * to.y,
  });
  const label = (t, text, kind) => {
    const place = at(t);
    labels.push(svg("text", { x: place.x, y: place.y + 4.5, class: `cost ${kind}` }, text));
  };
  const [one, other] = [endText(link.one_end), endText(link.other_end)];
  if (one === other) {
    label(0.5, one, link.state);
  } else {
    label(0.34, one, endKind(link.one_end));
    label(0.66, other, endKind(link.other_end));
  }
  return svg("path", {
    d: `M${from.x} ${from.y}Q${over.x} ${over.y} ${to.x} ${to.y}`, class: `link ${link.state}`,
  }, svg("title", {}, linkTitle(link)));
}

/** A link within a rank goes round what stands there, on the side where no names are. */
function bend(from, to, across, beneath) {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  if (across && Math.abs(from.x - to.x) < 1) middle.x -= RADIUS * 4;
  if (!across && Math.abs(from.y - to.y) < 1) middle.y += beneath ? -RADIUS * 3 : RADIUS * 3;
  return middle;
}

function endText(end) {
  if (end.opinion === "unusable") return "✕";
  if (end.opinion === "unknown") return "?";
  return typeof end.cost === "number" ? String(end.cost) : "✓";
}

function endKind(end) {
  return { usable: "good", unusable: "broken" }[end.opinion] ?? "unknown";
}

function linkTitle(link) {
  const say = (name, end) => end.opinion === "usable" ? `${name} reports cost ${end.cost ?? "unknown"}`
    : end.opinion === "unusable" ? `${name} has no usable neighbour there` : `${name} does not tell`;
  return `${link.one}–${link.other}: ${say(link.one, link.one_end)}, ${say(link.other, link.other_end)}`;
}

function drawNode(node, place, beneath, exit) {
  const isExit = node.name === exit;
  const words = [node.name, node.state].concat(isExit ? ["exit"] : []).join(", ");
  const group = svg("a", {
    href: `/nodes/${encodeURIComponent(node.name)}`, class: `node ${node.state}`, "aria-label": words,
  });
  if (isExit) group.append(svg("circle", { cx: place.x, cy: place.y, r: RADIUS + 6, class: "exit-ring" }));
  group.append(
    shapeOf(node.state, place),
    svg("text", { x: place.x, y: place.y + 7, class: "sign", "aria-hidden": "true" }, SIGNS[node.state] ?? "?"));
  const anchor = beneath ? "middle" : "start";
  const x = beneath ? place.x : place.x + RADIUS + 12;
  const y = beneath ? place.y + RADIUS + 23 : place.y - 2;
  const [way, isBad] = exitWords(node, exit) ?? [];
  group.append(
    svg("text", { x, y, class: "name", "text-anchor": anchor }, shortened(node.name) + (isExit ? " · exit" : "")),
    svg("text", { x, y: y + 16, class: "word", "text-anchor": anchor }, node.state),
    svg("title", {}, words));
  if (way !== undefined) {
    group.append(svg("text", { x, y: y + 31, class: isBad ? "far bad" : "far", "text-anchor": anchor }, way));
  }
  return group;
}

/** The outline tells the state as well as the colour does. */
function shapeOf(state, { x, y }) {
  const corners = { faulty: [8, RADIUS + 1, Math.PI / 8], unsure: [4, RADIUS + 4, Math.PI / 4], starting: [4, RADIUS + 4, 0] }[state];
  if (corners === undefined) return svg("circle", { cx: x, cy: y, r: RADIUS, class: "shape" });
  const [many, radius, turn] = corners;
  const points = Array.from({ length: many }, (_, index) => {
    const angle = turn + (2 * Math.PI * index) / many;
    return `${(x + radius * Math.cos(angle)).toFixed(1)},${(y + radius * Math.sin(angle)).toFixed(1)}`;
  });
  return svg("polygon", { points: points.join(" "), class: "shape" });
}

/** What the node says of the way out, [words, whether they are bad]: the exit of what lies beyond it, others of the exit. */
export function exitWords(node, exit) {
  if (["late", "offline", "waiting"].includes(node.state)) return undefined;
  const { beyond, exit: probe } = node.snapshot?.babel ?? {};
  if (node.name === exit) {
    return beyond?.answers === undefined ? undefined : beyond.answers ? ["beyond answers", false] : ["nothing beyond", true];
  }
  if (probe?.answers === false) return ["exit does not answer", true];
  return beyond?.answers === false ? ["nothing beyond exit", true] : undefined;
}

function shortened(name) {
  return name.length > 14 ? `${name.slice(0, 13)}…` : name;
}
