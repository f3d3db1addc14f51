// The page: which view is shown, who is signed in, what is told beside it.

import { make } from "./dom.js";
import { loadPerson, person } from "./person.js";
import { isDemonstration, token } from "./session.js";
import { watch } from "./watch.js";
import { cards, failureNotice, notice, tell } from "./parts/notices.js";
import { alerts } from "./views/alerts.js";
import { drinkView } from "./views/drink.js";
import { forYou } from "./views/for-you.js";
import { myData } from "./views/my-data.js";
import { search } from "./views/search.js";
import { signInView } from "./views/sign-in.js";
import { taste } from "./views/taste.js";

const ROUTES = [
  [/^\/?$/, "For you", forYou],
  [/^\/search$/, "Search", search],
  [/^\/drink\/(?<id>.+)$/, "Drink", drinkView],
  [/^\/taste\/(?<step>\w+)$/, "Your taste", taste],
  [/^\/alerts$/, "Alerts", alerts],
  [/^\/my-data$/, "My data", myData],
  [/^\/sign-in$/, "Sign in", signInView],
];
const STALE_MS = 5 * 60_000;
const TOGETHER_MS = 500;

const main = document.getElementById("main");
let visit = new AbortController();
let watching = new AbortController();
let shownAt = 0;

async function show({ focus = false } = {}) {
  visit.abort();
  visit = new AbortController();
  const { signal } = visit;
  const [route, params] = find(location.hash.slice(1));
  const title = (text) => (document.title = `${text} · Tastegraph`);
  title(route[1]);
  mark();
  main.dataset.view = "";
  if (!navigator.onLine) return main.replaceChildren(offline()); // nothing kept is shown
  try {
    if (token() && !person()) {
      main.replaceChildren(make("div", { "aria-busy": "true" }, cards()));
      await loadPerson(signal);
    }
    if (signal.aborted) return;
    main.replaceChildren(...[route[2](params, { signal, title })].flat());
  } catch (error) {
    if (!signal.aborted) main.replaceChildren(make("h1.hidden", {}, route[1]), failureNotice(error, show));
  }
  main.dataset.view = location.hash.slice(1) || "/";
  shownAt = Date.now();
  if (focus) arrive();
}

function find(path) {
  for (const route of ROUTES) {
    const found = route[0].exec(path);
    if (found) return [route, decoded(found.groups ?? {})];
  }
  return [ROUTES[0], {}];
}

const decoded = (groups) =>
  Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]));

function mark() {
  for (const anchor of document.querySelectorAll("#tabs a")) {
    if (anchor.hash === (location.hash || "#/")) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
}

/** A new view begins at its top, for the eye and for a screen reader. */
function arrive() {
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

function offline() {
  const box = notice("You are offline", "Every drink is checked against the graph each time. Without a connection nothing can be checked, so no drinks are shown.");
  box.dataset.kind = "Offline";
  return box;
}

function signedIn() {
  watching.abort();
  watching = new AbortController();
  loadPersonAnew();
  if (token()) watch("Watch", {}, heard, watching.signal);
}

async function loadPersonAnew() {
  await loadPerson().catch(() => {});
  show({ focus: true });
}

function heard(event) {
  const line = document.getElementById("watching");
  if (event.__typename === "SafetyAlert") warn(event.drink.name);
  line.textContent = {
    WatchingAlerts: "Alerts are on: if a drink of yours stops being safe, you are told here.",
    SafetyAlert: line.textContent,
    SignedOut: "Your sign-in has ended: no alerts.",
    CutOff: "No connection for alerts; trying again.",
  }[event.__typename] ?? "Alerts are not available right now: the graph does not answer.";
}

let unsafe = [];
let warning;

// one change may concern many drinks: what comes together is told together
function warn(name) {
  unsafe.push(name);
  clearTimeout(warning);
  warning = setTimeout(() => {
    const [first, ...more] = unsafe;
    const who = more.length ? `${first} and ${more.length} more of your drinks are` : `${first} is`;
    unsafe = [];
    tell(`${who} no longer safe for you.`, { urgent: true });
    document.getElementById("bell").hidden = false;
    dispatchEvent(new Event("recheck"));
  }, TOGETHER_MS);
}

function label() {
  const me = person();
  document.getElementById("simulated").hidden = !me?.simulated;
  document.getElementById("watching").hidden = !me;
}

addEventListener("hashchange", () => {
  if (location.hash === "#/alerts") document.getElementById("bell").hidden = true;
  show({ focus: true });
});
addEventListener("online", () => show());
addEventListener("offline", () => show());
addEventListener("person", label);
addEventListener("session", signedIn);
addEventListener("pageshow", (event) => event.persisted && show());
// what was checked long ago is not shown as if it were checked now
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && Date.now() - shownAt > STALE_MS) {
    shownAt = Date.now();
    dispatchEvent(new Event("recheck"));
  }
});
document.getElementById("skip").addEventListener("click", () => main.focus());

show();
if (token()) watch("Watch", {}, heard, watching.signal);
isDemonstration().then((is) => (document.getElementById("demonstration").hidden = !is));
if ("serviceWorker" in navigator) {
  const address = "/worker.js";
  const policy = globalThis.trustedTypes?.createPolicy("worker", { createScriptURL: () => address });
  navigator.serviceWorker.register(policy ? policy.createScriptURL(address) : address).catch(() => {});
}
