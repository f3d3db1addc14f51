// Finding a drink to look at or to change.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { table } from "../parts/tables.js";

const PAUSE_MS = 250;

export function drinks(_, { signal }) {
  const field = make("input", { type: "search", id: "find", autocomplete: "off", placeholder: "Name of a drink" });
  const found = live(signal, () => search(field.value.trim(), signal), { skeleton: words("Searching…") });
  let pause;
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => found.reload(), PAUSE_MS);
  }, { signal });
  return [make("h1", {}, "Drinks"), make("div.field", {}, make("label", { for: "find" }, "Find a drink"), field), found];
}

async function search(text, signal) {
  if (!text) return make("p.help", {}, "Type a part of its name.");
  const { items } = await ask("Search", { text, first: 30 }, { signal });
  return table("Drinks", ["Drink", "Kind", "Recipe", "Price"], items.map(({ drink }) => [
    make("a", { href: `#/drinks/${encodeURIComponent(drink.id)}` }, drink.name), drink.kind ?? "",
    drink.recipeComplete ? "complete" : "not complete", drink.price === null ? "" : drink.price.toFixed(2)]));
}
