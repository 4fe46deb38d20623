import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { diskName } from "@tdock/api/name-text";
import { TdockError } from "@tdock/errors/error";
import { compressionOf, createDecompressor, isTarHead } from "../../host/decompress.ts";
import { peek } from "../../host/peek.ts";
import { firstBytes } from "../../images/archive/first-bytes.ts";
import type { Proxies } from "../../registry/proxy.ts";
import type { Selected } from "../copy/select.ts";
import { select } from "../copy/select.ts";
import type { CopyItem, CopyOperation } from "../plan/operation.ts";
import { checkoutGit } from "../remote/git-checkout.ts";
import { downloadFile } from "../remote/http-file.ts";
import { withoutLogins } from "../remote/url-login.ts";
import { DiskTree } from "../tree/disk-tree.ts";
import type { FileEntry, TreeEntry } from "../tree/entry.ts";
import type { FileTree } from "../tree/file-tree.ts";
import { withDigest } from "../tree/hash-tree.ts";
import { readArchive } from "../tree/read-archive.ts";
import { Staging } from "../tree/staging.ts";

/** Something to put into a layer. */
export interface CopySource {
  readonly selected: Selected;
  /** It came out of an archive: its folders may take the place of files. */
  readonly archive: boolean;
}

export interface ItemContext {
  readonly signal: AbortSignal;
  /** A folder of this step alone for what is downloaded and unpacked. */
  readonly scratch: string;
  readonly now: number;
  /** What is downloaded is asked for through them. */
  readonly proxies: Proxies;
  /** A secret's text, for `HTTP_AUTH_TOKEN_<host>` and `HTTP_AUTH_HEADER_<host>`. */
  secret(id: string): Promise<Uint8Array | undefined>;
}

/** What the sources that are no paths give: inline files, downloads, repositories. */
export async function fetchItems(operation: CopyOperation, context: ItemContext): Promise<Selected[]> {
  const found: Selected[] = [];
  for (const [index, item] of operation.items.entries()) {
    if (item.kind === "path") continue;
    found.push(await fetchItem(operation, item, index, context));
  }
  return found;
}

async function fetchItem(
  operation: CopyOperation,
  item: Exclude<CopyItem, { kind: "path" }>,
  index: number,
  context: ItemContext,
): Promise<Selected> {
  const folder = join(context.scratch, `item-${index}`);
  switch (item.kind) {
    case "inline": {
      const { path, size, digest } = await new Staging(folder).add(Readable.from([Buffer.from(item.content)]));
      const file = {
        kind: "file",
        mode: 0o644,
        uid: 0,
        gid: 0,
        mtime: context.now,
        size,
        digest,
        content: path,
      } as const;
      return single(item.name, file);
    }
    case "http":
      return single(item.name, await fetchUrl(operation, item.url, new Staging(folder), context));
    case "git":
      return fetchGit(operation, item.url, folder, context);
  }
}

function single(name: string, root: TreeEntry): Selected {
  return { name, root, entries: [], source: name };
}

async function fetchUrl(
  { checksum }: CopyOperation,
  url: string,
  staging: Staging,
  context: ItemContext,
): Promise<FileEntry> {
  if (checksum !== "" && !/^sha256:[0-9a-f]{64}$/.test(checksum)) {
    throw new TdockError("invalid-argument", `invalid checksum: ${checksum}`);
  }
  const authorization = await authorizationFor(new URL(url).host, context);
  const file = await downloadFile(url, staging, { ...context, authorization });
  if (checksum !== "" && checksum !== `sha256:${file.digest}`) {
    throw new TdockError("invalid-argument", `digest mismatch sha256:${file.digest}: ${checksum}`, {
      reason: "checksum",
    });
  }
  return file;
}

async function authorizationFor(host: string, { secret }: ItemContext): Promise<string | undefined> {
  const header = await secret(`HTTP_AUTH_HEADER_${host}`);
  if (header !== undefined) return Buffer.from(header).toString().trim();
  const token = await secret(`HTTP_AUTH_TOKEN_${host}`);
  return token === undefined ? undefined : `Bearer ${Buffer.from(token).toString().trim()}`;
}

/** Owners are root's, modes 644 and 755, as git keeps no more. */
async function fetchGit(
  { checksum, keepGitDir }: CopyOperation,
  url: string,
  folder: string,
  { signal, now, proxies }: ItemContext,
): Promise<Selected> {
  const { root, inside } = await checkoutGit(url, folder, { signal, proxies, checksum, keepGitDir });
  const [selected] = select(new DiskTree(root), inside, {
    exclude: [],
    parents: false,
    instruction: "ADD",
    origin: url,
  });
  if (selected?.root.kind !== "folder")
    throw new TdockError("invalid-argument", `${withoutLogins(url)}: no such folder`);
  const plain = (entry: TreeEntry): TreeEntry => ({ ...entry, mode: gitMode(entry), uid: 0, gid: 0, mtime: now });
  const entries: (readonly [string, TreeEntry])[] = [];
  for (const [path, entry] of selected.entries) entries.push([path, await withDigest(plain(entry), signal)]);
  return { ...selected, root: plain(selected.root), entries };
}

function gitMode(entry: TreeEntry): number {
  if (entry.kind === "link") return 0o777;
  return entry.kind === "folder" || (entry.mode & 0o111) !== 0 ? 0o755 : 0o644;
}

/**
 * Unpacks a file when it is a tar archive by its content, compressed or not; anything else stays as it is.
 * `scratch` is a folder that does not exist.
 */
export async function unpackIfArchive(selected: Selected, scratch: string, signal: AbortSignal): Promise<CopySource> {
  if (selected.root.kind !== "file" || !(await isArchive(selected.root))) return { selected, archive: false };
  const bytes = createReadStream(diskName(selected.root.content));
  const tree = await readArchive(bytes, new Staging(scratch), { keepOwners: true, signal });
  const entries = sortedEntries(tree);
  const root = tree.get("") as TreeEntry;
  return { selected: { name: "", root, entries, source: selected.source }, archive: true };
}

function sortedEntries(tree: FileTree): (readonly [string, TreeEntry])[] {
  return [...tree.all()].sort(([one], [other]) => (one < other ? -1 : 1));
}

async function isArchive(file: FileEntry): Promise<boolean> {
  const head = await firstBytes(diskName(file.content), 6);
  // Unlike `pipe`, this closes the file when no more of it is wanted.
  const stream = pipeline(createReadStream(diskName(file.content)), createDecompressor(compressionOf(head)), () => {});
  try {
    return isTarHead((await peek(stream, 512)).head);
  } catch {
    return false; // compressed, or looks so, but not what it says
  } finally {
    stream.destroy();
  }
}
