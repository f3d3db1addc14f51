// One person, for a reason and a time: what they see themselves. Each look is on record.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { field, form } from "../parts/acting.js";
import { figures, moment, section, table } from "../parts/tables.js";

export function people() {
  const shown = make("div.live", { "aria-live": "polite" });
  const help = "The person sees it: the number of a ticket and what was asked. Name nobody.";
  return [make("h1", {}, "A person"),
    form([field("userId", "The person's id", { required: true, maxlength: 200, help: "They find it on their page under My data." }),
      field("reason", "Why you look", { required: true, minlength: 10, maxlength: 200, help })],
    "Look, on record", async ({ userId, reason }) => {
      const { visit } = await ask("VisitPerson", { userId: userId.trim(), reason });
      const visited = await ask("VisitedPerson", { visit });
      shown.replaceChildren(...seen(visited));
    }), shown];
}

function seen({ person, until, reason }) {
  const allergies = person.allergies.map((one) => `${one.allergenId} (${(one.severity ?? "counts as severe").toLowerCase()}${one.acceptsTraces ? ", traces are fine" : ""})`);
  const tastes = (list) => list.map((one) => one.id).join(", ") || "nothing said";
  return [section("person", person.id, make("p.help", {}, `Until ${until.slice(11, 16)} UTC, for: ${reason}`),
    person.simulated ? make("p.label", {}, "Simulated person") : null,
    person.unresolved.length ? make("p.banner", {}, `Not understood, so no drink is safe: ${person.unresolved.join("; ")}`) : null,
    figures([
      ["Allergies", person.allergiesDeclaredAt ? allergies.join(", ") || "none" : "not declared"],
      ["Diets", person.diets.join(", ") || "none"], ["Avoids", person.avoids.join(", ") || "nothing"],
      ["At most", [person.maxAbv === null ? null : `${person.maxAbv} % vol`, person.maxCaffeineMgPer100ml === null ? null : `${person.maxCaffeineMgPer100ml} mg caffeine`].filter(Boolean).join(", ") || "no limit"],
      ["Likes", tastes(person.likes)], ["Dislikes", tastes(person.dislikes)]])),
  section("consents", "What they agreed to", table("Consents", ["Purpose", "State", "Holds", "Since"], person.consents.purposes.map((one) =>
    [one.purpose.toLowerCase(), one.state.toLowerCase(), one.holds ? "yes" : "no", moment(one.since)]))),
  section("did", "What they did last", table("History", ["When", "What", "Drink"], person.history.map((one) =>
    [moment(one.at), one.type.toLowerCase(), one.drinkId])))];
}
