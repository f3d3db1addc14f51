// What more people than usual want now; nothing at all while nothing is trending, or it cannot be
// asked: the list beside it says what went wrong.

import { ask } from "../api.js";
import { make } from "../dom.js";
import { cardList, notCheckedBanner } from "../parts/card.js";
import { live } from "../parts/notices.js";

const MOST = 4;

export function trending(signal) {
  const build = async () => {
    const found = await ask("Trending", { first: MOST }, { signal });
    const cards = cardList(found.items, (item) => ({ why: item.reasons[0]?.sentence }), null);
    const banner = notCheckedBanner(found.allergiesDeclared);
    return cards ? [make("h2", {}, "Trending now"), banner, cards].filter(Boolean) : [];
  };
  const list = live(signal, () => build().catch(() => []), { skeleton: () => [] });
  return make("section", { "aria-label": "Trending now" }, list);
}
