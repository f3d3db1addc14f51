// What a person agrees to: asked where it matters, and listed with a switch each. A no is as near as a yes.

import { ask, askAll } from "../api.js";
import { make } from "../dom.js";
import { person, remember } from "../person.js";
import { failureNotice, tell } from "./notices.js";

const SURFACE = "storefront";
let texts = null;

/** How the person stands to a purpose: `{purpose, state, holds, askFirst, since}`. */
export const standing = (purpose) => person().consents.purposes.find((one) => one.purpose === purpose);

/** Whether nothing may be kept for a purpose now. */
export const lacks = (purpose) => ["NOT_ASKED", "REFUSED"].includes(standing(purpose)?.state);

/** The purposes to ask about beside the list: not yet answered, and asked by itself. */
export const open = () => person().consents.purposes
  .filter((one) => one.askFirst && one.state === "NOT_ASKED" && one.purpose !== "SAFETY")
  .map((one) => one.purpose);

export async function loadTexts() {
  texts ??= askAll("ConsentTexts", { language: navigator.language }, { anonymous: true });
  try {
    return (await texts).consentTexts;
  } catch (error) {
    texts = null;
    throw error;
  }
}

export const isChild = () => person().consents.child;

async function decide(text, given) {
  const { purpose, version, language } = text;
  const decisions = [{ purpose, given, textVersion: version, language }];
  const receipt = await ask("DecideConsents", { decisions, surface: SURFACE });
  remember(receipt.me);
  return receipt;
}

/** A question with its text and two equal buttons; `answered(given, receipt)` comes after either. */
export async function question(purpose, answered) {
  const text = (await loadTexts()).find((one) => one.purpose === purpose);
  const failed = make("div", {});
  const id = `ask-${purpose.toLowerCase()}`;
  const answer = (given) => async () => {
    try {
      failed.replaceChildren();
      const receipt = await decide(text, given);
      tell(given ? "Thank you: it applies from now on." : "All right: nothing is done with it.");
      answered(given, receipt);
    } catch (error) {
      failed.replaceChildren(failureNotice(error, answer(given)));
    }
  };
  return make("section.sheet.consent", { "aria-labelledby": id, "data-ask": purpose, lang: text.language },
    make("h2", { id }, text.title),
    make("p", {}, text.text),
    isChild() ? make("p.help", { lang: "en" }, "Somebody who looks after you has to agree for you.") : null,
    failed,
    make("div.row.equal", { lang: "en" },
      isChild() ? null : make("button", { type: "button", onclick: answer(true) }, "Yes, I agree"),
      make("button", { type: "button", onclick: answer(false) }, "No")),
    make("p.help", { lang: "en" }, "You can change this at any time under ",
      make("a", { href: "#/my-data" }, "My data"), "."));
}

/** Every purpose with its switch, and what the last change did. */
export async function switches(attempt, signal) {
  const all = await loadTexts();
  const done = make("div", { role: "status" });
  return make("fieldset.sheet.consents", {}, make("legend.hidden", {}, "What you agree to"),
    isChild() ? make("p.help", {}, "Somebody who looks after you has to agree for you; you can refuse yourself.") : null,
    all.map((text) => consent(text, attempt, done, signal)), done);
}

function consent(text, attempt, done, signal) {
  const { purpose } = text;
  const id = `consent-${purpose.toLowerCase()}`;
  const isOn = () => ["GIVEN", "HELD"].includes(standing(purpose).state);
  const box = make("input", { type: "checkbox", role: "switch", name: purpose, checked: isOn(), "aria-describedby": id });
  const state = make("span.help", { lang: "en" }, said(standing(purpose)));
  // another purpose may have changed, which this one needs
  const follow = () => {
    box.checked = isOn();
    state.textContent = said(standing(purpose));
  };
  addEventListener("person", () => person() && follow(), { signal });
  const change = async (given) => {
    const receipt = await decide(text, given);
    done.replaceChildren(receiptOf(receipt));
    tell("Saved: it applies from the next list on.");
  };
  box.addEventListener("change", () => {
    const given = box.checked;
    const act = () => attempt(async () => {
      try {
        await change(given);
      } finally {
        follow();
      }
    });
    const loses = purpose === "SAFETY" && !given && keepsAny(person());
    if (!loses) return act();
    box.checked = true;
    confirmLoss(act);
  });
  return make("div.one-consent", { lang: text.language },
    make("label.none", {}, box, make("span", {}, make("strong", {}, text.title), " ", state)),
    make("p.help", { id }, text.text));
}

const keepsAny = (me) => me.allergiesDeclaredAt || me.diets.length || me.avoids.length || me.maxAbv !== null || me.maxCaffeineMgPer100ml !== null;

// what is checked today is no longer checked afterwards: that is said before it is done
function confirmLoss(act) {
  const box = make("dialog", { "aria-labelledby": "losing" },
    make("h2", { id: "losing" }, "Delete your allergies and diets?"),
    make("p", {}, "They are deleted at once, and drinks are no longer checked for you: every list then says NOT CHECKED."),
    make("div.row.equal", {},
      make("button", { type: "button", onclick: () => (close(), act()) }, "Delete them"),
      make("button", { type: "button", onclick: () => close() }, "Keep them")));
  const close = () => (box.close(), box.remove());
  document.body.append(box);
  box.showModal();
}

function said({ state, since, holds }) {
  const day = since ? ` since ${new Date(since).toLocaleDateString()}` : "";
  const words = { GIVEN: `You agreed${day}.`, REFUSED: `You said no${day}.`, HELD: "On until you say no.", NOT_ASKED: "Not decided: off." }[state];
  return ["GIVEN", "HELD"].includes(state) && !holds ? `${words} It waits for another one.` : words;
}

function receiptOf({ id, at, effects }) {
  return make("div", {}, make("p.help", {}, `Receipt ${id}, ${new Date(at).toLocaleString()}`),
    make("ul.facts", {}, effects.map(({ store, what, when, count }) =>
      make("li", {}, `${store}: ${what}${count === null ? "" : ` (${count})`}, ${when}`))));
}
