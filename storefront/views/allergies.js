// The allergies of a person: which, how bad, and whether traces are fine. "None" has to be said.

import { Failure } from "../api.js";
import { make } from "../dom.js";
import { one, several } from "../parts/chips.js";

const SEVERITIES = [["SEVERE", "Severe"], ["MODERATE", "Moderate"], ["MILD", "Mild"]];

/** The fields, and `chosen()`, which throws a Failure if nothing is said. */
export function allergyForm(allergens, me) {
  const state = new Map(me.allergies.map((one) => [one.allergenId, { ...one, severity: one.severity ?? "SEVERE" }]));
  const ids = new Set(state.keys());
  const details = make("div", {});
  const none = make("input", { type: "checkbox", name: "none", checked: Boolean(me.allergiesDeclaredAt) && !ids.size,
    onchange: () => none.checked && clear() });
  const names = new Map(allergens.map(({ id, name }) => [id, name]));
  const show = () => details.replaceChildren(...[...state].map(([id, allergy]) => detail(names.get(id) ?? id, allergy)));
  const changed = (id) => {
    none.checked = false;
    if (ids.has(id)) state.set(id, { allergenId: id, severity: "SEVERE", acceptsTraces: false });
    else state.delete(id);
    show();
  };
  const whole = allergens.filter((allergen) => !allergen.groups.length);
  const parts = whole.filter((group) => members(group, allergens).length);
  const groups = [several("I am allergic to", whole, ids, changed),
    make("details.more-kinds", { open: [...ids].some((id) => !whole.some((one) => one.id === id)) },
      make("summary", {}, "Only one kind of nut, cereal or shellfish?"),
      parts.map((group) => several(group.name, members(group, allergens), ids, changed)))];
  const clear = () => {
    ids.clear();
    state.clear();
    for (const input of element.querySelectorAll(".chips input")) input.checked = false;
    show();
  };
  const element = make("div", {},
    make("p.help", {}, "A group stands for all its members. You can change this at any time; it applies from the next list on."),
    groups, details,
    make("label.none", {}, none, make("span", {}, make("strong", {}, "I have no allergies"), " Drinks are then checked for nothing but your diets.")));
  show();
  return { element, chosen: () => said([...state.values()], none.checked) };
}

function said(allergies, none) {
  if (!allergies.length && !none) {
    throw new Failure("Unsaid", "Nothing is selected.", "Choose your allergies, or say that you have none.");
  }
  return allergies.map(({ allergenId, severity, acceptsTraces }) =>
    ({ allergenId, severity, acceptsTraces: acceptsTraces && severity !== "SEVERE" }));
}

function members(group, allergens) {
  const below = allergens.filter((one) => one.groups.includes(group.id));
  return below.flatMap((one) => [one, ...members(one, allergens)]);
}

function detail(name, allergy) {
  const traces = make("input", { type: "checkbox", checked: allergy.acceptsTraces,
    onchange: () => (allergy.acceptsTraces = traces.checked) });
  const line = make("span", {});
  const follow = () => {
    const severe = allergy.severity === "SEVERE";
    traces.disabled = severe;
    if (severe) traces.checked = allergy.acceptsTraces = false;
    line.textContent = severe ? "Traces are never offered with a severe allergy" : "Traces are fine for me";
  };
  const group = `severity-${allergy.allergenId}`;
  const choice = ([value, label]) => one("radio", { name: group, label, value, checked: allergy.severity === value,
    onchange: () => ((allergy.severity = value), follow()) });
  follow();
  return make("fieldset.chips.allergy", { "data-allergen": allergy.allergenId },
    make("legend", {}, `${name}: how bad is it?`),
    make("div", {}, SEVERITIES.map(choice)), make("label.traces", {}, traces, line));
}
