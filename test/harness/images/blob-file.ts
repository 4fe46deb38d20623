import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Tdockd } from "../instance/tdockd.ts";

/** Where a tdockd's containerd keeps a blob. */
export function blobFile({ layout }: Pick<Tdockd, "layout">, digest: string): string {
  const content = "containerd/root/io.containerd.content.v1.content/blobs";
  return join(layout.dataRoot, content, digest.replace(":", "/"));
}

/** Whether the blob's file is there. */
export async function hasBlobFile(tdockd: Pick<Tdockd, "layout">, digest: string): Promise<boolean> {
  return stat(blobFile(tdockd, digest)).then(
    () => true,
    () => false,
  );
}
