// The console: which view is shown, and which are for whoever is signed in.

import { askAll } from "../storefront/api.js";
import { make } from "../storefront/dom.js";
import { failureNotice, words } from "../storefront/parts/notices.js";
import { signOut, token } from "../storefront/session.js";
import { approvals } from "./views/approvals.js";
import { drinkView } from "./views/drink.js";
import { drinks } from "./views/drinks.js";
import { experimentView } from "./views/experiment.js";
import { experiments } from "./views/experiments.js";
import { keys } from "./views/keys.js";
import { models } from "./views/models.js";
import { overview } from "./views/overview.js";
import { people } from "./views/people.js";
import { record } from "./views/record.js";
import { settings } from "./views/settings.js";
import { signInView } from "./views/sign-in.js";

const ALL = ["OPERATOR", "FOOD_SAFETY", "ANALYST", "ADMIN", "SUPPORT", "AUDITOR"];
const ROUTES = [
  { path: /^\/?$/, title: "Overview", view: overview, to: "#/", for: ALL },
  { path: /^\/drinks$/, title: "Drinks", view: drinks, to: "#/drinks", for: ["OPERATOR", "FOOD_SAFETY"] },
  { path: /^\/drinks\/(?<id>.+)$/, title: "Drink", view: drinkView, for: ["OPERATOR", "FOOD_SAFETY"] },
  { path: /^\/experiments$/, title: "Experiments", view: experiments, to: "#/experiments", for: ["OPERATOR", "ANALYST"] },
  { path: /^\/experiments\/(?<id>.+)$/, title: "Experiment", view: experimentView, for: ["OPERATOR", "ANALYST"] },
  { path: /^\/models$/, title: "Models", view: models, to: "#/models", for: ["OPERATOR", "ANALYST"] },
  { path: /^\/approvals$/, title: "Approvals", view: approvals, to: "#/approvals", for: ["FOOD_SAFETY", "ADMIN"] },
  { path: /^\/people$/, title: "A person", view: people, to: "#/people", for: ["SUPPORT"] },
  { path: /^\/keys$/, title: "Keys", view: keys, to: "#/keys", for: ["ADMIN"] },
  { path: /^\/settings$/, title: "Settings", view: settings, to: "#/settings", for: ["ADMIN"] },
  { path: /^\/record$/, title: "Record of acts", view: record, to: "#/record", for: ["AUDITOR"] },
];

const main = document.getElementById("main");
let visit = new AbortController();
let roles = [];

async function show({ focus = false } = {}) {
  visit.abort();
  visit = new AbortController();
  const { signal } = visit;
  main.dataset.view = "";
  const path = location.hash.slice(1) || "/";
  const route = ROUTES.find((one) => one.path.test(path)) ?? ROUTES[0];
  document.title = `${token() ? route.title : "Sign in"} · Tastegraph console`;
  try {
    if (token() && !roles.length) await learnRoles(signal);
    if (signal.aborted) return;
    sections();
    main.replaceChildren(...[viewOf(route, path, signal)].flat().filter(Boolean));
  } catch (error) {
    if (!signal.aborted) main.replaceChildren(make("h1.hidden", {}, route.title), failureNotice(error, show));
  }
  main.dataset.view = path;
  if (focus) arrive();
}

function viewOf(route, path, signal) {
  if (!token()) return signInView();
  if (!ALL.some((role) => roles.includes(role))) return signInView("This token is a person's: it runs nothing.");
  if (!route.for.some((role) => roles.includes(role))) return [make("h1", {}, route.title), make("p.lead", {}, "Your roles do not show this.")];
  const groups = route.path.exec(path)?.groups ?? {};
  const params = Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]));
  return route.view(params, { signal, roles, title: (text) => (document.title = `${text} · Tastegraph console`) });
}

async function learnRoles(signal) {
  main.replaceChildren(words("Asking the service…")());
  roles = (await askAll("Roles", {}, { signal })).roles;
}

function sections() {
  const mine = ROUTES.filter((one) => token() && one.to && one.for.some((role) => roles.includes(role)));
  const current = location.hash || "#/";
  const isOpen = ({ to }) => (to === "#/" ? current === to : current.startsWith(to));
  document.getElementById("sections").replaceChildren(...mine.map((one) =>
    make("a", { href: one.to, "aria-current": isOpen(one) ? "page" : null }, one.title)));
  document.getElementById("sections").hidden = !mine.length;
  document.getElementById("out").hidden = !token();
}

function arrive() {
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

addEventListener("hashchange", () => show({ focus: true }));
addEventListener("session", () => {
  roles = [];
  show({ focus: true });
});
document.getElementById("skip").addEventListener("click", () => main.focus());
document.getElementById("out").addEventListener("click", signOut);

show();
