// Sends what people do with drinks: with consent only, counted once, also after being offline.
// Any page may carry a copy of this file: docs/events.md. A browser that keeps nothing sends nothing.

const MOST_KEPT = 500;
const MOST_SENT = 50;
const LONGEST_WAIT_MS = 300_000;

const attempt = (act, otherwise) => {
  try {
    return act();
  } catch {
    return otherwise;
  }
};

/** `token()` is of who is signed in, `key` of the page; `fields` go with every event. */
export function collector({ url = "/v1/events", key, token, fields, name = "tastegraph-events" }) {
  let agreed = false, failures = 0, listening, sending, waiting;

  const read = () => attempt(() => [...JSON.parse(localStorage[name] ?? "[]")], []);
  const write = (events) => attempt(() =>
    events.length ? (localStorage[name] = JSON.stringify(events)) : delete localStorage[name]);
  const later = (ms) => (waiting = setTimeout(flush, ms));

  function send(type, drinkId, more) {
    if (!agreed) return;
    const sessionId = attempt(() => (sessionStorage[name] ??= crypto.randomUUID()));
    const known = { eventId: crypto.randomUUID(), at: new Date().toISOString(), sessionId };
    write([...read(), { ...known, type, drinkId, ...fields, ...more }].slice(-MOST_KEPT));
    if (!waiting && !sending) later(1000);
  }

  async function flush() {
    clearTimeout(waiting);
    waiting = null;
    const events = agreed && !sending && navigator.onLine ? read().slice(0, MOST_SENT) : [];
    if (!events.length) return;
    const body = JSON.stringify({ key, token: token?.(), events });
    if (document.hidden && !Request.prototype.hasOwnProperty("keepalive")) return navigator.sendBeacon(url, body);
    const { signal } = (sending = new AbortController());
    let done, wait;
    try {
      const answer = await fetch(url, { method: "POST", body, signal, keepalive: true, credentials: "omit" });
      wait = answer.headers.get("Retry-After") * 1000;
      done = answer.ok ? (await answer.json()).events : [400, 413].includes(answer.status);
    } catch {}
    if (signal.aborted) return;
    sending = null;
    failures = done ? 0 : failures + 1;
    const ids = events.map((one) => one.eventId);
    if (done) write(read().filter((one) => !ids.includes(one.eventId)));
    const pause = Math.min(500 * 2 ** failures, LONGEST_WAIT_MS) * (1 + Math.random());
    if (read().length) later(done ? 0 : Math.max(wait || 0, pause));
  }

  function start() {
    const { signal } = (listening = new AbortController());
    document.addEventListener("visibilitychange", () => document.hidden && flush(), { signal });
    addEventListener("online", flush, { signal });
    addEventListener("click", ({ target }) => {
      const { drinkClick } = target.closest?.("[data-drink-click]")?.dataset ?? {};
      if (drinkClick) send("click", drinkClick);
    }, { signal, capture: true });
    flush();
    for (const { dataset } of document.querySelectorAll("[data-drink-view]")) send("view", dataset.drinkView);
  }

  /** Collect from now on; or, unless `given` is true, stop and forget all that was not sent. */
  function consent(given) {
    if (given === true && agreed) return;
    agreed = given === true;
    if (agreed) return start();
    listening?.abort();
    sending?.abort();
    clearTimeout(waiting);
    sending = waiting = null;
    write([]);
    attempt(() => delete sessionStorage[name]);
  }

  return { consent, send };
}
