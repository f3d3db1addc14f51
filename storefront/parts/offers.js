// What the shop offers because of something the person did: gone when it is over, or not wanted.

import { ask } from "../api.js";
import { make } from "../dom.js";
import { cardList } from "./card.js";
import { live } from "./notices.js";

const refused = new Set();

/** What is offered now, or nothing; `reload()` asks again, and a `recheck` withdraws it first. */
export function offers(signal, options) {
  return live(signal, async () => {
    try {
      const { offers: found } = await ask("Offers", {}, { signal });
      return found.filter(isWanted).map((one) => offer(one, options)).filter(Boolean);
    } catch {
      return []; // a list without an offer is no failure
    }
  }, { skeleton: () => [] });
}

function offer({ triggerId, message, until, items }, options) {
  const cards = cardList(items, options, null);
  if (!cards) return null;
  const leave = () => {
    refused.add(`${triggerId} ${until}`);
    shown.remove();
    document.getElementById("main").focus({ preventScroll: true }); // the button that had it is gone
  };
  const shown = make("section.offer", { "aria-labelledby": `offer-${triggerId}`, "data-trigger": triggerId },
    make("div.row", {}, make("h2", { id: `offer-${triggerId}` }, message),
      make("button.quiet", { type: "button", onclick: leave }, "Not now")), cards);
  return shown;
}

const isWanted = ({ triggerId, until }) => !refused.has(`${triggerId} ${until}`);
