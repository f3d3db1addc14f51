// One drink: its verdict for each allergen of the law, its recipe to change, its history.

import { ask, askAll } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { button } from "../parts/acting.js";
import { changes } from "../parts/changes.js";
import { recipeForm } from "../parts/recipe.js";
import { moment, section, state, table } from "../parts/tables.js";

const LAW = "eu-14";

export function drinkView({ id }, { signal, title }) {
  let before = null;
  const shown = live(signal, async () => {
    const { regulations } = await askAll("Regulations", {}, { signal });
    const law = regulations.find((one) => one.id === LAW) ?? regulations[0];
    const allergens = law.listings.filter(isGroup(law)).map((one) => one.allergenId);
    const drink = await ask("OneDrink", { id, allergens }, { signal });
    title(drink.name);
    const changed = differences(before, drink);
    before = drink;
    return [make("h1", {}, drink.name), make("p.lead", {}, drink.description ?? ""), changed,
      section("verdicts", `For each allergen of ${law.name}`, verdicts(drink.safety)),
      section("recipe", "Recipe", recipeForm(drink, () => shown.reload())),
      past(drink, signal), retire(drink)].filter(Boolean);
  }, { skeleton: words("Asking the graph…"), isForm: true });
  return shown;
}

// members of a group follow from the group: a table of 14 is read, one of 60 is not
const isGroup = (law) => {
  const members = new Set(law.listings.flatMap((one) => one.members ?? []));
  return (one) => !members.has(one.allergenId);
};

function verdicts({ verdicts: all, recipeKnown }) {
  const why = ({ verdict, evidence }) => {
    const first = evidence.find((one) => one.decides) ?? evidence[0];
    if (!first?.source && verdict === "ABSENT") return "every part of it is known, and was checked";
    if (!first) return "";
    const path = first.path.map((step) => step.name).join(" → ");
    return [path, first.source ? ` (${first.source}${first.observedAt ? `, ${first.observedAt}` : ""})` : ""];
  };
  return [recipeKnown ? null : make("p.banner", {}, "The recipe is not complete, or nobody has checked a part of it: what is unknown is not safe."),
    table("Verdicts", ["Allergen", "Verdict", "Because"], all.map((one) => [one.name, state(one.verdict), why(one)]))].filter(Boolean);
}

function differences(before, drink) {
  if (!before) return null;
  const changed = changes("What has changed:", before.safety.verdicts, drink.safety.verdicts);
  return make("div", { role: "status" }, changed ?? make("p", {}, "No verdict has changed."));
}

function past(drink, signal) {
  return section("history", "What was changed", live(signal, async () => {
    const { changes } = await ask("SafetyHistory", { id: drink.id }, { signal });
    return table("What was changed", ["When", "By", "On whose word", "What"], changes.map((one) => [
      moment(one.at), one.by, one.source, [one.subject.name, ...one.removed.map((text) => `− ${text}`), ...one.added.map((text) => `+ ${text}`)].join("; ")]));
  }, { skeleton: words("Reading the history…") }));
}

function retire(drink) {
  const stop = button("Stop offering it", async () => {
    await ask("RetireDrink", { id: drink.id });
    location.hash = "#/drinks";
    return `${drink.name} is offered no more; everything known about it stays.`;
  }, { confirm: `Stop offering ${drink.name}?` });
  return make("div.row", {}, stop);
}
