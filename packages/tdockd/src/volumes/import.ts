import { extractArchive } from "../host/extract-thread.ts";
import { openInRoot } from "../host/path-in-root.ts";
import { plainArchive } from "../host/plain-archive.ts";
import { type UseEngine, withVolume } from "./with-volume.ts";

export interface VolumeImport {
  readonly name: string;
  /** A tar archive, compressed or not. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * `POST /volumes/{name}/import`: unpacks an archive over what the volume holds, never outside of it. Throws `not-found`,
 * `invalid-argument` for what is no archive; what was written until then stays.
 */
export async function importVolume(
  engine: UseEngine,
  { name, body }: VolumeImport,
  signal: AbortSignal,
): Promise<void> {
  await withVolume(engine, name, async (folder) => {
    using root = openInRoot(folder, "/");
    const bytes = await plainArchive(body, signal);
    await extractArchive({ rootFd: root.fd, destination: "/", bytes, keepKinds: false, signal });
  });
}
