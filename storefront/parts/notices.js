// What the page says of itself: loading, empty, failed, done.

import { make } from "../dom.js";
import { signOut } from "../session.js";

const TITLES = {
  Offline: "You are offline",
  GraphAway: "Nothing can be checked right now",
  NotSignedIn: "Nobody is signed in",
  Refused: "Your sign-in has ended",
  ProfileUnclear: "Something you declared was not understood",
  TooMany: "Too many requests",
  DrinkNotFound: "There is no such drink",
};

/**
 * A part of a page that loads: a skeleton, then what `build` returns, or what went wrong. At a
 * `recheck` it empties and loads again, unless it holds what somebody types.
 */
export function live(signal, build, { skeleton = cards, isForm = false } = {}) {
  const section = make("div.live", { "aria-busy": "true" }, skeleton());
  section.recheck = () => {
    section.replaceChildren(...[skeleton()].flat());
    section.reload();
  };
  let turn = 0;
  // what was asked before the latest change must not undo it
  section.supersede = () => ++turn;
  section.reload = async () => {
    const mine = section.supersede();
    const isCurrent = () => !signal.aborted && mine === turn;
    try {
      const built = [await build()].flat();
      if (isCurrent()) section.replaceChildren(...built);
    } catch (error) {
      if (isCurrent()) section.replaceChildren(failureNotice(error, section.reload));
    }
    if (isCurrent()) section.setAttribute("aria-busy", "false");
  };
  if (!isForm) addEventListener("recheck", section.recheck, { signal });
  queueMicrotask(section.reload); // once the caller has the section
  return section;
}

export function notice(title, text, ...actions) {
  return make("div.notice", {}, make("h2", {}, title), make("p", {}, text), make("div.row", {}, actions));
}

export function failureNotice(error, retry) {
  if (!error.kind) console.error(error);
  const kind = error.kind ?? "Broken";
  const title = TITLES[kind] ?? "That did not work";
  const text = error.kind ? `${error.message} ${error.advice}` : "Something went wrong on this page.";
  const box = make("div.notice.failed", { role: "alert", "data-kind": kind },
    make("h2", {}, title), make("p", {}, text));
  if (error.texts?.length) box.append(make("ul", {}, error.texts.map((one) => make("li", {}, one))));
  box.append(make("div.row", {}, way(kind, retry)));
  return box;
}

function way(kind, retry) {
  if (kind === "Refused") return make("button.primary", { type: "button", onclick: signOut }, "Sign in");
  if (kind === "NotSignedIn") return make("a.button.primary", { href: "#/sign-in" }, "Sign in");
  if (kind === "ProfileUnclear") {
    return make("a.button.primary", { href: "#/taste/allergies" }, "Declare it again");
  }
  if (kind === "DrinkNotFound") return make("a.button", { href: "#/search" }, "Search");
  return make("button.primary", { type: "button", onclick: retry }, "Try again");
}

/** In place of what is still to come: words, or grey shapes. */
export const words = (text) => () => make("p", { role: "status" }, text);

export function cards(count = 6) {
  const one = () => make("li.card.ghost", {}, make("span.shape"), make("span.line"), make("span.line.short"));
  return [
    make("p.hidden", { role: "status" }, "Loading"),
    make("ul.cards", { "aria-hidden": "true" }, Array.from({ length: count }, one)),
  ];
}

/** Say something in passing, also to a screen reader. */
export function tell(text, { urgent = false } = {}) {
  const place = document.getElementById(urgent ? "urgent" : "said");
  place.replaceChildren(make("p.toast", { class: urgent ? "toast urgent" : "toast" }, text));
  clearTimeout(place.timer);
  place.timer = setTimeout(() => place.replaceChildren(), urgent ? 20_000 : 4_000);
}
