// What a person may ask about their data: a copy, consents, an end.

import { ask } from "../api.js";
import { make } from "../dom.js";
import { person } from "../person.js";
import { signOut } from "../session.js";
import { switches } from "./consents.js";
import { failureNotice, live, tell, words } from "./notices.js";

export function privacy(signal) {
  const failed = make("div", {});
  const attempt = async (act) => {
    try {
      failed.replaceChildren();
      await act();
    } catch (error) {
      failed.replaceChildren(failureNotice(error, () => attempt(act)));
    }
  };
  const question = erasing(attempt);
  return make("div.sheet", {},
    live(signal, () => switches(attempt, signal), { skeleton: words("Loading"), isForm: true }),
    failed,
    make("div.row", {},
      make("button.primary", { type: "button", onclick: () => attempt(copy) }, "Download a copy"),
      make("button", { type: "button", onclick: () => question.showModal() }, "Erase everything")),
    question);
}

function erasing(attempt) {
  const erase = () => attempt(async () => {
    question.close();
    await ask("EraseMe", { confirm: person().id });
    tell("Everything about you was erased.");
    signOut();
    location.hash = "#/";
  });
  const question = make("dialog", { "aria-labelledby": "erasing" },
    make("h2", { id: "erasing" }, "Erase everything?"),
    make("p", {}, `Everything kept under ${person().id} is erased at once and for good: allergies, diets, tastes, history. After that, drinks are not checked for you.`),
    make("div.row", {},
      make("button.primary", { type: "button", onclick: erase }, "Erase it"),
      make("button", { type: "button", onclick: () => question.close() }, "Keep it")));
  return question;
}

async function copy() {
  const kept = await ask("MyData");
  const file = new Blob([JSON.stringify(kept, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(file);
  make("a", { href: address, download: "tastegraph-my-data.json" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
