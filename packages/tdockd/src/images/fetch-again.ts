import { isError, TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { Credentials } from "../registry/credentials.ts";
import { probeBlob } from "../registry/fetch-blob.ts";
import { openSession } from "../registry/session.ts";
import { droppedFrom } from "./discard-layers.ts";
import type { ImageRecord } from "./image.ts";
import type { LayerPlace } from "./layer-store.ts";
import { type Repository, sourcesIn } from "./source-label.ts";

type FetchEngine = Pick<Engine, "arrivals" | "blobs" | "config" | "containerd" | "registry">;

/** Who fetches. */
export interface Fetcher {
  readonly signal: AbortSignal;
  /** Digests of blobs that need not be here. */
  readonly except?: ReadonlySet<string>;
  /** What the user proves to one registry; the others are asked anonymously. */
  readonly login?: { readonly domain: string; readonly credentials: Credentials };
}

/**
 * Fetches a layer's blob, which was dropped or damaged, from where it came from. Throws `not-found` (reason
 * `content-missing`) that names the image and tells how to get it back; `canceled`.
 */
export async function fetchAgain(
  engine: FetchEngine,
  image: ImageRecord,
  layer: LayerPlace,
  { signal, login }: Fetcher,
): Promise<void> {
  let cause: unknown;
  for (const { domain, path } of await sourcesOf(engine, image, layer)) {
    try {
      const credentials = login?.domain === domain ? login.credentials : {};
      const session = await openSession(engine.registry, domain, credentials, signal);
      await probeBlob(session, path, layer.blob, signal);
      const source = { session, repository: path };
      return await engine.arrivals.store({ source, layer, signal, onProgress: () => undefined });
    } catch (thrown) {
      if (isError(thrown, "canceled")) throw thrown;
      cause ??= thrown;
    }
  }
  throw missingContent(engine, image, layer.blob.digest, cause);
}

/** What of an image is not here and cannot be had, and how to get it back. */
export function missingContent(
  { config }: Pick<Engine, "config">,
  image: ImageRecord,
  digest: string,
  cause?: unknown,
): TdockError {
  const name = image.repoTags[0] ?? image.repoDigests[0] ?? image.id;
  const flag = config.discardUnpacked ? "--discard-unpacked=false " : "";
  const why = cause === undefined ? "" : ` and cannot be fetched again (${TdockError.from(cause).message})`;
  return new TdockError(
    "not-found",
    `content ${digest} of ${name} is missing or damaged here${why}: "tdock pull ${flag}${name}" brings it back`,
    { reason: "content-missing", ...(cause !== undefined && { cause }) },
  );
}

/** Where a layer came from: what was noted when it was dropped, its own labels, those of the image's documents. */
export async function sourcesOf(
  { blobs, containerd }: Pick<Engine, "blobs" | "containerd">,
  { manifestBlob }: ImageRecord,
  layer: LayerPlace,
): Promise<readonly Repository[]> {
  const [noted, own, documents] = await Promise.all([
    droppedFrom({ containerd }, layer),
    blobs.labelsOf(layer.blob.digest),
    blobs.labelsOf(manifestBlob.digest),
  ]);
  const all = [...noted, ...sourcesIn(own), ...sourcesIn(documents)];
  return [...new Map(all.map((one) => [`${one.domain}/${one.path}`, one])).values()];
}
