// The recipe of a drink as a form: lines to change, a label to read them from, and on whose word.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { tell } from "../../storefront/parts/notices.js";
import { button, field, form } from "./acting.js";

/** A form that saves the whole drink; `saved` is called once the graph has it. */
export function recipeForm(drink, saved) {
  const lines = make("ol.lines", {}, drink.recipe.map(line));
  const add = (part = {}) => lines.append(line(part));
  const complete = make("input", { type: "checkbox", id: "complete", name: "complete", checked: drink.recipeComplete });
  return [fromLabel(add), form([lines,
    make("div.row", {}, button("Add a line", () => add())),
    make("div.row", {}, complete, make("label", { for: "complete" }, "The recipe leaves nothing out")),
    field("source", "On whose word", { value: "operator", required: true, maxlength: 200 }),
    field("note", "Why, for the history", { maxlength: 500 }),
  ], "Save, and see the verdicts", async ({ source, note }) => {
    const said = await ask("UpdateDrink", { drink: { ...kept(drink), recipe: [...lines.children].map(read).filter((one) => one.ingredient), recipeComplete: complete.checked }, source, note: note || null });
    saved();
    if (said.unrecognised.length) return `Saved. Nobody has checked: ${said.unrecognised.join(", ")}.`;
    return "Saved: it acts on the next request.";
  })];
}

const kept = ({ id, name, kind, description, styles, flavors, producers, abv, caffeineMgPer100ml, sugarG, servedHot, price, availableFrom, availableUntil }) =>
  ({ id, name, kind, description, styles, flavors, producer: producers[0] ?? null, abv, caffeineMgPer100ml, sugarG, servedHot, price, availableFrom, availableUntil });

function line({ ingredientId = "", name = "", amount = null, unit = null, optional = false, reviewed = true } = {}) {
  const input = (part, label, value, more = {}) => make("input", { "data-part": part, "aria-label": label, value: value ?? "", ...more });
  const item = make("li.line", { "data-id": ingredientId },
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
  const unchanged = item.dataset.id && typed === part("ingredient").defaultValue.trim();
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
