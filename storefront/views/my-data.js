// What is kept of the person, and what they can do about it.

import { ask } from "../api.js";
import { link, make } from "../dom.js";
import { confirmAvoids, loadChoices, person, spoken } from "../person.js";
import { live, tell } from "../parts/notices.js";
import { privacy } from "../parts/privacy.js";
import { signOut } from "../session.js";
import { entry } from "./sign-in.js";

const DID = { view: "Opened", click: "Opened", cart: "Put in the cart", save: "Saved", like: "Liked", dislike: "Not for me", rating: "Rated", purchase: "Bought" };

export function myData(_, { signal }) {
  if (!person()) return entry(signal);
  const facts = live(signal, async () => declared(await loadChoices()));
  addEventListener("person", () => person() && facts.reload(), { signal });
  return [make("h1", {}, "My data"),
    make("p.lead", {}, "All of this is kept under ", make("strong.id", {}, person().id), ". Who you are is not kept: no name, no address."),
    facts,
    person().unresolved.some((text) => text.startsWith("avoids")) ? unclearAvoids() : null,
    make("section", { "aria-labelledby": "history" }, make("h2", { id: "history" }, "What you did"),
      live(signal, async () => history(await ask("History", { first: 50 }, { signal })))),
    make("section", { "aria-labelledby": "rights" }, make("h2", { id: "rights" }, "Take it with you, or erase it"),
      privacy(signal),
      make("button", { type: "button", onclick: signOut }, "Sign out"))].filter(Boolean);
}

function declared({ allergens, diets, flavors }) {
  const me = person();
  const name = (list) => (id) => list.find((one) => one.id === id)?.name ?? spoken(id);
  const allergies = me.allergies.map((one) =>
    `${name(allergens)(one.allergenId)} (${(one.severity ?? "counts as severe: not stated").toLowerCase()}${one.acceptsTraces ? ", traces are fine" : ""})`);
  const rows = [
    ["Allergies", me.allergiesDeclaredAt ? allergies.join(", ") || "None" : "NOT DECLARED: nothing is checked", "allergies"],
    ["Diets", me.diets.map(name(diets)).join(", ") || "None", "diets"],
    ["Likes", me.likes.map((one) => name(flavors)(one.id)).join(", ") || "Nothing said", "flavors"],
    ["Dislikes", me.dislikes.map((one) => name(flavors)(one.id)).join(", ") || "Nothing said", null],
    ["Avoids", me.avoids.map(spoken).join(", ") || "Nothing", null],
    ["Not understood", me.unresolved.join("; ") || "Nothing", null],
  ];
  return make("dl.profile", {}, rows.map(([term, text, step]) => make("div", {}, make("dt", {}, term), make("dd", {}, text),
    step ? make("dd.change", {}, make("a", { href: `#/taste/${step}`, "aria-label": `Change ${term.toLowerCase()}` }, "Change")) : null)));
}

// until it is put right, no drink counts as safe
function unclearAvoids() {
  const confirm = () => confirmAvoids().then(() => location.reload(), (error) => tell(error.message, { urgent: true }));
  return make("div.banner", {}, make("p", {}, "Something you avoid was not understood. Is the list above everything you avoid?"),
    make("button", { type: "button", onclick: confirm }, "Yes, that is all"));
}

function history({ history: events }) {
  if (!events.length) return make("p", {}, "Nothing yet.");
  return make("table", {}, make("thead", {}, make("tr", {}, ["When", "What", "Drink"].map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, events.map((one) => make("tr", {},
      make("td", {}, one.at ? new Date(one.at).toLocaleDateString() : "not known"),
      make("td", {}, (DID[one.type] ?? one.type) + (one.value && one.type === "rating" ? `: ${one.value} of 5` : "")),
      make("td", {}, make("a", { href: link(one.drinkId) }, spoken(one.drinkId)))))));
}
