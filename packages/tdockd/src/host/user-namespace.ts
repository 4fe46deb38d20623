import { once } from "node:events";
import { closeSync, openSync, writeSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import { startPiped } from "./piped-command.ts";

/** What uid_map(5) and gid_map(5) of a namespace say. */
export interface NamespaceMaps {
  readonly uids: string;
  readonly gids: string;
}

/**
 * A descriptor of a new user namespace with these maps, for the caller to close; nobody is in it. Throws
 * `invalid-argument` for maps that the kernel does not take, `internal` where it makes no namespace.
 */
export async function openUserNamespace({ uids, gids }: NamespaceMaps): Promise<number> {
  const controller = new AbortController();
  const command = ["--user", "/usr/bin/cat"];
  const { pid, stdin, stdout, ended } = await startPiped("/usr/bin/unshare", command, { signal: controller.signal });
  try {
    // What comes back tells that the program is in the namespace.
    stdin.write("\n");
    const failed = ended.then(({ stderr }) => {
      throw new TdockError("internal", `make a user namespace: ${stderr}`);
    });
    await Promise.race([once(stdout, "data"), failed]);
    writeMap(`/proc/${pid}/uid_map`, uids);
    writeMap(`/proc/${pid}/gid_map`, gids);
    return openSync(`/proc/${pid}/ns/user`, "r");
  } finally {
    controller.abort();
  }
}

/** The kernel wants all of it in one call. */
function writeMap(path: string, lines: string): void {
  const fd = openSync(path, "w");
  try {
    writeSync(fd, lines);
  } catch (cause) {
    const ranges = lines.trim().replaceAll("\n", ", ");
    throw new TdockError("invalid-argument", `the kernel does not take these ids: ${ranges}`, { cause });
  } finally {
    closeSync(fd);
  }
}
