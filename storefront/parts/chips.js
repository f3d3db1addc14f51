// Chips: one choice of several, or any number of them.

import { make } from "../dom.js";

let groups = 0;

/** One of `[label, value]`; `changed` gets the pair. */
export function picker(legend, choices, chosen, changed) {
  const name = `picker-${groups++}`;
  const chip = (choice) => one("radio", { name, label: choice[0], checked: choice === chosen,
    onchange: () => changed(choice) });
  return make("fieldset.chips", {}, make("legend", {}, legend), make("div", {}, choices.map(chip)));
}

/** Any of `{id, name}`; `chosen` is a Set of ids that is kept up to date. */
export function several(legend, choices, chosen, changed = () => {}) {
  const chip = ({ id, name }) => one("checkbox", { name: id, label: name, checked: chosen.has(id),
    onchange: (event) => {
      if (event.target.checked) chosen.add(id);
      else chosen.delete(id);
      changed(id);
    } });
  return make("fieldset.chips", {}, make("legend", {}, legend), make("div", {}, choices.map(chip)));
}

export function one(type, { name, label, checked, onchange, value }) {
  return make("label.chip", {}, make("input", { type, name, checked, onchange, value }), make("span", {}, label));
}
