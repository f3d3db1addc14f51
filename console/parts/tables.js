// Tables, figures and states, the same in every view.

import { make } from "../../storefront/dom.js";

/** A table in a frame that scrolls by itself; `rows` are lists of cells, texts or elements. */
export function table(name, heads, rows) {
  if (!rows.length) return make("p.help", {}, "Nothing yet.");
  return make("div.frame", { tabindex: 0, role: "group", "aria-label": name }, make("table", {},
    make("thead", {}, make("tr", {}, heads.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, rows.map((cells) => make("tr", {}, cells.map((cell, at) =>
      at ? make("td", {}, cell) : make("th", { scope: "row" }, cell)))))));
}

const STATES = {
  OK: "safe", WARNING: "unchecked", PROBLEM: "unsafe",
  ABSENT: "safe", MAY_CONTAIN: "unchecked", UNKNOWN: "unchecked", CONTAINS: "unsafe",
  active: "safe", SHIP: "safe", RUNNING: "safe", works: "safe", approved: "safe",
  MISMATCH: "unsafe", revoked: "unsafe",
};

/** A state in words, and in a colour. */
export const state = (text) => make(`span.badge.${STATES[text] ?? "plain"}`, {}, text.toLowerCase().replaceAll("_", " "));

/** Figures side by side: pairs of a name and a value. */
export const figures = (pairs) => make("dl.tiles", {}, pairs.map(([name, value]) =>
  make("div", {}, make("dt", {}, name), make("dd", {}, value))));

export const section = (id, title, ...children) =>
  make("section", { "aria-labelledby": id }, make("h2", { id }, title), children);

export const moment = (text) => (text ? make("time", { datetime: text }, text.slice(0, 16).replace("T", " ")) : "never");
