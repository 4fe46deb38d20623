import type { EventMessage } from "@tdock/api/system";

export type EventType = "container" | "image" | "network" | "volume" | "builder" | "daemon";

/** Something that happened to an object. `id` is the container's id, the image's name, the network's id, the volume's name. */
export interface EngineEvent {
  readonly type: EventType;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The wire form, with the members `status`, `id` and `from` that clients before API 1.52 still read. */
export function toMessage(event: EngineEvent, at: Date, sequence: number): EventMessage {
  const timeMs = at.getTime();
  const legacy = event.type === "container" || event.type === "image";
  return {
    ...(legacy && { status: event.action, id: event.id }),
    ...(event.type === "container" && { from: event.attributes.image ?? "" }),
    Type: event.type,
    Action: event.action,
    Actor: { ID: event.id, Attributes: { ...event.attributes } },
    scope: "local",
    time: Math.floor(timeMs / 1000),
    // The clock gives milliseconds; the sequence keeps events of one millisecond apart and in order.
    timeNano: rawNanoseconds(timeMs, sequence),
  } as EventMessage;
}

/** Reads the JSON of a wire form; no digit of its time is lost. Throws `SyntaxError`. */
export function parseMessage(json: string): EventMessage {
  const keepDigits = (key: string, value: unknown, context?: { readonly source?: string }) =>
    key === "timeNano" && context?.source !== undefined ? rawJson(context.source) : value;
  return JSON.parse(json, keepDigits) as EventMessage;
}

const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** Nanoseconds exceed what a number holds exactly, so they go into the JSON as text. */
function rawNanoseconds(timeMs: number, sequence: number): unknown {
  return rawJson(String(BigInt(timeMs) * 1_000_000n + BigInt(sequence % 1_000_000)));
}
