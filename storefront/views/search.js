// Search as you type, among what is safe; what else there is by that name, and why it is not offered.

import { ask } from "../api.js";
import { link, make } from "../dom.js";
import { person } from "../person.js";
import { cardList, kind, notCheckedBanner } from "../parts/card.js";
import { failureNotice } from "../parts/notices.js";
import { picture } from "../parts/picture.js";

const PAUSE_MS = 200;
const MOST = 24;
const MOST_OTHERS = 6;
let last = "";

export function search(_, { signal }) {
  const found = make("div", {});
  const count = make("p.count", { role: "status" });
  const field = make("input", { type: "search", id: "search", value: last, autocomplete: "off", enterkeyhint: "search",
    placeholder: "Mojito, coffee, oat…", oninput: () => later() });
  let pause;
  let running = new AbortController();
  const later = () => {
    clearTimeout(pause);
    pause = setTimeout(run, PAUSE_MS);
  };
  async function run() {
    running.abort();
    running = new AbortController();
    const current = AbortSignal.any([signal, running.signal]);
    last = field.value.trim();
    if (!last) return found.replaceChildren(), (count.textContent = "");
    try {
      const shown = await results(last, current);
      if (current.aborted) return;
      found.replaceChildren(...shown.elements);
      count.textContent = shown.said;
    } catch (error) {
      if (current.aborted) return;
      count.textContent = "";
      found.replaceChildren(failureNotice(error, run));
    }
  }
  const recheck = () => (found.replaceChildren(), run());
  addEventListener("recheck", recheck, { signal });
  if (last) run();
  return [make("h1", {}, "Search"),
    make("form.searching", { role: "search", onsubmit: (event) => (event.preventDefault(), run()) },
      make("label", { for: "search" }, "A drink, a kind or a style"), field),
    count, found];
}

async function results(text, signal) {
  const [mine, names] = await Promise.all([
    ask("Search", { text, first: MOST }, { signal }),
    person() ? ask("Names", { text, first: MOST }, { signal, anonymous: true }) : { items: [] },
  ]);
  const offered = new Set(mine.items.map((item) => item.drink.id));
  const missing = names.items.filter((item) => !offered.has(item.drink.id)).slice(0, MOST_OTHERS);
  const judged = await Promise.all(missing.map((item) => judge(item.drink, signal)));
  const others = judged.filter(Boolean);
  const declared = Boolean(person()?.allergiesDeclaredAt);
  const said = declared ? `${mine.items.length} safe for you` : `${mine.items.length} found, not checked`;
  return { said: `${said}; ${others.length} not offered to you.`, elements: [
    notCheckedBanner(declared),
    make("h2.hidden", {}, declared ? "Safe for you" : "Not checked"),
    cardList(mine.items, () => ({}), make("p.nothing", {}, `Nothing offered to you matches “${text}”.`)),
    others.length ? make("section", {}, make("h2", {}, "Not offered to you"), make("ul.others", {}, others)) : null,
  ].filter(Boolean) };
}

async function judge(drink, signal) {
  const { safety } = await ask("OneDrink", { id: drink.id }, { signal });
  if (safety?.status !== "UNSAFE") return null;
  return make("li.other", { "data-drink": drink.id }, picture(drink),
    make("div", {}, make("p.kind", {}, kind(drink)), make("h3", {}, drink.name)),
    make("a.button", { href: link(drink.id), "aria-label": `Why not ${drink.name}?` }, "Why not?"));
}
