import { createReadStream } from "node:fs";
import { copyFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { downloadBlob } from "../../images/download.ts";
import { GrowingFile } from "../../images/growing-file.ts";
import type { BlobReference } from "../../images/image.ts";
import { hashFor, matchesDigest, splitDigest } from "../../registry/digest.ts";
import { type ImageManifest, manifestLimitBytes, parseManifest } from "../../registry/manifest.ts";
import { hostPlatform } from "../../registry/platform.ts";
import { resolveImage } from "../../registry/resolve.ts";
import { openSession } from "../../registry/session.ts";
import type { BuildRun } from "../solve/build-run.ts";
import type { CacheLocation } from "./location.ts";

/** A place that results of steps are taken from. */
export interface CacheSource {
  readonly manifest: Pick<ImageManifest, "config" | "layers">;
  /** Brings a blob into a file that does not exist, verified. Throws `invalid-argument`, `not-found` and others. */
  fetch(blob: BlobReference, path: string): Promise<void>;
}

/** What opening a source takes of a build. */
export type SourceRun = Pick<BuildRun, "engine" | "signal" | "client" | "scratch">;

/** Opens a source: reads its manifest. Throws what the registry or the disk says. */
export function openSource(run: SourceRun, location: CacheLocation): Promise<CacheSource> {
  return location.kind === "registry" ? openRegistry(run, location) : openFolder(run, location);
}

async function openRegistry(
  { engine, signal, client }: SourceRun,
  { reference }: Extract<CacheLocation, { kind: "registry" }>,
): Promise<CacheSource> {
  const { domain, path: repository, tag, digest } = reference;
  const session = await openSession(engine.registry, domain, (await client.credentials(domain)) ?? {}, signal);
  const resolved = await resolveImage(session, repository, digest ?? tag ?? "latest", hostPlatform(), signal);
  return {
    manifest: resolved.manifest.document,
    fetch: (blob, path) => downloadBlob({ session, repository }, blob, new GrowingFile(path), signal),
  };
}

async function openFolder(
  { signal }: SourceRun,
  { folder }: Extract<CacheLocation, { kind: "local" }>,
): Promise<CacheSource> {
  const index = parseManifest(await readFile(join(folder, "index.json")), undefined);
  const [descriptor] = index.kind === "index" ? index.manifests : [];
  if (descriptor === undefined) throw new TdockError("invalid-argument", "index.json names no manifest");
  const bytes = await readBlob(folder, descriptor);
  const manifest = parseManifest(bytes, descriptor.mediaType);
  if (manifest.kind !== "manifest") throw new TdockError("invalid-argument", "the build cache is an index of others");
  return { manifest, fetch: (blob, path) => copyBlob(folder, blob, path, signal) };
}

async function readBlob(folder: string, { digest, size }: BlobReference): Promise<Buffer> {
  if (size > manifestLimitBytes)
    throw new TdockError("invalid-argument", `${digest} is over ${manifestLimitBytes} bytes`);
  const bytes = await readFile(blobPath(folder, digest));
  if (bytes.length !== size || !matchesDigest(bytes, digest)) throw damaged(digest);
  return bytes;
}

/** Copied first, hashed then: nobody can change what was verified. */
async function copyBlob(folder: string, { digest, size }: BlobReference, path: string, signal: AbortSignal) {
  await copyFile(blobPath(folder, digest), path);
  if ((await stat(path)).size !== size) throw damaged(digest);
  const hash = hashFor(digest);
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024, signal })) hash.update(chunk as Buffer);
  if (hash.digest("hex") !== splitDigest(digest).hex) throw damaged(digest);
}

function blobPath(folder: string, digest: string): string {
  const { algorithm, hex } = splitDigest(digest);
  return join(folder, "blobs", algorithm, hex);
}

function damaged(digest: string): TdockError {
  return new TdockError("invalid-argument", `${digest} is damaged`, { reason: "wrong-digest" });
}
