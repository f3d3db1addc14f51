// The list of one person: drinks with their reasons, moved by the moment and by what they do.

import { ask } from "../api.js";
import { make } from "../dom.js";
import { person } from "../person.js";
import { stars } from "../parts/acts.js";
import { cardList, notCheckedBanner } from "../parts/card.js";
import { picker } from "../parts/chips.js";
import { open, question } from "../parts/consents.js";
import { follow } from "../parts/following.js";
import { live, notice } from "../parts/notices.js";
import { offers } from "../parts/offers.js";
import { poll } from "../parts/poll.js";
import { entry } from "./sign-in.js";
import { trending } from "./trending.js";

const PAGE = 12;
const HISTORY = 40;
const OFFERED_MS = [4_000, 12_000]; // a trigger follows what was done some seconds later, on a busy machine more
const MOMENTS = [
  ["Any time", null],
  ["Morning", { daypart: "morning" }],
  ["Evening", { daypart: "evening" }],
  ["Hot day", { weather: "hot" }],
  ["Cold day", { weather: "cold" }],
  ["Party", { occasion: "party" }],
];
const WISHES = [
  ["Everything", null],
  ["No alcohol", { maxAbv: 0 }],
  ["No caffeine", { maxCaffeineMgPer100ml: 0 }],
  ["Served hot", { servedHot: true }],
  ["Served cold", { servedHot: false }],
];

let moment = MOMENTS[0];
let wish = WISHES[0];
let bought = null;

export function forYou(_, { signal }) {
  return person() ? ownList(signal) : [entry(signal), trending(signal), popular(signal)];
}

function popular(signal) {
  const list = live(signal, async () => {
    const found = await ask("Popular", { first: PAGE }, { signal });
    return [notCheckedBanner(found.allergiesDeclared), cardList(found.items, () => ({}), nothingFits())];
  });
  return make("section", { "aria-labelledby": "popular" },
    make("h2", { id: "popular" }, "What most people like"), list);
}

function ownList(signal) {
  let first = PAGE;
  const panel = make("div", {});
  let pushed = null;
  const list = live(signal, () => build());
  const followed = follow(list, "ForYouChanged", signal, (found) => {
    pushed = found;
    offered.reload();
    return keepFocus(list, () => list.reload());
  });
  const controls = make("div.pickers", {},
    picker("The moment", MOMENTS, moment, (chosen) => ((moment = chosen), list.reload())),
    picker("Only", WISHES, wish, (chosen) => ((wish = chosen), list.reload())));

  async function build() {
    const [label, context] = moment;
    const variables = { first, filter: wish[1], context };
    const given = pushed;
    pushed = null;
    const [found, { history }] = await Promise.all([
      followed.loading(variables, () => given ?? ask("ForYou", variables, { signal })),
      ask("History", { first: HISTORY }, { signal }),
    ]);
    // an experiment may vary the page: style.css says what each variant looks like
    if (found.pageVariant) list.dataset.variant = found.pageVariant;
    else delete list.dataset.variant;
    const saved = new Set(history.filter((one) => one.type === "save").map((one) => one.drinkId));
    const more = found.items.length === first && first < 100
      ? make("button.more", { type: "button", onclick: () => ((first += PAGE), list.reload()) }, "Show more")
      : null;
    return [notCheckedBanner(found.allergiesDeclared),
      ...shownList(found, (item) => ({ why: item.reasons[0]?.sentence, list: around(item.drink, context, saved) })),
      more, checkedAt(found, label)].filter(Boolean);
  }

  // a card leaves at once; it comes back to its place if that could not be recorded
  function around(drink, context, saved) {
    const find = () => list.querySelector(`[data-drink="${CSS.escape(drink.id)}"]`);
    let place = null;
    return {
      context,
      isSaved: saved.has(drink.id),
      leave(type) {
        followed.begin();
        list.supersede();
        const element = find();
        if (type === "SAVE") return markSaved(element, true);
        place = { element, before: element.nextElementSibling, parent: element.parentElement };
        (element.nextElementSibling ?? element.previousElementSibling)?.querySelector("h3 a")?.focus();
        element.remove();
      },
      comeBack(type) {
        followed.settled();
        if (type === "SAVE") return markSaved(find(), false);
        place.parent.insertBefore(place.element, place.before);
        place.element.querySelector(`[data-act="${type}"]`)?.focus();
      },
      changed(type) {
        if (type === "PURCHASE") bought = drink;
        panel.replaceChildren(...lastBought(list.reload));
        if (type === "PURCHASE") asking.next();
        for (const ms of OFFERED_MS) setTimeout(() => signal.aborted || offered.reload(), ms);
        keepFocus(list, () => list.reload()).finally(followed.settled);
      },
    };
  }

  panel.append(...lastBought(list.reload));
  const offered = offers(signal, () => ({}));
  const asking = poll(signal, () => keepFocus(list, () => list.reload()));
  asking.next();
  const agreeing = make("div", {});
  agree(agreeing, signal, () => keepFocus(list, () => list.reload()));
  return [make("h1", {}, "For you"), panel, agreeing, asking, offered, controls, list, trending(signal)];
}

/** Ask, one after the other, what the service asks by itself; the list is there meanwhile. */
async function agree(box, signal, changed) {
  const [purpose] = open();
  if (!purpose) return box.replaceChildren();
  const answered = () => (changed(), agree(box, signal, changed));
  const asked = await question(purpose, answered).catch(() => null); // a list without a question is no failure
  if (!signal.aborted) box.replaceChildren(...(asked ? [asked] : []));
}

function shownList(found, options) {
  return [make("h2.hidden", {}, "Your drinks"), cardList(found.items, options, nothingFits())];
}

const nothingFits = () =>
  notice("Nothing to offer", "No drink that is known to be safe for you fits what you asked for.",
    make("a.button", { href: "#/taste/diets" }, "Look at your diets"));

function lastBought(changed) {
  if (!bought) return [];
  return [make("section.bought", { "aria-label": "Your last drink" },
    make("p", {}, "You bought ", make("strong", {}, bought.name), ". How was it?"), stars(bought, changed))];
}

function markSaved(element, isSaved) {
  const button = element?.querySelector('[data-act="SAVE"]');
  button?.setAttribute("aria-pressed", String(isSaved));
  if (button) button.firstChild.data = isSaved ? "Saved" : "Save";
}

/** The new cards stand where the old ones stood: the focus goes to the same drink and control. */
async function keepFocus(list, reload) {
  const held = document.activeElement?.closest?.("[data-drink]")?.dataset.drink;
  const act = document.activeElement?.dataset?.act;
  await reload();
  const card = held && list.querySelector(`[data-drink="${CSS.escape(held)}"]`);
  if (held) (card?.querySelector(act ? `[data-act="${act}"]` : "h3 a") ?? list.querySelector("h3 a"))?.focus();
}

function checkedAt(found, label) {
  const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const ranking = found.modelVersion === "popularity" ? "by popularity" : `by the model ${found.modelVersion}`;
  const when = label === "Any time" ? "" : ` For: ${label.toLowerCase()}, where that has been shown to help.`;
  const checked = found.allergiesDeclared ? `Checked against the graph at ${time}` : "Not checked";
  return make("p.foot", {}, `${checked}; ranked ${ranking}.${when}`);
}
