import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import type { BlobReference } from "../../images/image.ts";
import type { Reference } from "../../images/reference.ts";
import { transferBlobs } from "../../images/transfer-blobs.ts";
import { pushBlob } from "../../registry/push-blob.ts";
import { pushManifest } from "../../registry/push-manifest.ts";
import { openSession } from "../../registry/session.ts";
import type { BuildRun } from "../solve/build-run.ts";
import type { PackedCache } from "./export-cache.ts";

/** Pushes a build cache to a registry under a tag. Throws what the registry says. */
export async function pushCache(
  { engine, client, signal }: BuildRun,
  { manifest, config, layers }: PackedCache,
  { domain, path: repository, tag }: Reference,
): Promise<void> {
  const session = await openSession(engine.registry, domain, (await client.credentials(domain)) ?? {}, signal);
  const bytesOf = ({ digest }: BlobReference, offset: number) =>
    digest === config.digest
      ? Readable.from([config.bytes.subarray(offset)])
      : createReadStream(engine.blobs.path(digest), { start: offset, highWaterMark: 256 * 1024 });
  await transferBlobs([...layers, config], signal, async (blob, one) => {
    const open = (offset: number) => bytesOf(blob, offset);
    const { digest, size } = blob;
    await pushBlob(session, { repository, digest, size, open, signal: one, onProgress: () => {} });
  });
  const { mediaType, bytes } = manifest;
  await pushManifest(session, { repository, reference: tag ?? "latest", mediaType, bytes, signal });
}
