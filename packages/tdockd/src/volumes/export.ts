import type { Output } from "@tdock/api/output";
import { archiveFolder } from "../host/tar-folder.ts";
import { type UseEngine, withVolume } from "./with-volume.ts";

/** `GET /volumes/{name}/export`: the volume's files as a tar archive. Throws `not-found`. */
export async function exportVolume(engine: UseEngine, { name }: { readonly name: string }, out: Output): Promise<void> {
  await withVolume(engine, name, (folder) =>
    archiveFolder(folder, out.signal, async (bytes) => {
      out.begin({ contentType: "application/x-tar" });
      await out.pipe(bytes);
    }),
  );
}
