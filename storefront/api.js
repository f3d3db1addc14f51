// The only way to the service: GraphQL over HTTP, operations by name.

import { token } from "./session.js";

const PATIENCE_MS = 15_000;

/** Something did not work. `kind` is the type of the answer, or Offline, Refused, TooMany, Broken. */
export class Failure extends Error {
  constructor(kind, message, advice = "", texts = []) {
    super(message);
    this.kind = kind;
    this.advice = advice;
    this.texts = texts;
  }
}

/** Return the result of an operation with one field; throw a Failure if it is one. */
export async function ask(name, variables = {}, options = {}) {
  const [result] = Object.values(await askAll(name, variables, options));
  if (result && "message" in result && "advice" in result) {
    throw new Failure(result.__typename, result.message, result.advice, result.texts);
  }
  return result;
}

/** Return the data of an operation with several fields. */
export async function askAll(name, variables = {}, { signal, anonymous = false } = {}) {
  const headers = { "Content-Type": "application/json" };
  if (token() && !anonymous) headers.Authorization = `Bearer ${token()}`;
  const body = JSON.stringify({ query: await operation(name), variables, operationName: name });
  return dataOf(await send({ method: "POST", headers, body, cache: "no-store" }, signal));
}

/** The text of one operation, with the fragments that it needs. */
export async function operation(name) {
  const definitions = await loaded;
  const needed = new Set();
  const visit = (one) => {
    if (needed.has(one) || !definitions.has(one)) return;
    needed.add(one);
    for (const [, spread] of definitions.get(one).matchAll(/\.\.\.(\w+)/g)) visit(spread);
  };
  visit(name);
  return [...needed].map((one) => definitions.get(one)).join("\n");
}

async function send(request, signal) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const signals = signal ? AbortSignal.any([signal, patience]) : patience;
  try {
    return await fetch("/graphql", { ...request, signal: signals });
  } catch (error) {
    if (signal?.aborted) throw error;
    const slow = patience.aborted ? "The service took too long to answer." : "No connection.";
    throw new Failure("Offline", slow, "Nothing can be checked, so no drinks are shown.");
  }
}

async function dataOf(response) {
  const answer = await response.json().catch(() => ({}));
  const [error] = answer.errors ?? [];
  const told = error?.message ?? `The service answered with status ${response.status}.`;
  if (response.status === 401) throw new Failure("Refused", told, "Sign in again.");
  if (response.status === 429) throw new Failure("TooMany", told, "Wait a moment, then try again.");
  if (error || !answer.data) throw new Failure("Broken", told, error?.extensions?.advice);
  return answer.data;
}

// The page says which operations are its own. Definitions stand at the start of a line; `}` alone on a line ends each.
const loaded = (async () => {
  const response = await fetch(document.querySelector("link[rel=preload][as=fetch]").href);
  const text = (await response.text()).replace(/^\s*#.*$/gm, "");
  const found = text.matchAll(/^(?:query|mutation|subscription|fragment) (\w+)[\s\S]*?^\}/gm);
  return new Map([...found].map(([definition, name]) => [name, definition]));
})();
