import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Containerd } from "@tdock/containerd/connect";
import { isError, TdockError } from "@tdock/errors/error";
import type { Compression } from "../registry/media-type.ts";
import type { BlobStore } from "./blob-store.ts";
import type { DiskSync } from "./disk-sync.ts";
import type { GrowingFile } from "./growing-file.ts";
import type { BlobReference } from "./image.ts";
import { describeImpliedFolders, placeWhiteouts } from "./layer/finish.ts";
import type { LayerFacts } from "./layer/layer-rules.ts";
import { overlayFolders } from "./layer/overlay-folders.ts";
import { unpackLayer } from "./layer/unpack.ts";

/** A layer in its place in a stack. */
export interface LayerPlace {
  readonly diffId: string;
  /** Name of its snapshot: stands for the layer and all below it. */
  readonly chainId: string;
  /** Snapshot of the layer below; undefined at the bottom. */
  readonly parent: string | undefined;
  readonly blob: BlobReference;
  readonly compression: Compression;
}

/** A layer that was unpacked but has no place yet. Disposing of it deletes the folder, unless it was committed. */
export interface StagedLayer extends AsyncDisposable {
  readonly folder: string;
  readonly facts: LayerFacts;
  /** Digest of the plain tar that was unpacked. */
  readonly diffId: string;
}

interface LayerStoreParts {
  readonly containerd: Containerd;
  readonly blobs: BlobStore;
  readonly disk: Pick<DiskSync, "touch">;
}

/** Turns layers into containerd's snapshots: unpacked beside each other in any order, committed bottom up. */
export class LayerStore {
  readonly #containerd: Containerd;
  readonly #blobs: BlobStore;
  readonly #staging: string;
  readonly #disk: Pick<DiskSync, "touch">;

  private constructor({ containerd, blobs, disk }: LayerStoreParts, staging: string) {
    this.#containerd = containerd;
    this.#blobs = blobs;
    this.#staging = staging;
    this.#disk = disk;
  }

  /** `staging` must be on the file system of containerd's snapshots; what an earlier tdockd left in it is deleted. */
  static async open(parts: LayerStoreParts, staging: string): Promise<LayerStore> {
    await mkdir(staging, { recursive: true, mode: 0o700 });
    for (const name of await readdir(staging)) await rm(join(staging, name), { recursive: true, force: true });
    return new LayerStore(parts, staging);
  }

  /** Whether a layer's snapshot is there. */
  async isUnpacked({ chainId }: Pick<LayerPlace, "chainId">): Promise<boolean> {
    return this.#containerd.snapshots.stat(chainId).then(
      () => true,
      (thrown) => {
        if (isError(thrown, "not-found")) return false;
        throw thrown;
      },
    );
  }

  /**
   * `isUnpacked`, and has the lease keep the snapshot then: it may be what another arrival brought, and gives up now.
   */
  async hold(layer: Pick<LayerPlace, "chainId">, lease: string): Promise<boolean> {
    if (!(await this.isUnpacked(layer))) return false;
    await this.#containerd.leases.addResource(lease, { type: "snapshots/overlayfs", id: layer.chainId });
    return this.isUnpacked(layer);
  }

  /**
   * Unpacks a layer's bytes into a folder of their own, and verifies them. Throws as {@link unpackLayer}, and
   * `invalid-argument` (reason `wrong-diff-id`).
   */
  async stage(
    bytes: AsyncIterable<Buffer>,
    { compression, diffId }: Pick<LayerPlace, "compression" | "diffId">,
    signal: AbortSignal,
  ): Promise<StagedLayer> {
    const staged = await this.stageUnknown(bytes, compression, signal);
    if (staged.diffId === diffId) return staged;
    await staged[Symbol.asyncDispose]();
    throw wrongDiffId(staged.diffId, diffId);
  }

  /** `stage` for a layer whose diff ID nobody has stated yet: `commit` verifies it. Throws as {@link unpackLayer}. */
  async stageUnknown(
    bytes: AsyncIterable<Buffer> | GrowingFile,
    compression: Compression,
    signal: AbortSignal,
  ): Promise<StagedLayer> {
    const place = join(this.#staging, randomUUID());
    const folder = join(place, "fs");
    const remove = () => rm(place, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o755 });
    try {
      const { facts, diffId } = await unpackLayer({ bytes, compression }, folder, signal);
      if (facts.needsLowerLayers === undefined) placeWhiteouts(folder, facts);
      return { folder, facts, diffId, [Symbol.asyncDispose]: remove };
    } catch (thrown) {
      await remove();
      throw thrown;
    }
  }

  /** The bytes of a stored blob. */
  async *blobBytes({ digest }: BlobReference): AsyncGenerator<Buffer> {
    await using file = await open(this.#blobs.path(digest), constants.O_RDONLY);
    for await (const chunk of file.createReadStream({ highWaterMark: 256 * 1024, autoClose: false })) {
      yield chunk as Buffer;
    }
  }

  /**
   * Makes a staged layer its snapshot; the snapshot below and, for layers that need it, the blob must be there.
   * Does nothing when somebody else was faster. Throws `invalid-argument` (reason `wrong-diff-id`).
   */
  async commit(staged: StagedLayer, layer: LayerPlace, lease: string): Promise<void> {
    if (staged.diffId !== layer.diffId) throw wrongDiffId(staged.diffId, layer.diffId);
    const key = `extract-${randomUUID()} ${layer.chainId}`;
    const { snapshots } = this.#containerd;
    const labels = { "containerd.io/snapshot.ref": layer.chainId };
    try {
      const parent = layer.parent === undefined ? {} : { parent: layer.parent };
      const mounts = await snapshots.prepare({ key, ...parent, labels }, { lease });
      const { upper, lowers } = overlayFolders(mounts);
      const oddity = staged.facts.needsLowerLayers ?? describeImpliedFolders(staged.folder, staged.facts, lowers);
      if (oddity === undefined) await rename(staged.folder, upper);
      else await this.#applyOverLower(layer, mounts);
      this.#disk.touch();
      await snapshots.commit({ key, name: layer.chainId, labels }, { lease });
    } catch (thrown) {
      await snapshots.remove(key).catch(() => undefined);
      if (!isError(thrown, "conflict", "already-exists")) throw thrown;
      await this.hold(layer, lease);
    }
  }

  /** containerd's own way, which follows links of lower layers inside the root: slower, and right for any layer. */
  async #applyOverLower(
    { blob, diffId }: LayerPlace,
    mounts: Parameters<Containerd["diff"]["apply"]>[1],
  ): Promise<void> {
    const { digest } = await this.#containerd.diff.apply(blob, mounts);
    if (digest !== diffId) throw wrongDiffId(digest, diffId);
  }

  /** Whether the staging folder can be renamed into the snapshotter's. */
  static async canStageIn(staging: string, snapshotterRoot: string): Promise<boolean> {
    const [one, other] = await Promise.all([stat(staging), stat(snapshotterRoot)]);
    return one.dev === other.dev;
  }
}

function wrongDiffId(found: string, wanted: string): TdockError {
  return new TdockError(
    "invalid-argument",
    `invalid layer: its content is ${found}, where the configuration states ${wanted}`,
    { reason: "wrong-diff-id" },
  );
}
