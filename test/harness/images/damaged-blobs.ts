import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Tdockd } from "../instance/tdockd.ts";
import { blobFile } from "./blob-file.ts";
import { digestOf } from "./oci-image.ts";

/** Digests of the blobs in the content store whose bytes are others than their digests say. */
export async function damagedBlobs(tdockd: Tdockd): Promise<string[]> {
  const folder = dirname(blobFile(tdockd, digestOf(Buffer.alloc(0))));
  const stored = (await readdir(folder)).map((hex) => `sha256:${hex}`);
  const found: string[] = [];
  for (const digest of stored) {
    if (digestOf(await readFile(blobFile(tdockd, digest))) !== digest) found.push(digest);
  }
  return found;
}
