import { TdockError } from "@tdock/errors/error";
import { getDotPath, safeParse } from "valibot";
import type { EndpointShape, Input } from "./endpoint.ts";
import type { QueryCodec } from "./query.ts";

/** A request as it goes over the wire, before the version prefix. */
export interface WireRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<Uint8Array> | undefined;
}

/** What a server has taken apart of a request; `body` is the JSON text, or the bytes of a `bodyStream` endpoint. */
export interface ReceivedRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string | AsyncIterable<Uint8Array> | undefined;
}

/**
 * Input -> request. The inverse of {@link decodeRequest}. Throws `invalid-argument`, in the words of Docker's client, for
 * an empty name: the path would be another endpoint's.
 */
export function encodeRequest<E extends EndpointShape>(endpoint: E, input: Input<E>): WireRequest {
  const values = input as Readonly<Record<string, unknown>>;
  const query = encodeQuery(endpoint.query ?? {}, values);
  const headers: Record<string, string> = {};
  for (const [member, header] of Object.entries(endpoint.headers ?? {})) {
    const value = values[member];
    if (typeof value === "string") headers[header] = value;
  }
  if (endpoint.body !== undefined) headers["content-type"] = "application/json";
  return {
    method: endpoint.method,
    target: encodePath(endpoint.path, values) + (query === "" ? "" : `?${query}`),
    headers,
    body: endpoint.bodyStream ? (values.body as AsyncIterable<Uint8Array>) : encodeBody(endpoint, values.body),
  };
}

/**
 * Request -> input, checked against the endpoint's schemas. The inverse of {@link encodeRequest}.
 * Throws `invalid-argument` that names what was wanted and what was got.
 */
export function decodeRequest<E extends EndpointShape>(endpoint: E, request: ReceivedRequest): Input<E> {
  const input: Record<string, unknown> = { ...request.params };
  for (const [name, codec] of Object.entries(endpoint.query ?? {})) {
    const value = codec.decode(request.query.getAll(name), name);
    if (value !== undefined) input[name] = value;
  }
  for (const [member, header] of Object.entries(endpoint.headers ?? {})) {
    const value = request.headers[header];
    if (typeof value === "string") input[member] = value;
  }
  if (endpoint.bodyStream) input.body = request.body;
  else if (endpoint.body !== undefined) input.body = decodeBody(endpoint, request.body as string);
  return input as Input<E>;
}

function encodePath(path: string, values: Readonly<Record<string, unknown>>): string {
  return path
    .replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(requireText(path, values[name])))
    .replace(/\*(\w+)/g, (_, name: string) =>
      requireText(path, values[name]).split("/").map(encodeURIComponent).join("/"),
    );
}

function requireText(path: string, value: unknown): string {
  const text = String(value);
  if (text !== "") return text;
  const kind = path.split("/")[1]?.replace(/s$/, "");
  throw new TdockError("invalid-argument", `invalid ${kind} name or ID: value is empty`);
}

function encodeQuery(codecs: Readonly<Record<string, QueryCodec<unknown>>>, values: Readonly<Record<string, unknown>>) {
  const query = new URLSearchParams();
  for (const [name, codec] of Object.entries(codecs)) {
    const value = values[name];
    if (value !== undefined) for (const text of codec.encode(value)) query.append(name, text);
  }
  return query.toString();
}

function encodeBody(endpoint: EndpointShape, body: unknown): string | undefined {
  return endpoint.body === undefined || body === undefined ? undefined : JSON.stringify(body);
}

function decodeBody(endpoint: EndpointShape, text: string | undefined): unknown {
  let value: unknown;
  try {
    value = text === undefined || text.trim() === "" ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new TdockError("invalid-argument", `invalid JSON: ${(cause as Error).message}`, { cause });
  }
  const result = safeParse(endpoint.body as NonNullable<typeof endpoint.body>, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = getDotPath(issue);
  throw new TdockError(
    "invalid-argument",
    `invalid request body: ${path === null ? "" : `${path}: `}wanted ${issue.expected ?? "another value"}, got ${issue.received}`,
  );
}
