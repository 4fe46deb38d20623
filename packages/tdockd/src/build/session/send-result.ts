import { createReadStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type SentFile, sendArchive, sendFiles } from "@tdock/buildkit/send-files";
import { archiveRoot } from "../../host/archive-root.ts";
import { withView } from "../layer/with-view.ts";
import type { BuildRun } from "../solve/build-run.ts";
import { DiskTree } from "../tree/disk-tree.ts";
import type { TreeEntry } from "../tree/entry.ts";
import { joinPath } from "../tree/resolve.ts";
import type { ClientSession } from "./client-session.ts";
import { encodeGoMode } from "./go-mode.ts";

/** Sends what was built to the session's client, as one archive or file by file. */
export async function sendResult(
  run: BuildRun,
  session: ClientSession,
  result: "archive" | "files",
  snapshot: string,
): Promise<void> {
  const { signal } = run;
  await run.progress.run("[internal] send the result to the client", undefined, () =>
    withRoot(run, snapshot, (root) =>
      result === "archive"
        ? archiveRoot(root, signal, (bytes) => sendArchive(session.rpc, bytes, signal))
        : sendFiles(session.rpc, filesBelow(new DiskTree(root), ""), signal),
    ),
  );
}

/** Without a snapshot, the root is empty. */
function withRoot(run: BuildRun, snapshot: string, use: (root: string) => Promise<void>): Promise<void> {
  if (snapshot !== "") return withView(run.engine, snapshot, use);
  const empty = join(run.scratch, "empty");
  mkdirSync(empty, { recursive: true });
  return use(empty);
}

function* filesBelow(tree: DiskTree, folder: string): Generator<SentFile, void, undefined> {
  const names = [...tree.list(folder)].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
  for (const name of names) {
    const path = joinPath(folder, name);
    const entry = tree.get(path);
    if (entry === undefined) continue;
    yield sentFile(path, entry);
    if (entry.kind === "folder") yield* filesBelow(tree, path);
  }
}

function sentFile(path: string, entry: TreeEntry): SentFile {
  const { uid, gid, mtime } = entry;
  const device = "major" in entry ? { major: entry.major, minor: entry.minor } : { major: 0, minor: 0 };
  const common = {
    path,
    mode: encodeGoMode(entry),
    uid,
    gid,
    modifiedNs: BigInt(Math.round(mtime * 1000)) * 1_000_000n,
  };
  const linkname = entry.kind === "link" ? entry.target : "";
  if (entry.kind !== "file") return { ...common, ...device, sizeBytes: 0, linkname };
  const open = () => createReadStream(entry.content, { highWaterMark: 64 * 1024 }) as AsyncIterable<Uint8Array>;
  return { ...common, ...device, sizeBytes: entry.size, linkname, open };
}
