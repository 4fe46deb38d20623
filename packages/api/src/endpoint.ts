import type { GenericSchema, InferOutput } from "valibot";
import type { QueryCodec } from "./query.ts";

/**
 * - `json`: one JSON reply (or none);
 * - `stream`: bytes that the server writes as they come;
 * - `hijack`: after the head, the connection is a raw two-way byte stream.
 */
export type EndpointKind = "json" | "stream" | "hijack";

/** What an endpoint declares. Paths follow path-to-regexp: `:id` is one segment, `*name` may hold slashes. */
export interface EndpointShape {
  readonly kind: EndpointKind;
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryCodec<unknown>>>;
  /** Schema of the JSON body. `bodyStream` instead means that the body is handed over as raw bytes. */
  readonly body?: GenericSchema;
  readonly bodyStream?: true | "optional";
  /** Input member -> request header that carries it. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Status of success where it is neither 200 with a result nor 204 without. */
  readonly status?: number;
  /** Type of the JSON reply; carries no value. */
  readonly reply?: Reply<unknown>;
}

declare const replyType: unique symbol;
export interface Reply<T> {
  readonly [replyType]?: T;
}

/** Declares the type of an endpoint's JSON reply. */
export function reply<T>(): Reply<T> {
  return {};
}

/** Declares an endpoint. The identity function: it only fixes the type. */
export function endpoint<const E extends EndpointShape>(shape: E): E {
  return shape;
}

type Trim<S extends string> = S extends `${infer Head}/${string}` ? Head : S;
type PathNames<P extends string> = P extends `${string}/${":" | "*"}${infer Rest}`
  ? Trim<Rest> | (Rest extends `${string}/${infer More}` ? PathNames<`/${More}`> : never)
  : never;

type QueryInput<Q> = { readonly [K in keyof Q]?: Q[K] extends QueryCodec<infer T> ? T : never };
type BodyInput<E> = E extends { readonly bodyStream: "optional" }
  ? { readonly body?: AsyncIterable<Uint8Array> }
  : E extends { readonly bodyStream: true }
    ? { readonly body: AsyncIterable<Uint8Array> }
    : E extends { readonly body: infer S extends GenericSchema }
      ? { readonly body: InferOutput<S> }
      : unknown;
type HeaderInput<E> = E extends { readonly headers: infer H } ? { readonly [K in keyof H]?: string } : unknown;

/** What a caller passes and a handler receives: path, query, body and named headers in one object. */
export type Input<E extends EndpointShape> = { readonly [K in PathNames<E["path"]>]: string } & (E extends {
  readonly query: infer Q;
}
  ? QueryInput<Q>
  : unknown) &
  BodyInput<E> &
  HeaderInput<E>;

/** Type of an endpoint's JSON reply; `undefined` when it has none. */
export type ReplyOf<E> = E extends { readonly reply: Reply<infer T> } ? T : undefined;
