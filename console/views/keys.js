// Keys of programs, such as tills: what each may do, and an end to it.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { button, field, form } from "../parts/acting.js";
import { moment, section, state, table } from "../parts/tables.js";

const SCOPES = [["EVENTS", "send what people did"], ["CHANGES", "send changes of a database"],
  ["ANALYST", "read what was earned"], ["DEVELOPER", "send costly queries"]];

export function keys(_, { signal }) {
  const shown = live(signal, async () => {
    const { items } = await ask("ApiKeys", {}, { signal });
    return table("Keys", ["Program", "May", "State", "Added by", "Until", "Last used", "Next"], items.toReversed().map((one) => [
      one.name, one.scopes.map((scope) => scope.replace("tastegraph:", "")).join(", "), state(one.state), one.by, moment(one.until), moment(one.usedAt),
      one.state === "works" ? revoking(one, () => shown.reload()) : ""]));
  }, { skeleton: words("Asking the service…") });
  return [make("h1", {}, "Keys"), shown, section("new", "A key for a program", adding(() => shown.reload()))];
}

const revoking = ({ id, name }, reload) => button("Take it back", async () => {
  await ask("RevokeApiKey", { id });
  reload();
  return "No server accepts it any more, within a second.";
}, { confirm: `Take the key of ${name} back?` });

function adding(reload) {
  const told = make("div", { role: "status" });
  return [form([field("name", "Which program it is for", { required: true, maxlength: 80 }),
    field("scope", "What it may do", { of: "select", choices: SCOPES }),
    field("days", "For how many days", { type: "number", min: 1, max: 3660, value: 365, required: true })],
  "Add the key", async ({ name, scope, days }) => {
    const { key } = await ask("AddApiKey", { name, scopes: [scope], days: Number(days) });
    told.replaceChildren(make("p", {}, "This is the key. It is shown this once, and kept by nobody but the program:"), make("p", {}, make("code.id", {}, key)));
    reload();
  }), told];
}
