// What a person may ask about their data: a copy, consents, an end.

import { ask } from "../api.js";
import { make } from "../dom.js";
import { person, remember } from "../person.js";
import { signOut } from "../session.js";
import { failureNotice, tell } from "./notices.js";

const CONSENTS = [
  ["personalisation", "Rank my lists by what I did and like, also by which drinks I opened"],
  ["remembering", "Remember what I was recommended, for alerts"],
];

export function privacy() {
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
    make("fieldset.sheet", {}, make("legend.hidden", {}, "What you agree to"), CONSENTS.map((one) => consent(one, attempt))),
    make("p.help", {}, "Your allergies and diets apply whatever you say here."),
    failed,
    make("div.row", {},
      make("button.primary", { type: "button", onclick: () => attempt(copy) }, "Download a copy"),
      make("button", { type: "button", onclick: () => question.showModal() }, "Erase everything")),
    question);
}

function consent([name, text], attempt) {
  const box = make("input", { type: "checkbox", name, checked: person().consents[name] });
  box.addEventListener("change", () => attempt(async () => {
    try {
      remember(await ask("SetConsents", { [name]: box.checked }));
      tell("Saved: it applies from the next list on.");
    } finally {
      box.checked = person().consents[name];
    }
  }));
  return make("label.none", {}, box, make("span", {}, text));
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
