// The settings that the server asked was started with; secrets are never shown.

import { ask } from "../../storefront/api.js";
import { make } from "../../storefront/dom.js";
import { live, words } from "../../storefront/parts/notices.js";
import { table } from "../parts/tables.js";

export const settings = (_, { signal }) => [make("h1", {}, "Settings"),
  make("p.lead", {}, "As they are. To change one, set it where the service is started, and start it again."),
  live(signal, async () => {
    const { items } = await ask("Settings", {}, { signal });
    const set = (one) => Number(!one.isSet);
    return table("Settings", ["Setting", "Value", "Unless set", "What it does"],
      [...items].sort((one, other) => set(one) - set(other)).map((one) => [
        make("code", {}, one.name), one.isSet ? make("strong", {}, one.secret ? "set, not shown" : one.value) : "not set", one.default, one.meaning]));
  }, { skeleton: words("Asking the service…") })];
