"use strict";
// One map: columns of drinks from the page itself, drawn on a canvas.
const data = JSON.parse(document.getElementById("data").textContent);
const count = data.ids.length;
const canvas = document.getElementById("plane");
const pen = canvas.getContext("2d");
const tip = document.getElementById("tip");
const byId = (id) => document.getElementById(id);

const VERDICTS = {
  CONTAINS: { color: "--contains", shape: "cross", says: "contains it" },
  MAY_CONTAIN: { color: "--may", shape: "triangle", says: "may contain traces" },
  UNKNOWN: { color: "--unknown", shape: "ring", says: "not known, so not safe" },
  ABSENT: { color: "--absent", shape: "disc", says: "known to be without" },
};
const SHAPES = ["disc", "square", "triangle", "diamond"];
const COLORS = 8;
const LABELS_SHOWN = 40, RESULTS_SHOWN = 12, CELLS = 96, CLOSEST = 200;
const CROWD = 5000;

const state = { scale: 1, left: 0, top: 0, width: 0, height: 0, chosen: -1, over: -1, group: -1 };
let coloring = data.colorings.find((one) => one.name === data.first) || data.colorings[0];
let found = new Set();
let pending = false;

// ---- how a group looks -------------------------------------------------------------------

function look(way, place) {
  const label = way.labels[place];
  if (way.verdict) return VERDICTS[label];
  if (label === "other" || label === "not stated") return { color: "--other", shape: "dot" };
  const round = Math.floor(place / COLORS);
  return { color: `--c${place % COLORS}`, shape: SHAPES[(place + round) % SHAPES.length] };
}

const groupOf = (row) => parseInt(coloring.of[row], 36);
const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function trace(context, shape, x, y, r) {
  context.beginPath();
  if (shape === "square") context.rect(x - r * 0.85, y - r * 0.85, r * 1.7, r * 1.7);
  else if (shape === "triangle") {
    context.moveTo(x, y - r * 1.1);
    context.lineTo(x + r, y + r * 0.8);
    context.lineTo(x - r, y + r * 0.8);
    context.closePath();
  } else if (shape === "diamond") {
    context.moveTo(x, y - r * 1.2);
    context.lineTo(x + r * 1.2, y);
    context.lineTo(x, y + r * 1.2);
    context.lineTo(x - r * 1.2, y);
    context.closePath();
  } else if (shape === "cross") {
    context.moveTo(x - r, y - r);
    context.lineTo(x + r, y + r);
    context.moveTo(x + r, y - r);
    context.lineTo(x - r, y + r);
  } else context.arc(x, y, shape === "dot" ? r * 0.6 : r, 0, 2 * Math.PI);
}

function paint(context, { color, shape }, x, y, r) {
  const value = ink(color);
  trace(context, shape, x, y, r);
  if (shape === "cross" || shape === "ring") {
    context.strokeStyle = value;
    context.lineWidth = Math.max(1.4, r * 0.5);
    context.stroke();
  } else {
    context.fillStyle = value;
    context.fill();
    context.strokeStyle = ink("--halo");
    context.lineWidth = 0.7;
    context.stroke();
  }
}

// A group's sign is painted once and then copied: a hundred thousand paths would be slow.
let sprites = [], spriteSize = 0;
function makeSprites(r, ratio) {
  spriteSize = Math.ceil(r * 3.2);
  sprites = coloring.labels.map((_, place) => {
    const sheet = document.createElement("canvas");
    sheet.width = sheet.height = Math.ceil(spriteSize * ratio);
    const context = sheet.getContext("2d");
    context.scale(ratio, ratio);
    paint(context, look(coloring, place), spriteSize / 2, spriteSize / 2, r);
    return sheet;
  });
}

// ---- places ------------------------------------------------------------------------------

