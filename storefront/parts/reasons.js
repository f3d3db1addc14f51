// Why a drink is on the list, in one sentence. The service's own reason comes first.

import { askAll } from "../api.js";
import { loadChoices, person, spoken } from "../person.js";

/** What the person likes and had: what `reason` compares drinks with. */
export async function loadTaste(history, signal) {
  const ids = [...new Set(history.map((one) => one.drinkId))].slice(0, 4);
  const [a, b = a, c = a, d = a] = ids;
  const had = a ? Object.values(await askAll("Had", { a, b, c, d }, { signal })) : [];
  const { flavors } = await loadChoices();
  return {
    had: had.filter((drink) => drink?.id),
    saved: new Set(history.filter((one) => one.type === "save").map((one) => one.drinkId)),
    liked: new Set(person().likes.filter((one) => one.kind === "flavor").map((one) => one.id)),
    names: new Map(flavors.map(({ id, name }) => [id, name.toLowerCase()])),
  };
}

/** One sentence, or null if nothing true is at hand. */
export function reason(item, taste) {
  const [told] = item.reasons ?? [];
  if (told) return told.sentence;
  if (!taste) return null;
  const words = (ids) => listed(ids.slice(0, 2).map((id) => taste.names.get(id) ?? spoken(id)));
  const liked = item.drink.flavors.filter((id) => taste.liked.has(id));
  const best = closest(item.drink, taste.had);
  if (best?.shared.length > 1 || (best && !liked.length)) {
    return `Like your ${best.name}: ${words(best.shared)}`;
  }
  return liked.length ? `${upper(words(liked))}, as you like it` : null;
}

function closest(drink, had) {
  return had
    .filter((one) => one.id !== drink.id)
    .map((one) => ({ name: one.name, shared: one.flavors.filter((id) => drink.flavors.includes(id)) }))
    .filter((one) => one.shared.length)
    .sort((one, other) => other.shared.length - one.shared.length)[0];
}

const upper = (text) => text[0].toUpperCase() + text.slice(1);
const listed = (words) => words.join(" and ");
