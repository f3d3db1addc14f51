// All experiments, and a new one from the text of its file.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { field, form } from "../parts/acting.js";
import { moment, section, state, table } from "../parts/tables.js";

export const address = (id) => `#/experiments/${encodeURIComponent(id)}`;

export function experiments(_, { signal, roles }) {
  const list = live(signal, async () => {
    const { items } = await ask("Experiments", {}, { signal });
    return table("Experiments", ["Experiment", "State", "What is tried", "Arms", "Began"], items.toReversed().map((one) => [
      make("a", { href: address(one.id) }, one.id), state(one.state), one.hypothesis,
      one.arms.map((arm) => arm.name).join(", "), moment(one.startedAt)]));
  }, { skeleton: words("Asking the service…") });
  return [make("h1", {}, "Experiments"), list, roles.includes("OPERATOR") ? drafting(list) : null];
}

function drafting(list) {
  const help = "id, hypothesis, metrics, guardrails, arms: see docs/experiments.md. A draft of the same id is replaced.";
  return section("new", "Try something new", form(
    [field("definition", "The experiment's file, TOML", { of: "textarea", rows: 12, required: true, spellcheck: "false", help })],
    "Keep as a draft", async ({ definition }) => {
      const drafted = await ask("NewExperiment", { definition });
      list.reload();
      return `${drafted.id} is a draft. Open it to start it.`;
    }));
}