const side = () => Math.min(state.width, state.height) - 60;
const screenX = (row) => state.left + (data.x[row] / 65535) * side() * state.scale;
const screenY = (row) => state.top + (data.y[row] / 65535) * side() * state.scale;
const radius = () => {
  const crowd = count > 20000 ? 1.6 : count > 3000 ? 2.6 : 4.5;
  return Math.min(9, crowd * Math.pow(state.scale, 0.35));
};

const cells = Array.from({ length: CELLS * CELLS }, () => []);
const cellOf = (value) => Math.min(CELLS - 1, Math.max(0, Math.floor((value / 65536) * CELLS)));
for (let row = 0; row < count; row++)
  cells[cellOf(data.y[row]) * CELLS + cellOf(data.x[row])].push(row);

function nearestTo(px, py, reach) {
  const unit = 65535 / (side() * state.scale);
  const x = (px - state.left) * unit, y = (py - state.top) * unit, span = reach * unit;
  let best = -1, least = span * span;
  for (let i = cellOf(y - span); i <= cellOf(y + span); i++)
    for (let j = cellOf(x - span); j <= cellOf(x + span); j++)
      for (const row of cells[i * CELLS + j]) {
        const distance = (data.x[row] - x) ** 2 + (data.y[row] - y) ** 2;
        if (distance <= least) [least, best] = [distance, row];
      }
  return best;
}

function wholeMap() {
  state.scale = 1;
  state.left = (state.width - side()) / 2;
  state.top = (state.height - side()) / 2;
  draw();
}

function zoom(factor, px = state.width / 2, py = state.height / 2) {
  const scale = Math.min(CLOSEST, Math.max(0.5, state.scale * factor));
  const real = scale / state.scale;
  state.left = px - (px - state.left) * real;
  state.top = py - (py - state.top) * real;
  state.scale = scale;
  draw();
}

function move(dx, dy) {
  state.left += dx;
  state.top += dy;
  draw();
}

// ---- drawing -----------------------------------------------------------------------------

function draw() {
  if (pending) return;
  pending = true;
  requestAnimationFrame(() => {
    pending = false;
    paintAll();
  });
}

function paintAll() {
  const ratio = window.devicePixelRatio || 1, r = radius();
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, state.width, state.height);
  makeSprites(r, ratio);
  const visible = [];
  // verdicts that speak against a drink lie above those that do not
  const order = coloring.verdict ? [3, 2, 1, 0] : coloring.labels.map((_, place) => place);
  const rows = order.map(() => []);
  const rank = new Map(order.map((place, position) => [place, position]));
  for (let row = 0; row < count; row++) {
    const x = screenX(row), y = screenY(row);
    if (x < -20 || y < -20 || x > state.width + 20 || y > state.height + 20) continue;
    visible.push(row);
    rows[rank.get(groupOf(row))].push(row);
  }
  if (visible.length > CROWD) paintCrowd(order, rows, ratio);
  else order.forEach((place, position) => {
    pen.globalAlpha = state.group < 0 || state.group === place ? 1 : 0.12;
    for (const row of rows[position])
      pen.drawImage(
        sprites[place], screenX(row) - spriteSize / 2, screenY(row) - spriteSize / 2,
        spriteSize, spriteSize);
  });
  pen.globalAlpha = 1;
  for (const row of found) ring(row, r + 4, 1.5);
  if (state.chosen >= 0) {
    for (const row of nearestOf(state.chosen).rows) link(state.chosen, row);
    ring(state.chosen, r + 6, 3);
  }
  if (state.over >= 0) ring(state.over, r + 4, 2);
  names(visible, r);
  if (document.activeElement === canvas) crosshair();
}

