// What a person does with a drink: shown at once, taken back if it could not be recorded.

import { ask, Failure } from "../api.js";
import { make } from "../dom.js";
import { tell } from "./notices.js";

const TRIES = 2;
const SETTLED_MS = 400;

/** Record one interaction. Tried again with the same event id, it counts once. */
export async function record(drinkId, type, extra = {}) {
  const interaction = { eventId: crypto.randomUUID(), drinkId, type, ...extra };
  for (let left = TRIES; ; ) {
    try {
      const { rejected } = await ask("Record", { interactions: [interaction] });
      if (rejected.length) throw new Failure("Rejected", rejected[0].reason);
      return;
    } catch (error) {
      if (error.kind !== "Offline" || --left === 0) throw error;
    }
  }
}

/** Show a change, record it, and take it back with a word if that fails. Returns whether it was. */
export async function optimistic({ drink, type, extra, show, takeBack, done }) {
  show();
  try {
    await record(drink.id, type, extra);
  } catch (error) {
    takeBack();
    tell(`Not recorded: ${error.message} Nothing was changed.`, { urgent: true });
    return false;
  }
  tell(done);
  return true;
}

/** Buttons of a card; the list around it shows a change, takes it back, and follows it. */
export function acts(drink, { context, isSaved = false, leave, comeBack, changed }) {
  const run = async (type, done, extra) => {
    const shown = { show: () => leave(type), takeBack: () => comeBack(type) };
    if (await optimistic({ drink, type, done, extra, ...shown })) changed(type);
  };
  const act = (type, look, text, onclick) =>
    make(`button.${look}`, { type: "button", onclick, "data-act": type, "aria-label": `${text}: ${drink.name}` },
      text);
  const save = act("SAVE", "quiet", isSaved ? "Saved" : "Save", () =>
    save.getAttribute("aria-pressed") === "true" || run("SAVE", `Saved: ${drink.name}.`));
  save.setAttribute("aria-pressed", String(isSaved));
  return make("div.acts", {},
    act("PURCHASE", "primary", "Buy", () => run("PURCHASE", `Bought: ${drink.name}.`, { context })),
    save,
    act("DISLIKE", "quiet", "Not for me", () => run("DISLIKE", `${drink.name} will not be offered again.`)));
}

/** Five stars: one choice among radio buttons. */
export function stars(drink, changed) {
  const group = `stars-${crypto.randomUUID()}`;
  const star = (value) => [
    make("input", { type: "radio", name: group, id: `${group}-${value}`, value, onchange: () => settle(value) }),
    make("label", { for: `${group}-${value}` }, make("span", { "aria-hidden": "true" }, "★"),
      make("span.hidden", {}, `${value} of 5`)),
  ];
  const box = make("fieldset.stars", {}, make("legend", {}, `Rate ${drink.name}`),
    make("div", {}, [1, 2, 3, 4, 5].map(star)));
  let last = null;
  let waiting;
  // arrow keys pass through the stars between: only where they come to rest counts
  const settle = (value) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => rate(value), SETTLED_MS);
  };
  const check = (value) => {
    for (const input of box.querySelectorAll("input")) input.checked = Number(input.value) === value;
    box.dataset.value = value ?? 0;
  };
  async function rate(value) {
    const before = last;
    const show = () => check((last = value));
    const takeBack = () => check((last = before));
    const done = `Rated ${drink.name}: ${value} of 5.`;
    if (await optimistic({ drink, type: "RATING", extra: { value }, show, takeBack, done })) changed?.(value);
  }
  return box;
}
