// Models: which ranks, what the gate said of each, and which one is to rank.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { button } from "../parts/acting.js";
import { moment, section, state, table } from "../parts/tables.js";

export function models(_, { signal, roles }) {
  const may = roles.includes("OPERATOR");
  const shown = live(signal, async () => {
    const { items } = await ask("Models", {}, { signal });
    const active = items.find((one) => one.status === "active");
    return [stale(active), list(items, may, () => shown.reload()), may ? back(items, () => shown.reload()) : null,
      active ? section("gate", `What the gate said of ${active.version}`, checks(active)) : null].filter(Boolean);
  }, { skeleton: words("Asking the service…") });
  return [make("h1", {}, "Models"), shown];
}

function stale(active) {
  if (!active) return make("p.banner", {}, "No model ranks: lists follow what is popular. Train one: tastegraph retrain.");
  return active.staleSince ? make("p.banner", {}, `The model is stale since ${active.staleSince.slice(0, 10)}: ${active.staleWhy}.`) : null;
}

const number = (value) => (value === null ? "" : value.toFixed(4));

function list(items, may, reload) {
  return table("Models", ["Version", "State", "Trained", "NDCG@20", "of popularity", "Why", "Next"], items.map((one) => [
    one.version, state(one.status), moment(one.trainedAt), number(one.ndcg), number(one.popularityNdcg),
    one.despite ? `despite the gate: ${one.despite}` : (one.note ?? ""),
    may && ["candidate", "retired"].includes(one.status) ? promotion(one, reload) : ""]));
}

function promotion({ version, accepted }, reload) {
  return button("Let it rank", async () => {
    const despite = accepted ? null : prompt("The gate refused this model. Why should it rank all the same?");
    if (!accepted && !despite) return null;
    await ask("PromoteModel", { version, despite });
    reload();
    return `${version} ranks within a second.`;
  }, { confirm: accepted ? `Let ${version} rank?` : null });
}

function back(items, reload) {
  if (!items.some((one) => one.status === "retired" && one.promotedAt)) return null;
  return make("div.row", {}, button("Roll back to the one before", async () => {
    const { version } = await ask("RollBackModel");
    reload();
    return `${version} ranks again.`;
  }, { confirm: "Go back to the model that ranked before?" }));
}

const PASSED = new Map([[true, "OK"], [false, "PROBLEM"], [null, "not measured"]]);

const checks = (model) => table("Checks", ["Check", "State", "In words"], model.checks.map((one) =>
  [one.name, state(PASSED.get(one.passed)), one.sentence]));
