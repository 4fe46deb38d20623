import { rm } from "node:fs/promises";
import { isError, TdockError } from "@tdock/errors/error";
import type { ArrivalLease } from "./arrival-lease.ts";
import type { BlobStore } from "./blob-store.ts";
import { type BlobSource, type DownloadFolder, downloadBlob, type PartialDownload } from "./download.ts";
import type { GrowingFile } from "./growing-file.ts";
import type { LayerPlace, LayerStore, StagedLayer } from "./layer-store.ts";
import { SharedTasks } from "./shared-tasks.ts";
import { sourceLabel } from "./source-label.ts";

/** How far a layer has come; bytes are the blob's. */
export type LayerProgress =
  | { readonly kind: "downloaded" | "done" }
  | { readonly kind: "downloading" | "unpacking"; readonly current: number; readonly total: number };

interface ArrivalParts {
  readonly blobs: BlobStore;
  readonly layers: LayerStore;
  readonly downloads: DownloadFolder;
  readonly lease: ArrivalLease;
}

/** Who wants a layer. */
export interface LayerRequest {
  readonly source: BlobSource;
  readonly layer: LayerPlace;
  readonly signal: AbortSignal;
  onProgress(progress: LayerProgress): void;
}

/** A layer's bytes as they come, and when all of them are in the content store. */
interface ArrivingBytes {
  readonly read: AsyncGenerator<Buffer>;
  readonly stored: Promise<void>;
}

/**
 * Brings layers from registries: fetched, verified, stored and unpacked in one pass. What several pulls want at once
 * is done once, and goes on as long as one of them wants it.
 */
export class Arrivals {
  readonly #parts: ArrivalParts;
  readonly #layers = new SharedTasks<void, LayerProgress>();
  readonly #blobs = new SharedTasks<void, number>();
  readonly #files = new Map<string, GrowingFile>();

