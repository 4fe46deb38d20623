import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { TdockError } from "@tdock/errors/error";
import { encodeJsonAny } from "./any.ts";
import { type Envelope, Events as Service } from "./gen/events_pb.ts";
import type { CallOptions, Rpc } from "./rpc.ts";
import { type TaskEvent, taskEventOf } from "./task-event.ts";
import { dateOf } from "./timestamp.ts";

/** What a subscription yields. */
export type ContainerdEvent =
  | { readonly kind: "subscribed" }
  | ({ readonly kind: "task"; readonly at: Date } & TaskEvent)
  | {
      readonly kind: "other";
      readonly at: Date;
      readonly topic: string;
      readonly typeUrl: string;
      readonly value: Uint8Array;
    };

/** containerd's events (`services/events/v1`) of one namespace. They are hints: some get lost over a reconnect. */
export interface Events {
  /**
   * Yields `subscribed` once, as soon as no later event can be missed: the moment to compare records with
   * {@link Tasks.list}. Then every event whose topic matches one of `topics`, regular expressions such as `^/tasks/`;
   * all when there are none. Ends only by throwing: `canceled` by the signal, `unavailable` when containerd is gone.
   */
  subscribe(topics: readonly string[], options?: CallOptions): AsyncGenerator<ContainerdEvent, never, undefined>;
  /** Sends an event of one's own; `document` is packed as JSON under `typeUrl`. */
  publish(topic: string, typeUrl: string, document: object, options?: CallOptions): Promise<void>;
}

/** Time that a marker gets to come back before the next one is sent, in milliseconds. */
const markerIntervalMs = 20;

/** The events service of a connection. */
export function createEvents(rpc: Rpc): Events {
  const publish: Events["publish"] = async (topic, typeUrl, document, options) => {
    await rpc.unary(Service.method.publish, { topic, event: encodeJsonAny(typeUrl, document) }, options);
  };

  return {
    publish,
    subscribe: async function* (topics, options) {
      const marker = `/subscribed/${randomUUID()}`;
      const filters = filtersOf(rpc.namespace, topics, marker);
      const envelopes = rpc.serverStream(Service.method.subscribe, { filters }, options);
      const early = await untilMarked(envelopes, marker, () => publish(marker, "tdock.subscribed", {}, options));
      yield { kind: "subscribed" };
      for (const envelope of early) yield eventOf(envelope);
      for await (const envelope of envelopes) {
        if (envelope.topic !== marker) yield eventOf(envelope);
      }
      throw new TdockError("unavailable", "containerd ended the subscription", { reason: "disconnected" });
    },
  };
}

function filtersOf(namespace: string, topics: readonly string[], marker: string): string[] {
  const scope = `namespace==${JSON.stringify(namespace)}`;
  if (topics.length === 0) return [scope];
  return [marker, ...topics].map((topic) => `${scope},topic~=${JSON.stringify(topic)}`);
}

/**
 * containerd does not answer a subscription before there is an event to send, so one's own event is sent until it
 * comes back. Resolves to the other events that came before it.
 */
async function untilMarked(
  envelopes: AsyncGenerator<Envelope, void, undefined>,
  marker: string,
  publishMarker: () => Promise<void>,
): Promise<Envelope[]> {
  const early: Envelope[] = [];
  let next = envelopes.next();
  for (;;) {
    await Promise.all([publishMarker(), Promise.race([next, setTimeout(markerIntervalMs)])]);
    const arrived = await Promise.race([next, undefined]);
    if (arrived === undefined) continue;
    if (arrived.done || arrived.value.topic === marker) return early;
    early.push(arrived.value);
    next = envelopes.next();
  }
}

function eventOf({ timestamp, topic, event }: Envelope): ContainerdEvent {
  const at = dateOf(timestamp) ?? new Date(0);
  const task = taskEventOf(event);
  if (task !== undefined) return { kind: "task", at, ...task };
  return { kind: "other", at, topic, typeUrl: event?.typeUrl ?? "", value: event?.value ?? new Uint8Array() };
}
