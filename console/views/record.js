// The record of acts, newest first; people by pseudonym. Asking is on record too.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { button } from "../parts/acting.js";
import { moment, section, table } from "../parts/tables.js";

const PAGE = 50;

export function record(_, { signal }) {
  let before = null;
  const shown = live(signal, async () => {
    const { items, checkpoint, verifierKey } = await ask("ActsOnRecord", { first: PAGE, before }, { signal });
    const turn = (to) => {
      before = to;
      shown.reload();
    };
    return [table("Acts", ["Number", "When", "What", "Who", "As", "About", "Fields", "Why"], items.map((one) => [
      String(one.number), moment(one.at), one.action, one.actor, one.role, one.about ?? "", one.what.join(", "), one.why ?? ""])),
    make("div.row", {}, before === null ? null : button("Newest", () => turn(null)),
      items.length === PAGE ? button("Older", () => turn(items.at(-1).number)) : null),
    section("proof", "What proves it", make("p.help", {}, "Keep the checkpoint elsewhere: with it anybody can prove later that nothing was removed or changed."),
      make("pre", { tabindex: 0 }, checkpoint), make("p.help", {}, "Verifier key: ", make("code.id", {}, verifierKey)))];
  }, { skeleton: words("Reading the record…") });
  return [make("h1", {}, "Record of acts"), shown];
}
