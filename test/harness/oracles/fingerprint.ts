import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";

/** All that a file is: content, mode, owner, inode, and the times of the last change of content and of anything else. */
export async function fingerprint(path: string): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  return `${hash} ${await changeMark(path)}`;
}

/** What every change of a file changes, its content unread: the kernel sets the last of the times, and nobody else can. */
export async function changeMark(path: string): Promise<string> {
  const { mode, uid, gid, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [path, mode.toString(8), uid, gid, ino, size, mtimeNs, ctimeNs].join(" ");
}
