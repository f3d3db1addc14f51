// Forms and buttons that change something: busy while they do, then told.

import { make } from "../../storefront/dom.js";
import { tell } from "../../storefront/parts/notices.js";

/** A button that does something once at a time; what goes wrong is told. */
export function button(text, act, { primary = false, confirm = null } = {}) {
  const made = make(primary ? "button.primary" : "button", { type: "button", onclick: () => run(made, act, confirm) }, text);
  return made;
}

/** A form of fields; `act` gets what they say, by name. */
export function form(fields, label, act) {
  const submit = make("button.primary", {}, label);
  const element = make("form.sheet", {
    onsubmit: (event) => {
      event.preventDefault();
      run(submit, () => act(Object.fromEntries(new FormData(element)), element));
    },
  }, fields, make("div.row", {}, submit));
  return element;
}

/** A named field: an input, a textarea or a select. */
export function field(name, label, { help = null, of = "input", choices = null, ...attributes } = {}) {
  const described = help ? { "aria-describedby": `${name}-help` } : {};
  const options = choices?.map(([value, text]) => make("option", { value }, text));
  const control = make(of, { id: name, name, autocomplete: "off", ...described, ...attributes }, options ?? []);
  return make("div.field", {}, make("label", { for: name }, label), control,
    help ? make("p.help", { id: `${name}-help` }, help) : null);
}

async function run(control, act, confirm = null) {
  if (confirm && !globalThis.confirm(confirm)) return;
  control.disabled = true;
  try {
    const said = await act();
    if (said) tell(said);
  } catch (error) {
    if (!error.kind) console.error(error);
    tell(`${error.message} ${error.advice ?? ""}`, { urgent: true });
  } finally {
    control.disabled = false;
  }
}
