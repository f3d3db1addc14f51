// What people do with drinks, with their consent. For any page: docs/events.md

const attempt = (act, otherwise) => { try { return act(); } catch { return otherwise; } };

/** `token()` is a person's, `key` the page's. */
export function collector({ url = "/v1/events", key, token, fields, name = "tastegraph-events" }) {
  let agreed, listening, pause, sending, waiting;

  const read = () => attempt(() => [...JSON.parse(localStorage[name] ?? "[]")], []);
  const write = (events) => attempt(() =>
    events.length ? localStorage[name] = JSON.stringify(events) : delete localStorage[name]);
  const later = (ms) => waiting = setTimeout(flush, ms);

  function send(type, drinkId, more) {
    if (!agreed) return;
    const sessionId = attempt(() => sessionStorage[name] ??= crypto.randomUUID());
    const event = { eventId: crypto.randomUUID(), at: new Date(), sessionId, type, drinkId, ...fields, ...more };
    write([...read(), event].slice(-500));
    if (!waiting && !sending) later(1000);
  }

  async function flush() {
    waiting = clearTimeout(waiting);
    const events = read().slice(0, 50);
    if (!agreed || sending || !navigator.onLine || !events.length) return;
    const body = JSON.stringify({ key, token: token?.(), events });
    const keepalive = "keepalive" in Request.prototype;
    if (document.hidden && !keepalive) return navigator.sendBeacon(url, body);
    const { signal } = sending = new AbortController();
    let done, wait = 0;
    try {
      const answer = await fetch(url, { method: "POST", body, signal, keepalive, credentials: "omit" });
      wait = answer.headers.get("Retry-After") * 1000 || 0;
      done = answer.ok ? (await answer.json()).events : [400, 413].includes(answer.status);
    } catch {}
    if (signal.aborted) return;
    sending = null;
    const ids = events.map((one) => one.eventId);
    if (done) write(read().filter((one) => !ids.includes(one.eventId)));
    pause = done ? 0 : Math.min(pause * 2 || 1000, 3e5);
    if (read().length) later(Math.max(wait, pause * (1 + Math.random())));
  }

  function start() {
    const { signal } = listening = new AbortController();
    document.addEventListener("visibilitychange", () => document.hidden && flush(), { signal });
    addEventListener("online", flush, { signal });
    addEventListener("click", ({ target }) => {
      const drink = target.closest?.("[data-drink-click]")?.dataset.drinkClick;
      if (drink) send("click", drink);
    }, { signal, capture: true });
    flush();
    for (const seen of document.querySelectorAll("[data-drink-view]")) send("view", seen.dataset.drinkView);
  }

  /** Unless it is true, what was not sent is forgotten. */
  function consent(given) {
    const before = agreed;
    agreed = given === true;
    if (agreed) return before || start();
    listening?.abort();
    sending?.abort();
    sending = waiting = clearTimeout(waiting);
    write([]);
    attempt(() => delete sessionStorage[name]);
  }

  return { consent, send };
}
