// What the shop offers because of something the person did: gone when it is over, or not wanted.

import { ask } from "../api.js";
import { make } from "../dom.js";
import { cardList } from "./card.js";

const refused = new Set();

/** A box with what is offered now, or empty; `next()` asks again. */
export function offers(signal, options) {
  const box = make("div.live", {});
  box.next = async () => {
    try {
      const { offers: found } = await ask("Offers", {}, { signal });
      if (!signal.aborted) box.replaceChildren(...found.filter(isWanted).map(offer).filter(Boolean));
    } catch {
      box.replaceChildren(); // a list without an offer is no failure
    }
  };

  function offer({ triggerId, message, until, items }) {
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

  return box;
}

const isWanted = ({ triggerId, until }) => !refused.has(`${triggerId} ${until}`);
