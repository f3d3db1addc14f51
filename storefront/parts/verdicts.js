// What the graph says of a drink for this person, with the evidence on demand.

import { ask } from "../api.js";
import { make } from "../dom.js";
import { spoken } from "../person.js";
import { failureNotice } from "./notices.js";

const STATUSES = {
  SAFE: ["safe", "✓", "Safe for you"],
  NOT_CHECKED: ["unchecked", "?", "Not checked"],
  UNSAFE: ["unsafe", "✕", "Not for you"],
};
const VERDICTS = {
  CONTAINS: ["unsafe", "contains it"],
  MAY_CONTAIN: ["unsafe", "may contain it"],
  ABSENT: ["safe", "none in it"],
  UNKNOWN: ["unsafe", "not known, so not safe"],
};
const WORDS = {
  CONTAINS: "contains it",
  MAY_CONTAIN: "may contain it",
  FREE_FROM: "declared free of it",
  WAS_FREE_FROM: "was declared free of it; that no longer counts",
  RECIPE_REVIEWED: "the recipe is complete and every part was checked",
  REVIEWED: "checked",
  RECIPE_INCOMPLETE: "the recipe is not complete",
  UNREVIEWED: "nobody has checked this",
  EXEMPT: "the law requires no warning",
};

/** Whether an answer says what the graph says: what does not is never shown as a drink. */
export const isStated = (safety) => Boolean(safety && STATUSES[safety.status]);

export function badge(safety) {
  const [look, sign, text] = STATUSES[safety.status];
  return make(`span.badge.${look}`, {}, make("span", { "aria-hidden": "true" }, sign), text);
}

/** The badge, which opens to the verdicts, each with its evidence. */
export function verdicts(drink, safety) {
  const place = make("div.evidence", {});
  const box = make("details.verdicts", {},
    make("summary", {}, badge(safety), make("span.how", {}, "How do we know?"),
      make("span.hidden", {}, ` About ${drink.name}`)),
    place);
  box.addEventListener("toggle", () => box.open && fill(place, drink.id));
  return box;
}

async function fill(place, id) {
  place.replaceChildren(make("p", { role: "status" }, "Reading the graph…"));
  try {
    const { safety } = await ask("Evidence", { id });
    place.replaceChildren(...explained(safety));
  } catch (error) {
    place.replaceChildren(failureNotice(error, () => fill(place, id)));
  }
}

function explained(safety) {
  if (safety.status === "NOT_CHECKED") {
    return [make("p", {}, "You have declared no allergies yet, so nothing was checked for you."),
      make("a.button", { href: "#/taste/allergies" }, "Tell us your allergies")];
  }
  const known = safety.recipeKnown
    ? "Its recipe is complete and every part was checked."
    : "Its recipe is not fully known.";
  const others = [...safety.avoided.map((id) => `Has ${spoken(id)}, which you avoid.`),
    ...safety.unsuitedDiets.map((id) => `Not known to suit: ${spoken(id)}.`)];
  return [
    make("p", {}, safety.verdicts.length ? known : `You have declared no allergies. ${known}`),
    ...others.map((text) => make("p", {}, text)),
    make("ul.facts", {}, safety.verdicts.map(verdict)),
  ];
}

function verdict(one) {
  const [look, text] = VERDICTS[one.verdict] ?? ["unsafe", one.verdict];
  const traces = one.tracesAccepted && one.verdict === "MAY_CONTAIN" ? "; you accept traces" : "";
  const laws = one.regulations?.map((law) => law.regulation).join(", ");
  const strong = one.evidence.filter((piece) => piece.decides);
  return make("li", {},
    make("p", {}, make("strong", {}, one.name), ": ",
      make(`span.say.${traces ? "safe" : look}`, {}, `${text}${traces}`)),
    make("ul.paths", {}, (strong.length ? strong : one.evidence).slice(0, 4).map(evidence)),
    laws ? make("p.source", {}, `Listed by ${laws}`) : null);
}

function evidence(piece) {
  return make("li", {}, path(piece.path), ` ${WORDS[piece.kind] ?? spoken(piece.kind.toLowerCase())}`,
    piece.parts ? ` (${piece.parts} parts)` : "", source(piece));
}

/** From the drink to what is at fault, without what is named twice. */
export function path(steps) {
  const names = steps.map((step) => step.name).filter((name, at, all) => name !== all[at - 1]);
  return make("span.path", {}, names.map((name, at) => [
    at ? make("span.arrow", { "aria-hidden": "true" }, "›") : null,
    at ? make("span.hidden", {}, " which has ") : null,
    make("span.step", {}, name)]));
}

/** Who says so and when; a quantity of traces too, which changes nothing about the verdict. */
export function source({ source: who, observedAt, proteinMgPerServing: protein, doseSource }) {
  const said = who ? `Source: ${who}${observedAt ? `, ${observedAt}` : ""}` : "";
  const dose = protein == null ? ""
    : `${said ? ". " : ""}Said to be ${protein} mg of its protein in a serving${doseSource ? `, by ${doseSource}` : ""}`;
  return said || dose ? make("p.source", {}, `${said}${dose}`) : null;
}
