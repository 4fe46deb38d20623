import type { Input } from "@tdock/api/endpoint";
import type { Output } from "@tdock/api/output";
import type { EventMessage, systemEvents } from "@tdock/api/system";
import { parseTimestamp } from "@tdock/api/timestamp";
import type { Engine } from "../engine.ts";
import { startTimer } from "../host/timer.ts";
import { eventFilter } from "./filter.ts";

/**
 * Writes events as JSON lines: those kept since `since`, with `until` alone all that are kept, then live ones until `until` or until the client goes.
 * Throws `invalid-argument` for an unknown filter or a time that cannot be read.
 */
export async function streamEvents(
  engine: Pick<Engine, "events" | "now">,
  input: Input<typeof systemEvents>,
  out: Output,
): Promise<void> {
  const isWanted = eventFilter(input.filters);
  const since = parseTimestamp("since", input.since);
  const until = parseTimestamp("until", input.until);
  const untilMs = until === undefined ? Number.POSITIVE_INFINITY : until.ms;
  const over = new AbortController();
  using _end = startTimer(untilMs - engine.now().getTime(), () => over.abort());
  const live = engine.events.subscribe(AbortSignal.any([out.signal, over.signal]));
  const send = async (event: EventMessage) => {
    if (isWanted(event)) await out.write(`${JSON.stringify(event)}\n`);
  };

  // Listening begins before the history is read, or what happens in between would be missed.
  const first = live.next();
  out.begin();
  if (since !== undefined || until !== undefined) {
    for (const event of engine.events.since(since?.ms ?? 0)) if ((event.time ?? 0) * 1000 <= untilMs) await send(event);
  }
  for (let next = await first; !next.done; next = await live.next()) await send(next.value);
}
