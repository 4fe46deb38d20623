import type { BuildCache, ContainerSummary, Volume } from "@docker/node-sdk";
import { endpoint, reply } from "./endpoint.ts";
import type { ImageSummary } from "./images.ts";
import { bool, texts } from "./query.ts";

/** What takes space, kind by kind; kinds that were not asked for are absent. */
export interface DiskUsage {
  /** Bytes of all images, what they share counted once. */
  readonly LayersSize?: number;
  readonly Images?: readonly ImageSummary[];
  readonly Containers?: readonly ContainerSummary[];
  readonly Volumes?: readonly Volume[];
  readonly BuildCache?: readonly BuildCache[];
}

/** Which kinds: `image`, `container`, `volume`, `build-cache`; all when none is given. */
export const systemDiskUsage = endpoint({
  kind: "json",
  method: "GET",
  path: "/system/df",
  query: { type: texts, verbose: bool },
  reply: reply<DiskUsage>(),
});
