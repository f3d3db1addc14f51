// Verdicts that changed: before and after, side by side.

import { make } from "../../storefront/dom.js";
import { state } from "./tables.js";

/** A list of the verdicts that are others than before, under a heading; null if none is. */
export function changes(heading, before, after) {
  const now = new Map(after.map((one) => [one.allergenId, one.verdict]));
  const changed = before.filter((one) => now.get(one.allergenId) !== one.verdict);
  if (!changed.length) return null;
  return [make("p", {}, make("strong", {}, heading)), make("ul.facts", {}, changed.map((one) =>
    make("li", {}, `${one.name}: `, state(one.verdict), " → ", state(now.get(one.allergenId)))))];
}
