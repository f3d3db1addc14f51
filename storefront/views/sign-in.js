// Who is it? A token, pasted; on the service's own machine, a guest or a simulated person.

import { make } from "../dom.js";
import { demonstration, signIn } from "../session.js";

/** What somebody sees first who is not signed in. */
export function entry(signal) {
  const ways = make("div.row", {});
  offerWays(ways, signal);
  return make("section.hero", {},
    make("h1", {}, "Drinks that suit your taste, and that you may have"),
    make("p.lead", {}, "Say what you are allergic to and what you like. You get a list of drinks, each checked against a graph of recipes and evidence. Anything not known to be safe is not offered."),
    ways);
}

async function offerWays(ways, signal) {
  const demo = await demonstration();
  if (signal.aborted) return;
  if (!demo.guest) return ways.replaceChildren(tokenLink("Sign in"));
  ways.replaceChildren(
    make("button.primary", { type: "button", onclick: () => start(demo.guest, "#/taste/allergies") }, "Start: one minute"),
    make("button", { type: "button", onclick: () => start(demo.person, "#/") }, "Look around as a simulated person"),
    tokenLink("I have a token"));
}

const tokenLink = (text) => make("a.button.quiet", { href: "#/sign-in" }, text);

function start(token, where) {
  signIn(token);
  location.hash = where;
}

export function signInView() {
  const field = make("textarea", { id: "token", rows: 4, required: true, autocomplete: "off", spellcheck: "false",
    "aria-describedby": "token-help" });
  const submit = (event) => {
    event.preventDefault();
    if (field.value.trim()) start(field.value, "#/");
  };
  return [make("h1", {}, "Sign in"),
    make("form.sheet", { onsubmit: submit },
      make("label", { for: "token" }, "Your token"), field,
      make("p.help", { id: "token-help" }, "It says who you are, and is kept in this tab only. You get it from whoever runs this service; they can make one with the command: tastegraph token YOUR_ID."),
      make("button.primary", {}, "Sign in"))];
}
