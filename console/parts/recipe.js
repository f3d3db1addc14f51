// The recipe of a drink as a form: lines to change, the verdicts as one types, and a label to read.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { tell } from "../../storefront/parts/notices.js";
import { button, field, form } from "./acting.js";
import { changes } from "./changes.js";

const PAUSE_MS = 300;

/** A form that saves the whole drink; `saved` is called once the graph has it. */
export function recipeForm(drink, saved) {
  const lines = make("ol.lines", {}, drink.recipe.map(line));
  const add = (part = {}) => lines.append(line(part));
  const complete = make("input", { type: "checkbox", id: "complete", name: "complete", checked: drink.recipeComplete });
  const typed = () => ({ ...kept(drink), recipe: [...lines.children].map(read).filter((one) => one.ingredient), recipeComplete: complete.checked });
  const shown = make("div.draft", { role: "status" });
  const filled = form([lines,
    make("div.row", {}, button("Add a line", () => add())),
    make("div.row", {}, complete, make("label", { for: "complete" }, "The recipe leaves nothing out")),
    shown,
    field("source", "On whose word", { value: "operator", required: true, maxlength: 200 }),
    field("note", "Why, for the history", { maxlength: 500 }),
  ], "Save, and see the verdicts", async ({ source, note }) => {
    const said = await ask("UpdateDrink", { drink: typed(), source, note: note || null });
    saved();
    if (said.unrecognised.length) return `Saved. Nobody has checked: ${said.unrecognised.join(", ")}.`;
    return "Saved: it acts on the next request.";
  });
  whenChanged(filled, lines, () => preview(drink, typed(), shown));
  return [fromLabel(add), filled];
}

/** Calls back a moment after the last change: a key pressed, a box ticked, a line added or removed. */
function whenChanged(filled, lines, act) {
  let pause;
  const soon = () => {
    clearTimeout(pause);
    pause = setTimeout(act, PAUSE_MS);
  };
  filled.addEventListener("input", soon);
  new MutationObserver(soon).observe(lines, { childList: true });
}

let turn = 0;

/** Show what would change if it were saved now; an older answer never overwrites a newer one. */
async function preview(drink, typed, shown) {
  const mine = ++turn;
  try {
    const { verdicts, unrecognised } = await ask("DraftVerdicts", { drink: typed });
    if (mine === turn) shown.replaceChildren(...wouldChange(drink, verdicts, unrecognised));
  } catch (error) {
    if (mine === turn) shown.replaceChildren(make("p.help", {}, `${error.message} ${error.advice ?? ""}`));
  }
}

function wouldChange(drink, verdicts, unrecognised) {
  const unknown = unrecognised.length ? make("p.banner", {}, `Nobody has checked: ${unrecognised.join(", ")}. With it the drink is safe for nobody with an allergy.`) : null;
  const changed = changes("Saved like this, it would change:", drink.safety.verdicts, verdicts);
  return [changed ?? make("p.help", {}, "Saved like this, no verdict would change."), unknown].flat().filter(Boolean);
}

const kept = ({ id, name, kind, description, styles, flavors, producers, abv, caffeineMgPer100ml, sugarG, servedHot, price, availableFrom, availableUntil }) =>
  ({ id, name, kind, description, styles, flavors, producer: producers[0] ?? null, abv, caffeineMgPer100ml, sugarG, servedHot, price, availableFrom, availableUntil });

function line({ ingredientId = "", name = "", amount = null, unit = null, optional = false, reviewed = true } = {}) {
  const input = (part, label, value, more = {}) => make("input", { "data-part": part, "aria-label": label, value: value ?? "", ...more });
  const item = make("li.line", { "data-id": ingredientId, "data-name": name },
    input("ingredient", "Ingredient", name, { placeholder: "Ingredient" }),
    input("amount", "Amount", amount, { type: "number", step: "any", min: 0 }), input("unit", "Unit", unit, { placeholder: "ml" }),
    make("label", {}, make("input", { type: "checkbox", "data-part": "optional", checked: optional }), " optional"),
    reviewed ? null : make("span.badge.unchecked", {}, "nobody has checked it"),
    button("Remove", () => item.remove()));
  return item;
}

/** A line as the API takes it; an ingredient that was not retyped goes by its id. */
function read(item) {
  const part = (name) => item.querySelector(`[data-part=${name}]`);
  const typed = part("ingredient").value.trim();
  const unchanged = item.dataset.id && typed === item.dataset.name;
  return { ingredient: unchanged ? item.dataset.id : typed, amount: part("amount").value === "" ? null : Number(part("amount").value),
    unit: part("unit").value.trim() || null, optional: part("optional").checked };
}

function fromLabel(add) {
  const shown = make("div", { role: "status" });
  return make("details", {}, make("summary", {}, "Read the ingredients from a label"),
    form([field("text", "The label's text", { of: "textarea", rows: 5, required: true })], "Read it", async ({ text }) => {
      const label = await ask("ReadLabel", { text });
      const parts = label.ingredients.filter((one) => one.level === 0);
      parts.forEach((one) => add({ name: one.text }));
      shown.replaceChildren(make("p", {}, `Contains: ${label.contains.join(", ") || "nothing that is named"}. May contain: ${label.mayContain.join(", ") || "nothing that is named"}.`),
        make("p", {}, label.complete ? "All of it was understood." : `Not understood, or checked by nobody: ${[...label.unread, ...label.unreviewed].join(", ")}. There may be more.`));
      tell(`${parts.length} lines were added below. Look through them before you save.`);
    }), shown);
}
