// One question at the right moment: asked once, never in the way, gone when it is answered.

import { ask } from "../api.js";
import { link, make } from "../dom.js";
import { remember } from "../person.js";
import { isStated } from "./verdicts.js";
import { tell } from "./notices.js";

/** A box that asks what is due, or is empty; `changed` runs when an answer moves the list. */
export function poll(signal, changed) {
  const box = make("div", {});
  box.next = async () => {
    try {
      const { poll: due } = await ask("DuePoll", {}, { signal });
      if (!signal.aborted) box.replaceChildren(...(due && isSafe(due) ? [question(due)] : []));
    } catch {
      box.replaceChildren(); // a list without a question is no failure
    }
  };

  function question(due) {
    const choose = (option, text) =>
      make(`button.${option ? "primary" : "quiet"}`, { type: "button", "data-option": option ?? "", onclick: () => answer(due, option) }, text);
    return make("section.poll", { "aria-label": "A question", "data-poll": due.pollId },
      make("p", {}, due.about ? [make("a", { href: link(due.about.id) }, due.about.name), ": "] : null, due.question),
      make("div.row", {}, due.options.map((option) => choose(option.id, option.text)), choose(null, "Not now")));
  }

  async function answer(due, option) {
    for (const button of box.querySelectorAll("button")) button.disabled = true;
    try {
      const { declare, me } = await ask("AnswerPoll", { askId: due.askId, optionId: option });
      remember(me);
      box.replaceChildren();
      if (declare) return void (location.hash = `#/taste/${declare.toLowerCase()}`);
      if (option === null) return tell("No more questions for some days.");
      tell("Thank you: your list follows.");
      changed();
      await box.next();
    } catch (error) {
      box.replaceChildren();
      tell(`Not recorded: ${error.message}`, { urgent: true });
    }
  }

  return box;
}

/** Drinks in a question are on offer: without a stated safety there is no question. */
function isSafe({ options }) {
  return options.every(({ offer }) => !offer || (isStated(offer.safety) && offer.safety.status === "SAFE"));
}