// Tens of thousands of copies are slow too: their pixels are set one by one, without smoothing.
function paintCrowd(order, rows, ratio) {
  const width = canvas.width, height = canvas.height;
  const image = pen.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  order.forEach((place, position) => {
    const sheet = sprites[place], size = sheet.width;
    const faint = state.group >= 0 && state.group !== place;
    const sign = new Uint32Array(
      sheet.getContext("2d").getImageData(0, 0, size, size).data.buffer);
    const offsets = [], values = [];
    sign.forEach((value, at) => {
      if (value >>> 24 < 128) return;
      offsets.push(Math.floor(at / size) * width + (at % size));
      values.push(((value & 0xffffff) | ((faint ? 31 : 255) << 24)) >>> 0);
    });
    const half = size / 2;
    for (const row of rows[position]) {
      const x = Math.round(screenX(row) * ratio - half), y = Math.round(screenY(row) * ratio - half);
      if (x < 0 || y < 0 || x + size > width || y + size > height) continue;
      const start = y * width + x;
      for (let i = 0; i < offsets.length; i++) pixels[start + offsets[i]] = values[i];
    }
  });
  pen.putImageData(image, 0, 0);
}

function ring(row, r, width) {
  pen.beginPath();
  pen.arc(screenX(row), screenY(row), r, 0, 2 * Math.PI);
  pen.strokeStyle = ink("--mark");
  pen.lineWidth = width;
  pen.stroke();
}

function link(from, to) {
  pen.beginPath();
  pen.moveTo(screenX(from), screenY(from));
  pen.lineTo(screenX(to), screenY(to));
  pen.strokeStyle = ink("--mark");
  pen.globalAlpha = 0.6;
  pen.lineWidth = 1;
  pen.stroke();
  pen.globalAlpha = 1;
}

function crosshair() {
  const x = state.width / 2, y = state.height / 2;
  pen.beginPath();
  pen.moveTo(x - 8, y);
  pen.lineTo(x + 8, y);
  pen.moveTo(x, y - 8);
  pen.lineTo(x, y + 8);
  pen.strokeStyle = ink("--soft");
  pen.lineWidth = 1;
  pen.stroke();
}

// The most popular first; a name is left out where it would lie on another.
const byFame = Array.from({ length: count }, (_, row) => row).sort(
  (a, b) => data.popularity[b] - data.popularity[a] || a - b);
const fame = new Uint32Array(count);
byFame.forEach((row, place) => { fame[row] = place; });

function names(visible, r) {
  const first = [state.chosen, state.over].filter((row) => row >= 0);
  if (state.chosen >= 0) first.push(...nearestOf(state.chosen).rows);
  const some = visible.length > CROWD ? byFame.slice(0, 1000) : visible.slice();
  some.sort((a, b) => fame[a] - fame[b]);
  const taken = [];
  pen.font = "12px system-ui, sans-serif";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  for (const row of [...new Set([...first, ...some])]) {
    if (taken.length >= LABELS_SHOWN) break;
    if (state.group >= 0 && groupOf(row) !== state.group && !first.includes(row)) continue;
    const text = data.names[row], x = screenX(row) + r + 4, y = screenY(row);
    const width = pen.measureText(text).width;
    if (x < 0 || y < 8 || x + width > state.width || y > state.height - 8) continue;
    const box = [x - 6, y - 9, x + width + 6, y + 9];
    if (taken.some((o) => box[0] < o[2] && o[0] < box[2] && box[1] < o[3] && o[1] < box[3])) continue;
    taken.push(box);
    pen.strokeStyle = ink("--halo");
    pen.lineWidth = 3.5;
    pen.strokeText(text, x, y);
    pen.fillStyle = ink("--ink");
    pen.fillText(text, x, y);
  }
}

// ---- one drink ---------------------------------------------------------------------------

function nearestOf(row) {
  const start = row * data.nearestCount, end = start + data.nearestCount;
  return { rows: data.nearest.slice(start, end), likeness: data.likeness.slice(start, end) };
}

const ingredientsOf = (row) => data.ingredients[row].map((one) => data.ingredientNames[one]);

