// Alerts over a WebSocket, by the protocol graphql-transport-ws.

import { operation } from "./api.js";
import { token } from "./session.js";

const FORBIDDEN = 4403;
const LONGEST_WAIT_MS = 60_000;

/** Hand on every event of the subscription until `signal` aborts; connect again when cut off. */
export function watch(handle, signal) {
  let failures = 0;
  const connect = async () => {
    if (signal.aborted || !token()) return;
    const query = await operation("Watch");
    const socket = new WebSocket(
      new URL("/graphql", location.href.replace(/^http/, "ws")),
      "graphql-transport-ws",
    );
    const send = (message) => socket.send(JSON.stringify(message));
    const stop = () => socket.close();
    signal.addEventListener("abort", stop, { once: true });
    socket.onopen = () =>
      send({ type: "connection_init", payload: { Authorization: `Bearer ${token()}` } });
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === "ping") send({ type: "pong" });
      if (message.type === "connection_ack") {
        send({ type: "subscribe", id: "alerts", payload: { query, operationName: "Watch" } });
      }
      const event = message.type === "next" && message.payload.data?.safetyAlerts;
      if (event) {
        failures = 0;
        handle(event);
      }
    };
    socket.onclose = ({ code }) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) return;
      handle({ __typename: code === FORBIDDEN ? "SignedOut" : "CutOff" });
      if (code !== FORBIDDEN) setTimeout(connect, wait(failures++));
    };
  };
  connect();
}

const wait = (failures) => Math.min(1000 * 2 ** failures, LONGEST_WAIT_MS);
