import { Agent, type Dispatcher, request } from "undici";

/** What the API answered. `body` is the parsed JSON where it is JSON, else the text. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape, and assert them
  readonly body: any;
}

/** What may go along with a request. */
export interface ApiOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Calls the Engine API on a Unix socket, as curl would. */
export class ApiClient {
  readonly #agent: Agent;

  constructor(socketPath: string) {
    this.#agent = new Agent({ connect: { socketPath }, bodyTimeout: 0, headersTimeout: 60_000 });
  }

  /** Sends one request and reads the whole answer. An object as `body` goes out as JSON, bytes as they are. */
  async call(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: object | string | Uint8Array,
    options: ApiOptions = {},
  ): Promise<ApiAnswer> {
    const response = await this.stream(method, path, body, options);
    const text = await response.body.text();
    const isJson = String(response.headers["content-type"] ?? "").startsWith("application/json");
    return { status: response.statusCode, headers: response.headers, body: isJson ? parseJson(text) : text };
  }

  /** Sends one request and gives its answer as soon as the head is there; the body is left to the caller. */
  async stream(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: object | string | Uint8Array,
    options: ApiOptions = {},
  ): Promise<Dispatcher.ResponseData> {
    const isJson = body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array);
    return await request(`http://localhost${path}`, {
      method,
      dispatcher: this.#agent,
      headers: { ...(body !== undefined && { "content-type": "application/json" }), ...options.headers },
      ...(body !== undefined && { body: isJson ? JSON.stringify(body) : body }),
      ...(options.signal && { signal: options.signal }),
    });
  }

  /** Closes idle connections, so that they do not count as the server's. */
  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** A stream of JSON messages, such as the answer to a pull, stays text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
