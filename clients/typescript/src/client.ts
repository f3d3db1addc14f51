// One request to Tastegraph, typed by the query that it sends.
import type { TypedDocumentString } from "./operations.js";

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string; retryAfter?: number } }[];
  extensions?: { cost?: { requested: number; limit: number } };
}

/** What could not be answered: a request that was refused, or a fault. */
export class RequestFailed extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string | undefined,
  ) {
    super(message);
  }
}

export class Tastegraph {
  constructor(
    private readonly address: string,
    private readonly token: string | undefined,
  ) {}

  /** The data of an answer; failures to expect are types in it. Waits once if asked too often. */
  async ask<Data, Variables>(
    operation: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): Promise<Data> {
    let response = await this.send(operation.toString(), variables);
    if (response.status === 429) {
      const seconds = Number(response.headers.get("Retry-After") ?? 1);
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
      response = await this.send(operation.toString(), variables);
    }
    const answer = (await response.json()) as Answer<Data>;
    const error = answer.errors?.[0];
    if (error || answer.data == null) {
      const message = error?.message ?? `status ${response.status}`;
      throw new RequestFailed(message, response.status, error?.extensions?.code);
    }
    return answer.data;
  }

  private send(query: string, variables: unknown): Promise<Response> {
    return fetch(this.address, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}),
      },
      body: JSON.stringify({ query, variables }),
    });
  }
}
