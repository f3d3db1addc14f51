// Signing in: a token, kept for this tab.

import { make } from "../../storefront/dom.js";
import { signIn } from "../../storefront/session.js";
import { field, form } from "../parts/acting.js";

export function signInView(fault = null) {
  const help = "From your identity provider, or made where the service runs: tastegraph token NAME --operator "
    + "(or --analyst, --food-safety, --support, --admin, --auditor). It is kept in this tab alone.";
  return [make("h1", {}, "Sign in to the console"), fault ? make("p.notice", {}, fault) : null,
    form([field("token", "Your token", { of: "textarea", rows: 4, required: true, spellcheck: "false", help })], "Sign in",
      ({ token }) => {
        location.hash = "#/";
        signIn(token);
      })].filter(Boolean);
}
