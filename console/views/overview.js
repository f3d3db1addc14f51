// The morning's page: what is wrong first, then what was earned, tried and proposed.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { bar } from "../parts/charts.js";
import { figures, moment, section, state, table } from "../parts/tables.js";

const URGENCY = ["PROBLEM", "WARNING", "OK"];
const DAYS = 7, DAY_MS = 86_400_000, EVERY_MS = 60_000;

export function overview(_, { signal, roles }) {
  const has = (...names) => names.some((name) => roles.includes(name));
  return [make("h1", {}, "Overview"),
    has("OPERATOR", "FOOD_SAFETY", "ADMIN") ? part(signal, "health", "How it is", health) : null,
    has("OPERATOR", "ANALYST") ? part(signal, "earned", `What lists earned in ${DAYS} days`, earned) : null,
    has("OPERATOR", "ANALYST") ? part(signal, "running", "Experiments that run", running) : null,
    has("OPERATOR") ? part(signal, "said", `What triggers said in ${DAYS} days`, said) : null,
    has("FOOD_SAFETY", "ADMIN") ? part(signal, "proposed", "Waiting for a second person", proposed) : null,
    has("SUPPORT", "AUDITOR") ? make("p.lead", {}, "Your pages are above.") : null];
}

function part(signal, id, title, build) {
  const shown = live(signal, () => build(signal), { skeleton: words("Asking the service…") });
  const again = setInterval(() => shown.reload(), EVERY_MS);
  signal.addEventListener("abort", () => clearInterval(again));
  return section(id, title, shown);
}

async function health(signal) {
  const found = await ask("Health", {}, { signal });
  const worst = [...found.findings].sort((one, other) => URGENCY.indexOf(one.state) - URGENCY.indexOf(other.state));
  return [make("p.lead", {}, sentence(worst)),
    figures([
      ["Drinks", found.drinks.toLocaleString()],
      ["Catalogue version", found.catalogueVersion],
      ["Model", found.modelVersion ?? "popularity"],
      ["Requests since the start", found.requests.toLocaleString()],
      ["of them failed", found.failedRequests.toLocaleString()],
      ["Memory and graph disagreed", found.disagreements.toLocaleString()],
      ["Served, then not passed", found.contradictions.toLocaleString()],
    ]),
    table("What was checked", ["What", "State", "Found", "What to do"], worst.map((one) =>
      [one.check, state(one.state), one.message, one.advice]))];
}

function sentence(findings) {
  const count = (name) => findings.filter((one) => one.state === name).length;
  if (count("PROBLEM")) return `${count("PROBLEM")} of ${findings.length} checks found a problem.`;
  if (count("WARNING")) return `It works. ${count("WARNING")} of ${findings.length} checks say: have a look.`;
  return `All is well: ${findings.length} checks passed.`;
}

async function earned(signal) {
  const day = (ms) => new Date(ms).toISOString().slice(0, 10);
  const until = Date.now() + DAY_MS;
  const { items } = await ask("Earned", { by: "SURFACE", since: day(until - DAYS * DAY_MS), until: day(until) }, { signal });
  const most = Math.max(0, ...items.map((row) => row.opened));
  return table("What lists earned", ["Where the list was", "Opened", "Bought", "Paid, EUR"], items.map((row) =>
    [row.name, bar(row.opened, most, row.opened.toLocaleString()), row.bought.toLocaleString(), row.revenue.toFixed(2)]));
}

async function running(signal) {
  const { items } = await ask("Experiments", {}, { signal });
  return table("Experiments that run", ["Experiment", "What is tried", "Share of people"],
    items.filter((one) => one.state === "RUNNING").map((one) => [
      make("a", { href: `#/experiments/${encodeURIComponent(one.id)}` }, one.id), one.hypothesis, `${Math.round(one.ramp * 100)} %`]));
}

async function said(signal) {
  const { items } = await ask("TriggerAlerts", { hours: DAYS * 24 }, { signal });
  return table("What triggers said", ["Trigger", "Message", "Times", "People", "Last"], items.map((one) =>
    [one.triggerId, one.message, one.times.toLocaleString(), one.people.toLocaleString(), moment(one.lastAt)]));
}

async function proposed(signal) {
  const { items } = await ask("Proposals", {}, { signal });
  const open = items.filter((one) => one.state === "open");
  if (!open.length) return make("p.help", {}, "Nothing waits.");
  return make("p", {}, make("a", { href: "#/approvals" }, `${open.length} to approve or to leave`));
}
