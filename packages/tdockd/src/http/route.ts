import type { EndpointShape, Input, ReplyOf } from "@tdock/api/endpoint";
import type { Output, Upgrade } from "@tdock/api/output";
import type { Engine } from "../engine.ts";

export interface Route {
  readonly endpoint: EndpointShape;
  readonly answer:
    | { readonly kind: "json"; run(engine: Engine, input: never, signal: AbortSignal): Promise<unknown> | unknown }
    | { readonly kind: "stream"; run(engine: Engine, input: never, out: Output): Promise<void> | void }
    | { readonly kind: "hijack"; run(engine: Engine, input: never, upgrade: Upgrade): Promise<void> | void };
}

/** What a handler of an endpoint without a reply returns is nothing at all. */
type Result<T> = T extends undefined ? Promise<void> | void : Promise<T> | T;

/** Answers `endpoint` with what `run` returns. */
export function route<E extends EndpointShape & { kind: "json" }>(
  endpoint: E,
  run: (engine: Engine, input: Input<E>, signal: AbortSignal) => Result<ReplyOf<E>>,
): Route {
  return { endpoint, answer: { kind: "json", run } };
}

/** Answers `endpoint` with what `run` writes. */
export function stream<E extends EndpointShape & { kind: "stream" }>(
  endpoint: E,
  run: (engine: Engine, input: Input<E>, out: Output) => Promise<void> | void,
): Route {
  return { endpoint, answer: { kind: "stream", run } };
}

/** Gives the connection of `endpoint` to `run`. */
export function hijack<E extends EndpointShape & { kind: "hijack" }>(
  endpoint: E,
  run: (engine: Engine, input: Input<E>, upgrade: Upgrade) => Promise<void> | void,
): Route {
  return { endpoint, answer: { kind: "hijack", run } };
}
