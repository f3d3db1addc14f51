// A copy of everything. The one place for what a person may ask about their data.

import { ask } from "../api.js";
import { make } from "../dom.js";
import { person } from "../person.js";
import { failureNotice } from "./notices.js";

const MOST = 100;

export function privacy() {
  const failed = make("div", {});
  const save = async () => {
    try {
      failed.replaceChildren();
      download("tastegraph-my-data.json", await everything());
    } catch (error) {
      failed.replaceChildren(failureNotice(error, save));
    }
  };
  return make("div.row", {},
    make("button.primary", { type: "button", onclick: save }, "Download a copy"), failed,
    make("p.help", {}, "To have everything erased, ask whoever runs this service: what is kept lies under the id above."));
}

async function everything() {
  const { history } = await ask("History", { first: MOST });
  return { profile: person(), history };
}

function download(name, content) {
  const file = new Blob([JSON.stringify(content, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(file);
  const anchor = make("a", { href: address, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