function verdictOf(row) {
  const label = coloring.labels[groupOf(row)];
  return coloring.verdict ? `${coloring.title}: ${label} (${VERDICTS[label].says})` : "";
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function drinkButton(row, likeness) {
  const item = element("li"), button = element("button", data.names[row]);
  button.type = "button";
  if (likeness !== undefined) button.append(element("span", `${likeness} %`, "likeness"));
  button.addEventListener("click", () => choose(row, true));
  item.append(button);
  return item;
}

function describe(row) {
  const box = byId("drink");
  const facts = element("dl");
  const ingredients = ingredientsOf(row);
  const whole = data.recipeComplete[row] === "1" ? "" : " (the recipe is not complete)";
  const lines = [
    ["Kind", data.kinds[row] || "not stated"],
    ["Style", data.styles[row] || "not stated"],
    ["In it", (ingredients.join(", ") || "not stated") + whole],
    ["Had by", `${data.popularity[row]} people`],
  ];
  if (coloring.verdict) lines.push(["Verdict", verdictOf(row)]);
  for (const [name, value] of lines) facts.append(element("dt", name), element("dd", value));
  const list = element("ul"), near = nearestOf(row);
  near.rows.forEach((one, place) => list.append(drinkButton(one, near.likeness[place])));
  box.replaceChildren(element("h2", data.names[row]), facts, element("h3", "Nearest"), list);
}

function choose(row, centre) {
  state.chosen = row;
  if (row < 0) {
    byId("drink").replaceChildren(element("p", "No drink is chosen."));
  } else {
    describe(row);
    if (centre) {
      state.scale = Math.max(state.scale, 3);
      state.left = state.width / 2 - (data.x[row] / 65535) * side() * state.scale;
      state.top = state.height / 2 - (data.y[row] / 65535) * side() * state.scale;
    }
  }
  draw();
}

function hover(row, px, py) {
  if (row === state.over && row < 0) return;
  state.over = row;
  tip.hidden = row < 0;
  if (row >= 0) {
    const lines = [data.styles[row], ingredientsOf(row).join(", "), verdictOf(row)];
    const near = nearestOf(row).rows.map((one) => data.names[one]).join(", ");
    tip.replaceChildren(element("b", data.names[row]));
    for (const line of [...lines, near && `Near: ${near}`].filter(Boolean))
      tip.append(element("div", line));
    tip.style.left = `${Math.max(0, Math.min(px + 14, state.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.max(0, Math.min(py + 14, state.height - tip.offsetHeight - 4))}px`;
  }
  draw();
}

// ---- search, legend ----------------------------------------------------------------------

const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const foldedNames = data.names.map(folded);

function search(text) {
  const words = folded(text).split(/\s+/).filter(Boolean);
  const rows = words.length
    ? byFame.filter((row) => words.every((word) => foldedNames[row].includes(word)))
    : [];
  found = new Set(rows.slice(0, 500));
  byId("found").textContent = !words.length ? ""
    : rows.length > RESULTS_SHOWN ? `${rows.length} drinks; the first ${RESULTS_SHOWN}:`
    : rows.length === 1 ? "1 drink:" : `${rows.length} drinks${rows.length ? ":" : "."}`;
  byId("results").replaceChildren(...rows.slice(0, RESULTS_SHOWN).map((row) => drinkButton(row)));
  draw();
  return rows;
}

function legend() {
  const counts = coloring.labels.map(() => 0);
  for (let row = 0; row < count; row++) counts[groupOf(row)]++;
  const ratio = window.devicePixelRatio || 1;
  byId("legend").replaceChildren(...coloring.labels.map((label, place) => {
    const item = element("li"), button = element("button"), sign = element("canvas");
    sign.width = sign.height = 18 * ratio;
    sign.setAttribute("aria-hidden", "true");
    const context = sign.getContext("2d");
    context.scale(ratio, ratio);
    paint(context, look(coloring, place), 9, 9, 5.5);
    const says = coloring.verdict ? `${label}: ${VERDICTS[label].says}` : label;
    button.type = "button";
    button.setAttribute("aria-pressed", String(state.group === place));
    button.append(sign, element("span", says), element("span", counts[place], "count"));
    button.addEventListener("click", () => {
      state.group = state.group === place ? -1 : place;
      legend();
      byId("legend").children[place].firstChild.focus();
      draw();
    });
    item.append(button);
    return item;
  }));
  byId("caution").hidden = !coloring.verdict;
}

function colorBy(name) {
  coloring = data.colorings.find((one) => one.name === name);
  state.group = -1;
  legend();
  if (state.chosen >= 0) describe(state.chosen);
  draw();
}

// ---- hands -------------------------------------------------------------------------------

const pointers = new Map();
let dragged = false;
const at = (event) => {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  pointers.set(event.pointerId, at(event));
  dragged = false;
});
canvas.addEventListener("pointermove", (event) => {
  const [x, y] = at(event), before = pointers.get(event.pointerId);
  if (!before) return hover(nearestTo(x, y, 14), x, y);
  if (pointers.size === 2) {
    const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
    const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
    const is = Math.hypot(x - other[0], y - other[1]);
    if (was > 0) zoom(is / was, (x + other[0]) / 2, (y + other[1]) / 2);
    dragged = true;
  } else if (dragged || Math.hypot(x - before[0], y - before[1]) > 4) {
    dragged = true;
    canvas.classList.add("dragging");
    move(x - before[0], y - before[1]);
  } else return;
  pointers.set(event.pointerId, [x, y]);
});
canvas.addEventListener("pointerup", (event) => {
  pointers.delete(event.pointerId);
  canvas.classList.remove("dragging");
  if (!dragged) choose(nearestTo(...at(event), 18), false);
});
canvas.addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
canvas.addEventListener("pointerleave", () => hover(-1));
canvas.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.pow(1.0015, -event.deltaY), ...at(event));
}, { passive: false });
canvas.addEventListener("focus", draw);
canvas.addEventListener("blur", draw);

