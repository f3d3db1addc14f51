// One drink in a list. Without a stated safety there is no card.

import { link, make } from "../dom.js";
import { spoken } from "../person.js";
import { acts } from "./acts.js";
import { picture } from "./picture.js";
import { isStated, verdicts } from "./verdicts.js";

/** Return the card of a drink on offer, or null if the answer does not say that it may be shown. */
export function card({ drink, safety }, { why = null, list = null } = {}) {
  if (!isStated(safety) || safety.status === "UNSAFE") return null;
  return make("li.card", { "data-drink": drink.id, "data-status": safety.status },
    picture(drink),
    make("div.words", {},
      make("p.kind", {}, kind(drink)),
      make("h3", {}, make("a", { href: link(drink.id) }, drink.name)),
      make("p.why", {}, why ?? drink.description ?? "")),
    verdicts(drink, safety),
    list ? acts(drink, list) : null);
}

export function kind(drink) {
  const price = drink.price ? ` · ${drink.price.toFixed(2)}` : "";
  const strength = drink.abv ? ` · ${drink.abv} % vol` : "";
  return `${spoken(drink.kind ?? "drink")}${strength}${price}`;
}

/** A list of cards; with nothing to show, what to do about it. */
export function cardList(items, options, nothing) {
  const shown = items.map((item) => card(item, options(item))).filter(Boolean);
  return shown.length ? make("ul.cards", {}, shown) : nothing;
}

/** Above every list for somebody who declared nothing. */
export function notCheckedBanner(isDeclared) {
  if (isDeclared) return null;
  return make("div.banner", { role: "note" },
    make("p", {}, make("strong", {}, "NOT CHECKED. "), "We do not know your allergies yet, so none of these drinks was checked for you."),
    make("a.button", { href: "#/taste/allergies" }, "Tell us your allergies"));
}
