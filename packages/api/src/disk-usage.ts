import type { BuildCache, ContainerSummary, Volume } from "@docker/node-sdk";
import { endpoint, reply } from "./endpoint.ts";
import type { ImageSummary } from "./images.ts";
import { bool, texts } from "./query.ts";

/** What takes space, kind by kind; kinds that were not asked for are absent. */
export interface DiskUsage {
  /** Bytes of all images, what they share counted once. */
  readonly LayersSize?: number;
  readonly Images?: readonly ImageSummary[];
  /** Not Docker's: what of a layer has arrived before its download broke off, or so far (`InUse`). */
  readonly Downloads?: readonly { readonly Digest: string; readonly Size: number; readonly InUse: boolean }[];
  /** Not Docker's: what the log takes. */
  readonly Containers?: readonly (ContainerSummary & { readonly SizeLogs?: number })[];
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