const KEYS = {
  ArrowLeft: () => move(60, 0),
  ArrowRight: () => move(-60, 0),
  ArrowUp: () => move(0, 60),
  ArrowDown: () => move(0, -60),
  "+": () => zoom(1.4),
  "=": () => zoom(1.4),
  "-": () => zoom(1 / 1.4),
  0: wholeMap,
  Enter: () => choose(nearestTo(state.width / 2, state.height / 2, state.width), false),
  Escape: () => choose(-1),
};
canvas.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || ["INPUT", "SELECT"].includes(document.activeElement.tagName)) return;
  event.preventDefault();
  byId("search").focus();
});
byId("search").addEventListener("input", (event) => search(event.target.value));
byId("search").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const rows = search(event.target.value);
  if (rows.length) choose(rows[0], true);
});
byId("closer").addEventListener("click", () => zoom(1.5));
byId("farther").addEventListener("click", () => zoom(1 / 1.5));
byId("whole").addEventListener("click", wholeMap);

// ---- start -------------------------------------------------------------------------------

const select = byId("coloring");
for (const one of data.colorings) {
  const option = element("option", one.verdict ? `Allergen: ${one.title}` : one.title);
  option.value = one.name;
  select.append(option);
}
select.value = coloring.name;
select.addEventListener("change", () => colorBy(select.value));

function resize() {
  const ratio = window.devicePixelRatio || 1, box = canvas.parentElement.getBoundingClientRect();
  const first = !state.width;
  state.width = box.width;
  state.height = box.height;
  canvas.width = Math.round(box.width * ratio);
  canvas.height = Math.round(box.height * ratio);
  if (first || state.scale === 1) wholeMap();
  else draw();
}
new ResizeObserver(resize).observe(canvas.parentElement);
window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  legend();
  draw();
});
legend();
resize();
