// Which drinks a person opens, while they let their lists be ranked by what they did.

import { collector } from "./events.js";
import { person } from "./person.js";
import { token } from "./session.js";

let collecting = null;
let whose = null;

/** Once for each time that a drink is opened: the click that opened it is not sent besides. */
export const viewed = (drinkId) => collecting?.send("view", drinkId);

function stop() {
  collecting?.consent(false);
  collecting = whose = null;
}

function follow() {
  const me = token() ? person() : null;
  if (me?.id !== whose) stop();
  if (!me) return;
  if (!collecting) {
    const fields = { userId: me.id, source: "storefront", context: { channel: "web" } };
    // by person: another tab may be somebody else's
    collecting = collector({ token, fields, name: `tastegraph-events-${me.id}` });
    whose = me.id;
  }
  collecting.consent(me.consents.personalisation);
}

addEventListener("person", follow);
addEventListener("session", stop);
