import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { TdockError } from "@tdock/errors/error";
import { compressionOf, createDecompressor, isTarHead } from "../../host/decompress.ts";
import { peek } from "../../host/peek.ts";
import { firstBytes } from "../../images/archive/first-bytes.ts";
import type { Proxies } from "../../registry/proxy.ts";
import { select } from "../copy/select.ts";
import type { Progress } from "../progress/progress.ts";
import { checkoutGit } from "../remote/git-checkout.ts";
import { isGitReference } from "../remote/git-reference.ts";
import { downloadFile } from "../remote/http-file.ts";
import { withoutLogins } from "../remote/url-login.ts";
import { DiskTree } from "../tree/disk-tree.ts";
import { FileTree } from "../tree/file-tree.ts";
import { hashTree } from "../tree/hash-tree.ts";
import { readArchive } from "../tree/read-archive.ts";
import { Staging } from "../tree/staging.ts";
import type { LoadedContext } from "./loaded-context.ts";

export interface ContextLoader {
  /** A folder of this build alone, on the file system of the snapshots. */
  readonly scratch: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A context that is somewhere else. */
export interface RemoteContext {
  readonly url: string;
  /** Of its folder, below that of the build. */
  readonly name: string;
  /** Of a repository: `.git` is there, too. */
  readonly keepGitDir: boolean;
  readonly proxies: Proxies;
}

/** Reads the context that a request's body holds: a tar archive, plain or compressed. */
export async function contextOfBody(loader: ContextLoader, body: AsyncIterable<Uint8Array>): Promise<LoadedContext> {
  const staging = new Staging(join(loader.scratch, "context"));
  const tree = await readArchive(body, staging, { keepOwners: false, signal: loader.signal });
  return loaded(tree, staging.folder);
}

/**
 * Fetches the context that a URL names: a git repository, an archive, or a text that is then the Dockerfile.
 * Throws what the download throws.
 */
export async function contextOfUrl(loader: ContextLoader, remote: RemoteContext): Promise<LoadedContext> {
  const { url, name } = remote;
  return loader.progress.run(`[internal] load ${withoutLogins(url)}`, undefined, (vertex) => {
    const folder = join(loader.scratch, name);
    if (isGitReference(url)) return contextOfGit(loader, remote, folder);
    if (!/^https?:\/\//.test(url)) throw new TdockError("invalid-argument", `unknown kind of context: ${url}`);
    return contextOfDownload(loader, remote, folder, (current, total) => vertex.status("transferring", current, total));
  });
}

async function contextOfGit(
  { signal }: ContextLoader,
  { url, keepGitDir, proxies }: RemoteContext,
  folder: string,
): Promise<LoadedContext> {
  const { root, inside } = await checkoutGit(url, folder, { signal, proxies, checksum: "", keepGitDir });
  const [found] = select(new DiskTree(root), inside, {
    exclude: [],
    parents: false,
    instruction: "context",
    origin: url,
  });
  if (found?.root.kind !== "folder") throw new TdockError("invalid-argument", `${withoutLogins(url)}: no such folder`);
  const tree = new FileTree();
  for (const [path, entry] of found.entries) tree.set(path, { ...entry, uid: 0, gid: 0 });
  await hashTree(tree, signal);
  return loaded(tree, folder);
}

async function contextOfDownload(
  { signal }: ContextLoader,
  { url, proxies }: RemoteContext,
  folder: string,
  progress: (current: number, total: number) => void,
): Promise<LoadedContext> {
  const staging = new Staging(folder);
  const file = await downloadFile(url, staging, { signal, proxies, progress });
  const head = await firstBytes(file.content, 6);
  // Unlike `pipe`, this closes the file when no more of it is wanted.
  const plain = pipeline(createReadStream(file.content), createDecompressor(compressionOf(head)), () => {});
  const start = await peek(plain, 512);
  if (isTarHead(start.head)) {
    const tree = await readArchive(start.rest, new Staging(join(folder, "files")), { keepOwners: false, signal });
    return loaded(tree, folder);
  }
  plain.destroy();
  const tree = new FileTree();
  tree.set("Dockerfile", { ...file, mode: 0o644 });
  return loaded(tree, folder);
}

function loaded(tree: FileTree, folder: string): LoadedContext {
  const context: LoadedContext = { identity: undefined, folder, tree: async () => tree, part: () => context };
  return context;
}