  constructor(parts: ArrivalParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when the layer's blob is stored and its snapshot is there. The layers below it that are not there must
   * have been asked for before. Throws as `downloadBlob` and `unpackLayer`.
   */
  bring({ source, layer, signal, onProgress }: LayerRequest): Promise<void> {
    const below = layer.parent === undefined ? undefined : this.#layers.underWay(layer.parent);
    below?.catch(() => undefined);
    return this.#layers.run({
      key: layer.chainId,
      signal,
      onProgress,
      work: (shared, report) => this.#bringOnce({ source, layer, signal: shared, onProgress: report }, below),
    });
  }

  /**
   * Resolves when the layer's blob is stored, whether its snapshot is there or not. Throws as `downloadBlob`.
   */
  async store(request: LayerRequest): Promise<void> {
    await this.#parts.lease.with((lease) =>
      this.#twice(request, async (one) => {
        if (!(await this.#parts.blobs.has(one.layer.blob))) await this.#fetch(one, lease, () => undefined);
      }),
    );
  }

  /** Layers of which a part is here, because they are on their way (`isUnderWay`) or broke off. */
  async partial(): Promise<(PartialDownload & { readonly isUnderWay: boolean })[]> {
    const found = await this.#parts.downloads.list();
    return found.map((one) => ({ ...one, isUnderWay: this.#files.has(one.digest) }));
  }

  /** Deletes what broke off of a layer; false when it is on its way again, or gone. */
  async dropPartial(digest: string): Promise<boolean> {
    if (this.#files.has(digest)) return false;
    try {
      await this.#parts.downloads.drop(digest);
      return true;
    } catch (thrown) {
      if (isError(TdockError.from(thrown), "not-found")) return false;
      throw thrown;
    }
  }

  async #bringOnce(request: LayerRequest, below: Promise<void> | undefined): Promise<void> {
    await this.#parts.lease.with((lease) => this.#twice(request, (one) => this.#attempt(one, lease, below)));
    request.onProgress({ kind: "done" });
  }

  /**
   * Wrong bytes may be a mirror's fault: they are fetched once more, from the registry itself. A layer that was here
   * and cannot be unpacked may be damaged: it is fetched anew.
   */
  async #twice(request: LayerRequest, attempt: (request: LayerRequest) => Promise<void>): Promise<void> {
    try {
      await attempt(request);
    } catch (thrown) {
      if (!isError(thrown, "invalid-argument")) throw thrown;
      if (thrown.reason === "wrong-digest" || thrown.reason === "wrong-size") {
        return attempt({ ...request, source: { ...request.source, skipMirrors: true } });
      }
      if (!(await this.#parts.blobs.dropIfDamaged(request.layer.blob.digest))) throw thrown;
      await attempt(request);
    }
  }

  async #attempt(request: LayerRequest, lease: string, below: Promise<void> | undefined): Promise<void> {
    const { layers } = this.#parts;
    const ending = new AbortController();
    const bounded = { ...request, signal: AbortSignal.any([request.signal, ending.signal]) };
    const bytes = this.#bytesOf(bounded, lease);
    const staging = (await layers.hold(request.layer, lease)) ? undefined : this.#stage(bounded, bytes.read);
    const end = () => ending.abort();
    staging?.catch(end);
    bytes.stored.catch(end);
    const [staged, ...others] = await Promise.allSettled([staging, bytes.stored, below]);
    await using layer = staged.status === "fulfilled" ? staged.value : undefined;
    throwCause([...others, staged]);
    if (layer !== undefined) await layers.commit(layer, request.layer, lease);
  }

  #stage({ layer, signal, onProgress }: LayerRequest, bytes: AsyncGenerator<Buffer>): Promise<StagedLayer> {
    return this.#parts.layers.stage(counted(bytes, layer, onProgress), layer, signal);
  }

  /** From the content store or, as they arrive, from the registry. */
  #bytesOf(request: LayerRequest, lease: string): ArrivingBytes {
    const { blobs, layers } = this.#parts;
    const { blob } = request.layer;
    const ready = Promise.withResolvers<AsyncGenerator<Buffer>>();
    ready.promise.catch(() => undefined);
    const arrive = async () => {
      if (await blobs.has(blob)) return ready.resolve(layers.blobBytes(blob));
      await this.#fetch(request, lease, (file) => ready.resolve(file.read(request.signal)));
      request.onProgress({ kind: "downloaded" });
    };
    const stored = arrive();
    stored.catch(ready.reject);
    const read = (async function* () {
      yield* await ready.promise;
    })();
    return { read, stored };
  }

  /** Joins or starts the download of a blob. */
  async #fetch(request: LayerRequest, lease: string, onFile: (file: GrowingFile) => void): Promise<void> {
    const { downloads } = this.#parts;
    const { layer, signal, onProgress } = request;
    const { blob } = layer;
    const file = this.#files.get(blob.digest) ?? downloads.fileOf(blob);
    this.#files.set(blob.digest, file);
    const fetched = this.#blobs.run({
      key: blob.digest,
      signal,
      onProgress: (current) => onProgress({ kind: "downloading", current, total: blob.size }),
      work: (shared, report) => this.#fetchOnce({ ...request, signal: shared }, file, lease, report),
    });
    onFile(file);
    await fetched;
  }

  async #fetchOnce(
    { source, layer: { blob, diffId }, signal }: LayerRequest,
    file: GrowingFile,
    lease: string,
    onProgress: (bytes: number) => void,
  ): Promise<void> {
    const { blobs } = this.#parts;
    try {
      await downloadBlob(source, blob, file, signal, onProgress);
      const repository = { domain: source.session.domain, path: source.repository };
      const labels = { "containerd.io/uncompressed": diffId, ...(await sourceLabel(blobs, repository, blob)) };
      await blobs.adopt(file.path, { ...blob, labels }, lease);
      const arrived = file.path;
      file.moved(blobs.path(blob.digest));
      await rm(arrived, { force: true });
    } finally {
      this.#files.delete(blob.digest);
    }
  }
}

async function* counted(
  bytes: AsyncGenerator<Buffer>,
  { blob }: LayerPlace,
  onProgress: LayerRequest["onProgress"],
): AsyncGenerator<Buffer> {
  let current = 0;
  for await (const chunk of bytes) {
    yield chunk;
    current += chunk.length;
    onProgress({ kind: "unpacking", current, total: blob.size });
  }
}

/** Throws why something failed: what was only cancelled because of it comes last. */
function throwCause(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  const cause = failures.find((failure) => !isError(failure, "canceled")) ?? failures[0];
  if (cause !== undefined) throw cause;
}
