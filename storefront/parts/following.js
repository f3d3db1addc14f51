// A list that moves by itself when it changes elsewhere, and never under somebody's hand.

import { watch } from "../watch.js";
import { tell } from "./notices.js";

const AT_REST_MS = 4_000;
const LOOK_MS = 500;
const HANDS = ["pointermove", "pointerdown", "keydown", "focusin"];

/**
 * Follow a live list by a subscription; `show(found)` puts another list in its place, as soon as
 * nobody has been busy with it for a while. Drinks that are not offered any more are withdrawn at once.
 */
export function follow(list, name, signal, show) {
  let stop = new AbortController();
  let watched = null;
  let shown = null;
  let next = null;
  let touchedAt = 0;
  let busy = 0;
  let isMissed = false;
  for (const hand of HANDS) list.addEventListener(hand, () => (touchedAt = Date.now()), { passive: true });

  function hear(event) {
    if (["CutOff", "SignedOut"].includes(event.__typename)) return;
    if (event.__typename !== "Recommendations") return void list.recheck(); // nothing on it holds
    if (busy) return void (isMissed = true); // older or newer than what is on its way: nobody knows
    if (!next && seen(event) === shown) return;
    next = event;
    withdraw(list, event);
    move();
  }

  async function move() {
    if (!next || signal.aborted) return;
    if (Date.now() - touchedAt < AT_REST_MS) return void setTimeout(move, LOOK_MS);
    const found = next;
    next = null;
    await show(found);
    tell("Your list has changed.");
  }

  function subscribe(variables) {
    const asked = JSON.stringify(variables);
    if (asked === watched) return;
    watched = asked;
    stop.abort();
    stop = new AbortController();
    watch(name, variables, hear, AbortSignal.any([signal, stop.signal]));
  }

  /** The page itself changes the list, until `settled`. */
  const begin = () => ++busy;
  function settled() {
    if (--busy || !isMissed) return;
    isMissed = false;
    list.reload();
  }

  /** The list shows what `work` returns for these variables, or that it failed. */
  async function loading(variables, work) {
    begin();
    shown = next = null;
    try {
      subscribe(variables);
      const found = await work();
      shown = seen(found);
      return found;
    } finally {
      settled();
    }
  }

  return { begin, settled, loading };
}

const seen = (found) => found.items.map(({ drink, safety }) => `${drink.id} ${safety.status}`).join("\n");

/** No drink moves, but nobody can buy what is not on the list any more; the focus stays in its card. */
function withdraw(list, found) {
  const offered = new Set(found.items.map(({ drink }) => drink.id));
  for (const card of list.querySelectorAll("[data-drink]")) {
    if (offered.has(card.dataset.drink)) continue;
    if (card.contains(document.activeElement)) card.querySelector("h3 a")?.focus();
    card.classList.add("gone");
    for (const button of card.querySelectorAll("button")) button.disabled = true;
  }
}
