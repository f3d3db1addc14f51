// What the person declares, in three steps: allergies, diets, flavors. Open at any time.

import { make } from "../dom.js";
import { loadChoices, person, saveAllergies, saveDiets, saveFlavors } from "../person.js";
import { several } from "../parts/chips.js";
import { lacks, question } from "../parts/consents.js";
import { failureNotice, live, tell, words } from "../parts/notices.js";
import { allergyForm } from "./allergies.js";
import { entry } from "./sign-in.js";

const STEPS = [
  ["allergies", "Allergies", "What are you allergic to?"],
  ["diets", "Diets", "Do you follow a diet?"],
  ["flavors", "Flavors", "What do you like?"],
];

export function taste({ step }, { signal }) {
  if (!person()) return entry(signal);
  const at = STEPS.findIndex(([name]) => name === step);
  const [, , title] = STEPS[at] ?? STEPS[0];
  const build = [allergies, diets, flavors][Math.max(at, 0)];
  const fields = live(signal, async () => build(await loadChoices(), fields), { skeleton: words("Loading"), isForm: true });
  return [progress(at), make("h1", {}, title), fields];
}

/** `fields` once they may be kept; before that the question, which is asked again only here. */
async function onceAgreed(section, next, fields) {
  if (!lacks("SAFETY")) return fields();
  const answered = (given) => (given ? section.reload() : (location.hash = next));
  return [await question("SAFETY", answered),
    make("p.help", {}, "Without it, nothing you say here is kept, and lists are NOT CHECKED.")];
}

function progress(at) {
  return make("nav.steps", { "aria-label": "Steps" }, make("ol", {}, STEPS.map(([name, text], place) =>
    make("li", {}, make("a", { href: `#/taste/${name}`, "aria-current": place === at ? "step" : null }, text)))));
}

const allergies = (choices, section) => onceAgreed(section, "#/taste/flavors", () => {
  const { element, chosen } = allergyForm(choices.allergens, person());
  return form(element, async () => saveAllergies(chosen()), "#/taste/diets", "Allergies saved.");
});

const diets = (choices, section) => onceAgreed(section, "#/taste/flavors", () => {
  const chosen = new Set(person().diets);
  const about = make("ul.facts", {});
  const explain = () => about.replaceChildren(...choices.diets.filter(({ id }) => chosen.has(id))
    .map((diet) => make("li", {}, make("strong", {}, diet.name), `: ${diet.description ?? ""}`)));
  explain();
  return form([several("Choose any, or none", choices.diets, chosen, explain), about],
    async () => saveDiets([...chosen]), "#/taste/flavors", "Diets saved.");
});

function flavors(choices) {
  const chosen = new Set(person().likes.filter((one) => one.kind === "flavor").map((one) => one.id));
  const families = choices.flavors.filter((one) => !one.groups.length);
  const within = (family) => choices.flavors.filter((one) => topOf(one, choices.flavors) === family.id);
  const large = families.filter((one) => within(one).length > 1);
  const others = families.filter((one) => within(one).length === 1);
  return form([...large.map((family) => several(family.name, within(family), chosen)), several("Others", others, chosen)],
    async () => saveFlavors([...chosen]), "#/", "Saved. This is your list.");
}

function topOf(flavor, all) {
  const parent = all.find((one) => one.id === flavor.groups[0]);
  return parent ? topOf(parent, all) : flavor.id;
}

function form(fields, save, next, said) {
  const failed = make("div", {});
  const button = make("button.primary", {}, next === "#/" ? "Save and see my list" : "Save and continue");
  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await save();
      tell(said);
      location.hash = next;
    } catch (error) {
      failed.replaceChildren(failureNotice(error, () => submit(event)));
      failed.scrollIntoView({ block: "nearest" });
    }
    button.disabled = false;
  };
  return make("form.sheet", { onsubmit: submit, novalidate: true }, fields, failed,
    make("div.row.end", {}, button, make("a.button.quiet", { href: "#/" }, "Later")));
}
