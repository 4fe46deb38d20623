import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import { startArchiving } from "../host/tar-folder.ts";
import { type UseEngine, withVolume } from "./with-volume.ts";

/** `GET /volumes/{name}/export`: the volume's files as a tar archive. Throws `not-found`. */
export async function exportVolume(engine: UseEngine, { name }: { readonly name: string }, out: Output): Promise<void> {
  await withVolume(engine, name, async (folder) => {
    const tar = await startArchiving(folder, out.signal);
    tar.stdin.end();
    out.begin({ contentType: "application/x-tar" });
    await out.pipe(tar.stdout);
    const { exitCode, stderr } = await tar.ended;
    // 1: a file changed while it was read, as files of a volume in use do.
    if (exitCode > 1) throw new TdockError("internal", `tar: ${stderr.trim()}`);
  });
}
