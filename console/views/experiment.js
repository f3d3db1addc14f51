// One experiment: the verdict, each metric day by day, and the next step.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { button, field, form } from "../parts/acting.js";
import { sequence } from "../parts/charts.js";
import { figures, moment, section, state, table } from "../parts/tables.js";

const signed = (text) => (text.startsWith("-") ? text : `+${text}`);
const UNITS = {
  SHARE: (value) => `${signed((value * 100).toFixed(2))} points`,
  MONEY: (value) => signed(value.toFixed(3)),
  STYLES: (value) => `${signed(value.toFixed(2))} styles`,
  HOURS: (value) => `${signed(value.toFixed(1))} h`,
};
const MEANS = { SHARE: (value) => `${(value * 100).toFixed(2)} %` };

export function experimentView({ id }, { signal, roles, title }) {
  title(id);
  const shown = live(signal, async () => {
    const found = await ask("Findings", { id }, { signal });
    const tried = found.experiment;
    return [make("p.lead", {}, tried.hypothesis), verdict(found), people(found),
      found.metrics.map((metric) => chart(metric)),
      roles.includes("OPERATOR") ? steps(tried, () => shown.reload()) : null, history(tried.history)].flat().filter(Boolean);
  }, { skeleton: words("Measuring…"), isForm: true });
  return [make("h1", {}, id), shown];
}

function verdict(found) {
  return make("div.banner", {}, make("p", {}, state(found.experiment.state), " ", state(found.verdict), " ",
    found.verdictArm ? make("strong", {}, found.verdictArm) : null, " ", found.why));
}

function people({ experiment, people: counts, mismatch }) {
  return [figures(counts.map(({ arm, people: count }) => [`${arm}, people`, count.toLocaleString()])),
    make("p.help", {}, `In it: ${Math.round(experiment.ramp * 100)} % of its people, since `, moment(experiment.startedAt),
      `. A split as wrong as this has a chance of at most ${mismatch < 0.001 ? "one in a thousand: nobody can trust it" : mismatch.toFixed(3)}.`)];
}

function chart({ metric, arm, unit, fewerIsBetter, looks }) {
  const mean = MEANS[unit] ?? ((value) => value.toFixed(3));
  const name = `${metric}, ${arm}`;
  const between = (look) => (look.low === null ? "too few people" : `${UNITS[unit](look.low)} to ${UNITS[unit](look.high)}`);
  return section(`${metric}-${arm}`, name,
    make("p.help", {}, `${fewerIsBetter ? "Less" : "More"} is better. The band holds the truth on all days together, however often you look.`),
    sequence(name, looks, UNITS[unit]),
    make("details", {}, make("summary", {}, "As a table"), table(name, ["Day", "People", "Control", "Arm", "Difference", "Between"],
      looks.map((look) => [look.day + 1, look.people.toLocaleString(), mean(look.control), mean(look.arm), UNITS[unit](look.effect), between(look)]))));
}

function steps(tried, reload) {
  const done = (text) => {
    reload();
    return text;
  };
  const percent = (text) => Number(text) / 100;
  const share = (value) => field("share", "Percent of its people", { type: "number", min: 1, max: 100, value, required: true });
  if (tried.state === "DRAFT") {
    return section("step", "Start it", form([share(5)], "Start", async ({ share: to }) => {
      await ask("StartExperiment", { id: tried.id, ramp: percent(to) });
      return done("It runs: people come in within a second.");
    }));
  }
  if (tried.state === "RUNNING") return section("step", "While it runs", [
    form([share(Math.min(100, Math.round(tried.ramp * 200)))], "Take in more people", async ({ share: to }) => {
      await ask("RampExperiment", { id: tried.id, to: percent(to) });
      return done("More people come in now; nobody changes arms.");
    }),
    button("Stop it", async () => {
      await ask("StopExperiment", { id: tried.id });
      return done("It has stopped: every list is as asked for again.");
    }, { confirm: `Stop ${tried.id}? It cannot be started again.` })]);
  if (tried.state === "STOPPED") return section("step", "Decide it", deciding(tried, done));
  return null;
}

function deciding(tried, done) {
  const arms = tried.arms.map(({ name }) => [name, name]);
  return form([
    field("arm", "The arm that is kept", { of: "select", choices: arms }),
    field("note", "Why, for its history", { required: true, maxlength: 500 }),
    field("despite", "Why although the numbers say no", { maxlength: 500, help: "Only if they do." }),
  ], "Decide, and forget who was in it", async ({ arm, note, despite }) => {
    const { forgotten } = await ask("DecideExperiment", { id: tried.id, arm, note, despite: despite || null });
    return done(`Decided: ${arm}. It is forgotten of ${forgotten} people.`);
  });
}

const history = (lines) => section("history", "What was done", table("What was done", ["When", "What", "Who", "Why"],
  lines.map((line) => [moment(line.at), line.state ?? "", line.by ?? "", line.note ?? ""])));
