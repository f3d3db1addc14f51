// What needs two people: one proposed it, another approves.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { button } from "../parts/acting.js";
import { moment, state, table } from "../parts/tables.js";

export function approvals(_, { signal }) {
  const shown = live(signal, async () => {
    const { items } = await ask("Proposals", {}, { signal });
    return table("Proposals", ["What", "About", "Proposed by", "Why", "State", "Until", "Next"], items.toReversed().map((one) => [
      one.kind, one.about.join(", "), one.by, one.why ?? "", state(one.state), moment(one.until),
      one.state === "open" ? approval(one, () => shown.reload()) : (one.approvedBy ?? "")]));
  }, { skeleton: words("Asking the service…") });
  return [make("h1", {}, "Approvals"), make("p.lead", {}, "Whoever proposed something cannot approve it. Once approved, they can do it, once."), shown];
}

const approval = ({ id, kind, about }, reload) => button("Approve", async () => {
  await ask("ApproveProposal", { id });
  reload();
  return "Approved: it can be done now, once.";
}, { confirm: `Approve ${kind}: ${about.join(", ")}?` });
