// Subscriptions, all over one WebSocket, by the protocol graphql-transport-ws.

import { operation } from "./api.js";
import { token } from "./session.js";

const FORBIDDEN = 4403;
const LONGEST_WAIT_MS = 60_000;

const subscriptions = new Map();
let socket = null;
let lastId = 0;
let failures = 0;

/**
 * Hand on every event of a subscription until `signal` aborts, connecting again when cut off. Beside
 * what the service sends there are `CutOff`, and `SignedOut`, after which nothing comes.
 */
export function watch(name, variables, handle, signal) {
  if (signal.aborted) return;
  const id = String(++lastId);
  subscriptions.set(id, { name, variables, handle });
  signal.addEventListener("abort", () => end(id), { once: true });
  if (socket?.isReady) begin(id);
  else connect();
}

function connect() {
  if (socket || !subscriptions.size || !token()) return;
  const mine = new WebSocket(new URL("/graphql", location.href.replace(/^http/, "ws")), "graphql-transport-ws");
  socket = mine;
  mine.onopen = () => socket === mine && send({ type: "connection_init", payload: { Authorization: `Bearer ${token()}` } });
  mine.onmessage = ({ data }) => socket === mine && receive(JSON.parse(data));
  mine.onclose = ({ code }) => {
    if (socket !== mine) return;
    socket = null;
    const isRefused = code === FORBIDDEN;
    if (!isRefused) setTimeout(connect, wait());
    for (const { handle } of [...subscriptions.values()]) handle({ __typename: isRefused ? "SignedOut" : "CutOff" });
  };
}

function receive({ type, id, payload }) {
  if (type === "ping") send({ type: "pong" });
  if (type === "connection_ack") {
    socket.isReady = true;
    for (const known of subscriptions.keys()) begin(known);
  }
  if (type === "error") setTimeout(() => begin(id), wait()); // too many at once, as a rule
  const event = type === "next" && Object.values(payload.data ?? {})[0];
  if (!event) return;
  failures = 0;
  subscriptions.get(id)?.handle(event);
}

async function begin(id) {
  const mine = socket;
  const { name, variables } = subscriptions.get(id) ?? {};
  const query = name && (await operation(name));
  if (!subscriptions.has(id) || !mine?.isReady || socket !== mine) return;
  send({ type: "subscribe", id, payload: { query, variables, operationName: name } });
}

function end(id) {
  subscriptions.delete(id);
  if (!subscriptions.size) leave();
  else if (socket?.isReady) send({ type: "complete", id });
}

function leave() {
  const left = socket;
  socket = null;
  left?.close();
}

const send = (message) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));

const wait = () => Math.min(1000 * 2 ** failures++, LONGEST_WAIT_MS);

// a connection is one person's
addEventListener("session", () => {
  leave();
  failures = 0;
  connect();
});
