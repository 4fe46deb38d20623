import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";

/** All that a file is: content, mode, owner, inode, and the times of the last change of content and of anything else. */
export async function fingerprint(path: string): Promise<string> {
  const { mode, uid, gid, ino, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  const hash = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  return [path, hash, mode.toString(8), uid, gid, ino, mtimeNs, ctimeNs].join(" ");
}
