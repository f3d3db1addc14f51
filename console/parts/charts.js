// Charts as drawings of a few lines: what they show stands beside them as a table, too.

import { drawn, make } from "../../storefront/dom.js";

const WIDE = 640, HIGH = 220, LEFT = 64, BOTTOM = 28, TOP = 12, RIGHT = 12;

/** An effect day by day with its interval, and the line of no effect. `unit(number)` names a value. */
export function sequence(name, looks, unit) {
  const shown = looks.filter((look) => look.low !== null);
  if (shown.length < 2) return make("p.help", {}, "Too few people for a chart so far.");
  const days = shown.map((look) => look.day);
  const across = scale(Math.min(...days), Math.max(...days), LEFT, WIDE - RIGHT);
  const low = Math.min(0, ...shown.map((look) => look.low)), high = Math.max(0, ...shown.map((look) => look.high));
  const up = scale(low, high, HIGH - BOTTOM, TOP);
  const top = shown.map((look) => `${across(look.day)},${up(look.high)}`);
  const bottom = shown.map((look) => `${across(look.day)},${up(look.low)}`).reverse();
  const line = shown.map((look) => `${across(look.day)},${up(look.effect)}`).join(" ");
  return drawn("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "chart", role: "img", "aria-label": `${name}: ${inWords(shown, unit)}` },
    drawn("polygon", { points: [...top, ...bottom].join(" "), class: "band" }),
    drawn("line", { x1: LEFT, x2: WIDE - RIGHT, y1: up(0), y2: up(0), class: "zero" }),
    drawn("polyline", { points: line, class: "line" }),
    ...[low, 0, high].filter((value, at, all) => all.indexOf(value) === at).map((value) =>
      text(LEFT - 6, up(value) + 4, unit(value), "end")),
    text(across(days[0]), HIGH - 8, `day ${days[0] + 1}`, "start"),
    text(across(days.at(-1)), HIGH - 8, `day ${days.at(-1) + 1}`, "end"));
}

/** A share of the largest, as a bar behind a number. */
export function bar(value, most, label) {
  const width = most > 0 ? Math.max(0, (value / most) * 100) : 0;
  return make("span.bar", {}, drawn("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    drawn("rect", { width, height: 8, class: "filled" })), make("span", {}, label));
}

function scale(from, to, first, last) {
  const wide = to - from || 1;
  return (value) => Math.round((first + ((value - from) / wide) * (last - first)) * 10) / 10;
}

const text = (x, y, words, anchor) => drawn("text", { x, y, "text-anchor": anchor }, words);

function inWords(looks, unit) {
  const last = looks.at(-1);
  return `on day ${last.day + 1} ${unit(last.effect)}, between ${unit(last.low)} and ${unit(last.high)}`;
}
