// The person who is signed in, as the graph knows them, and the names of what can be chosen.

import { ask, askAll } from "./api.js";
import { token } from "./session.js";

let me = null;
let choices = null;

export const person = () => me;

/** Keep what an answer said of the person. */
export function remember(profile) {
  me = profile;
  dispatchEvent(new Event("person"));
  return me;
}

export async function loadPerson(signal) {
  return token() ? remember(await ask("Person", {}, { signal })) : remember(null);
}

/** Allergens, diets and flavors with their names: `{allergens, diets, flavors}`. */
export async function loadChoices() {
  choices ??= askAll("Choices", {}, { anonymous: true });
  try {
    return await choices;
  } catch (error) {
    choices = null;
    throw error;
  }
}

export async function nameOf(kind, id) {
  const found = (await loadChoices())[kind].find((one) => one.id === id);
  return found?.name ?? spoken(id);
}

/** An id as words, where no name is at hand. */
export const spoken = (id) => id.replace(/-(flavor|drinks)$/, "").replaceAll("-", " ");

/** Set the liked flavors; every other like and dislike stays. */
export async function saveFlavors(ids) {
  const kept = (list, kind) => list.filter((one) => one.kind === kind).map((one) => one.id);
  const inputs = (list) => ({
    flavors: kept(list, "flavor"),
    ingredients: kept(list, "ingredient"),
    styles: kept(list, "style"),
  });
  const dislikes = inputs(me.dislikes);
  const variables = {
    likes: { ...inputs(me.likes), flavors: ids },
    dislikes: { ...dislikes, flavors: dislikes.flavors.filter((id) => !ids.includes(id)) },
  };
  return remember(await ask("SetPreferences", variables));
}

export async function saveAllergies(allergies) {
  return remember(await ask("SetAllergies", { allergies, regulation: me.regulation }));
}

export async function saveDiets(diets) {
  return remember(await ask("SetDiets", { diets }));
}

/** Say that what is kept as avoided is all of it; limits stay. */
export async function confirmAvoids() {
  const { avoids, maxAbv, maxCaffeineMgPer100ml } = me;
  const variables = { ingredients: avoids, maxAbv, maxCaffeine: maxCaffeineMgPer100ml };
  return remember(await ask("SetAvoids", variables));
}
