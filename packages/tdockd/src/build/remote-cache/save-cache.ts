import { constants, copyFile, lchown, mkdir, rename, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeFileAtomic } from "../../host/atomic-file.ts";
import type { BlobReference } from "../../images/image.ts";
import { splitDigest } from "../../registry/digest.ts";
import type { BuildRun } from "../solve/build-run.ts";
import type { PackedCache } from "./export-cache.ts";

/** Who is to own what is written: whoever owns the place where it is put. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Writes a build cache as an OCI layout into a folder, which is made if need be. What names the rest comes last, so
 * that a cache that was there stays whole until then.
 */
export async function saveCache({ engine }: BuildRun, cache: PackedCache, folder: string): Promise<void> {
  const { manifest, config, layers } = cache;
  const owner = await ownerAbove(folder);
  await makeFolders(join(folder, "blobs/sha256"), owner);
  const write = async (path: string, bytes: Uint8Array | string) => {
    await writeFileAtomic(path, bytes, { mode: 0o644 });
    await lchown(path, owner.uid, owner.gid);
  };
  for (const layer of layers) await copyBlob(engine.blobs.path(layer.digest), blobPath(folder, layer), layer, owner);
  for (const blob of [config, manifest]) await write(blobPath(folder, blob), blob.bytes);
  await write(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const { mediaType, digest, size } = manifest;
  const index = { schemaVersion: 2, manifests: [{ mediaType, digest, size }] };
  await write(join(folder, "index.json"), JSON.stringify(index));
}

async function copyBlob(from: string, to: string, { size }: BlobReference, { uid, gid }: Owner): Promise<void> {
  if ((await stat(to).catch(() => undefined))?.size === size) return;
  const part = `${to}.part`;
  await copyFile(from, part, constants.COPYFILE_FICLONE);
  await lchown(part, uid, gid);
  await rename(part, to);
}

function blobPath(folder: string, { digest }: BlobReference): string {
  const { algorithm, hex } = splitDigest(digest);
  return join(folder, "blobs", algorithm, hex);
}

async function ownerAbove(path: string): Promise<Owner> {
  const found = await stat(path).catch(() => undefined);
  return found ?? ownerAbove(dirname(path));
}

async function makeFolders(path: string, { uid, gid }: Owner): Promise<void> {
  if ((await stat(path).catch(() => undefined)) !== undefined) return;
  await makeFolders(dirname(path), { uid, gid });
  await mkdir(path, { mode: 0o755 });
  await lchown(path, uid, gid);
}
