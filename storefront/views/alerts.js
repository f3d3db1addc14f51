// Drinks of the person that are not safe for them any more.

import { ask } from "../api.js";
import { link, make } from "../dom.js";
import { person } from "../person.js";
import { live, notice } from "../parts/notices.js";
import { picture } from "../parts/picture.js";
import { badge, isStated } from "../parts/verdicts.js";
import { entry } from "./sign-in.js";

const CAUSES = {
  CATALOGUE_CHANGED: "What is known about it has changed.",
  PROFILE_CHANGED: "You declared your allergies after you had it.",
  ALREADY_UNSAFE: "It was not safe for you before either.",
};
const CONTACTS = { BOUGHT: "You bought it", SAVED: "You saved it", RECOMMENDED: "It was recommended to you" };

export function alerts(_, { signal }) {
  if (!person()) return entry(signal);
  return [make("h1", {}, "Alerts"), make("p.lead", {}, "Drinks you bought, saved or were recommended that are not safe for you now."),
    live(signal, async () => {
      const { items, complete } = await ask("Alerts", {}, { signal });
      const stated = items.filter((item) => isStated(item.safety));
      if (!stated.length) {
        return notice("Nothing to worry about", person().allergiesDeclaredAt
          ? "All your drinks are still safe for you. This page tells you when that changes."
          : "You have declared no allergies, so nothing was checked.");
      }
      const rest = complete ? null : make("p.foot", {}, "You have more drinks than can be checked: the oldest were not.");
      return [make("ul.alerts", {}, stated.map(alert)), rest].filter(Boolean);
    })];
}

function alert({ drink, safety, contacts, cause, changes }) {
  const reasons = safety.verdicts.filter((one) => one.verdict !== "ABSENT")
    .map((one) => `${one.name}: ${one.verdict.toLowerCase().replace("_", " ")}`).join("; ");
  const when = ({ kind, at }) => `${CONTACTS[kind] ?? kind}${at ? `, ${new Date(at).toLocaleDateString()}` : ""}.`;
  return make("li.alert", { "data-drink": drink.id }, picture(drink),
    make("div", {}, make("h2", {}, make("a", { href: link(drink.id) }, drink.name)), badge(safety),
      make("p", {}, `${CAUSES[cause] ?? cause} ${reasons}`), make("p.why", {}, contacts.map(when).join(" ")),
      changes.length ? make("details", {}, make("summary", {}, "What changed"), make("ul.facts", {}, changes.map(change))) : null));
}

function change({ at, by, source, note, added, removed, subject }) {
  return make("li", {}, make("p", {}, `${subject.name}, ${at.slice(0, 10)}, by ${by}${source ? ` (${source})` : ""}${note ? `: ${note}` : ""}`),
    added.map((fact) => make("p.source", {}, `Added: ${fact}`)), removed.map((fact) => make("p.source", {}, `Removed: ${fact}`)));
}
