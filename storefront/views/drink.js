// One drink: what is in it, what the graph says of it, how to change it, what is like it.

import { ask } from "../api.js";
import { viewed } from "../collecting.js";
import { make } from "../dom.js";
import { nameOf, person, spoken } from "../person.js";
import { acts, stars } from "../parts/acts.js";
import { cardList, kind, notCheckedBanner } from "../parts/card.js";
import { live, notice, words } from "../parts/notices.js";
import { picture } from "../parts/picture.js";
import { badge, isStated, path, source, verdicts } from "../parts/verdicts.js";

const OBSTACLES = {
  CONTAINS: (what) => `contains ${what}, which you are allergic to`,
  MAY_CONTAIN: (what) => `may contain ${what}, which you are allergic to`,
  UNREVIEWED: () => "contains something nobody has checked",
  RECIPE_INCOMPLETE: () => "has an incomplete recipe",
  DECLARATION_VOID: (what) => `was declared free of ${what}, which no longer counts`,
  AVOIDED: (what) => `has ${what}, which you avoid`,
  LIMIT: () => "is over one of your limits, or nobody knows whether it is",
  DIET_AVOIDED: (what) => `does not suit your diet: ${what}`,
  DIET_UNREVIEWED: (what) => `contains something nobody has checked for your diet: ${what}`,
  DIET_LIMIT: (what) => `is over a limit of your diet, or nobody knows whether it is: ${what}`,
  UNRESOLVED: () => "cannot be checked: something you declared was not understood",
};
const NO_SWAP = {
  RECIPE_UNKNOWN: "Its recipe is not fully known, so nobody can say how to change it.",
  LIMIT: "Nobody knows how much alcohol or caffeine a changed recipe would have.",
  DRINK_EVIDENCE: "The evidence is about the drink itself, not one of its ingredients.",
  NO_SUBSTITUTE: "No replacement that is safe for you is known for what is in the way.",
};

export function drinkView({ id }, { signal, title }) {
  let isNew = true;
  return live(signal, async () => {
    const drink = await ask("OneDrink", { id }, { signal });
    if (!isStated(drink.safety)) throw new Error("an answer without a safety status");
    title(drink.name);
    const refused = drink.safety.status === "UNSAFE";
    if (isNew && !refused) viewed(drink.id);
    isNew = false;
    return [notCheckedBanner(person()?.allergiesDeclaredAt), head(drink, refused),
      make("div.columns", {},
        make("div", {}, refused ? [whyNot(drink, signal), swaps(drink, signal)] : null, person() ? rating(drink) : null),
        recipe(drink)),
      similar(drink, signal)].filter(Boolean);
  });
}

function head(drink, refused) {
  const buttons = () => box.querySelectorAll(".acts button");
  const busy = (is) => buttons().forEach((button) => (button.disabled = is));
  const after = { leave: () => busy(true), comeBack: () => busy(false), changed: () => busy(false) };
  const box = make("header.drink", { "data-drink": drink.id, "data-status": drink.safety.status }, picture(drink),
    make("div", {}, make("p.kind", {}, kind(drink)), make("h1", {}, drink.name),
      make("p.lead", {}, drink.description ?? ""),
      make("p.flavors", {}, drink.flavors.map((flavor) => make("span.flavor", {}, spoken(flavor)))),
      verdicts(drink, drink.safety),
      person() && !refused ? acts(drink, after) : null));
  return box;
}

function recipe(drink) {
  const part = (one) => make("li", {},
    make("span", {}, one.name, one.optional ? " (optional)" : "", one.reviewed ? "" : " (nobody has checked it)"),
    make("span.amount", {}, [one.amount, one.unit].filter(Boolean).join(" ")));
  const facts = [["Caffeine", drink.caffeineMgPer100ml, "mg in 100 ml"], ["Sugar", drink.sugarG, "g in 100 ml"],
    ["Alcohol", drink.abv, "% vol"]];
  return make("section", { "aria-labelledby": "recipe" }, make("h2", { id: "recipe" }, "What is in it"),
    make("ul.recipe", {}, drink.recipe.map(part)),
    make("dl.figures", {}, facts.map(([name, value, unit]) => make("div", {}, make("dt", {}, name),
      make("dd", {}, value === null ? "not known" : `${value} ${unit}`)))));
}

const rating = (drink) => make("section", { "aria-label": "Your rating" }, make("h2", {}, "Had it?"), stars(drink));

function whyNot(drink, signal) {
  return make("section", { "aria-labelledby": "why-not" }, make("h2", { id: "why-not" }, "Why not this drink?"),
    live(signal, async () => {
      if (!person()) return make("p", {}, "Sign in to see what is in the way.");
      const { obstacles } = await ask("WhyNot", { id: drink.id }, { signal });
      return make("ul.facts", {}, await Promise.all(obstacles.map(obstacle)));
    }, { skeleton: words("Reading the graph…") }));
}

async function obstacle(one) {
  const kinds = one.kind.startsWith("DIET") ? "diets" : "allergens";
  const declared = one.declared ? (await nameOf(kinds, one.declared)).toLowerCase() : "";
  const sentence = (OBSTACLES[one.kind] ?? ((what) => `${spoken(one.kind.toLowerCase())} ${what}`))(declared);
  return make("li", {}, make("p", {}, make("strong", {}, "It "), sentence, one.detail ? ` (${one.detail})` : "", "."),
    make("p", {}, path(one.path)), source(one));
}

function swaps(drink, signal) {
  if (!person()) return null;
  return make("section", { "aria-labelledby": "swaps" }, make("h2", { id: "swaps" }, "Make it differently"),
    live(signal, async () => {
      const found = await ask("Swap", { id: drink.id }, { signal });
      if (!found.items.length) return make("p", {}, NO_SWAP[found.reason] ?? "There is no swap.");
      return make("ul.facts", {}, found.items.filter((item) => item.safety?.status === "SAFE").map(swap));
    }, { skeleton: words("Reading the graph…") }));
}

function swap({ replacements, safety }) {
  return make("li.swap", {}, replacements.map((one) => [
    make("p", {}, make("strong", {}, one.by ? `${one.by}` : `Without ${one.ingredient}`),
      one.by ? ` in place of ${one.ingredient}` : ""),
    make("p.why", {}, one.reason, one.note ? ` Keep in mind: ${one.note}.` : ""),
    one.source ? make("p.source", {}, `Source: ${one.source}`) : null]), badge(safety),
    make("span.how", {}, " made like this"));
}

function similar(drink, signal) {
  return make("section", { "aria-labelledby": "similar" }, make("h2", { id: "similar" }, person()?.allergiesDeclaredAt ? "Similar, and safe for you" : "Similar, not checked"),
    live(signal, async () => {
      const found = await ask("Similar", { id: drink.id, first: 6 }, { signal });
      const nothing = notice("Nothing like it", "No drink like this one is known to be safe for you.",
        make("a.button", { href: "#/search" }, "Search"));
      return cardList(found.items, () => ({}), nothing);
    }));
}
