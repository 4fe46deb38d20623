import type { BuildEvent } from "@tdock/api/build-event";

/** Takes what a build tells. Resolves when there is room for more. */
export type EventSink = (event: BuildEvent) => Promise<void>;
