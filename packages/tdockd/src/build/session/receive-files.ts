import { createHash } from "node:crypto";
import { encodeListedEntry, type ListedEntry } from "@tdock/api/context-listing";
import type { FileStat, FileTransfer } from "@tdock/buildkit/file-transfer";
import { TdockError } from "@tdock/errors/error";
import type { LoadedContext } from "../context/loaded-context.ts";
import type { OpenContext } from "../context/open-context.ts";
import { treePath } from "../tree/file-tree.ts";
import type { StagedFile, StagedWriter, Staging } from "../tree/staging.ts";
import { decodeGoMode } from "./go-mode.ts";

/** Learns how many bytes have come. */
export interface TransferProgress {
  add(bytes: number): void;
  end(): void;
}

/** A listing of a million files is about this long. */
const listingLimit = 256 * 1024 * 1024;
/** Files that are asked for and not complete yet: so many are open at most. */
const askedAtOnce = 64;

/** Files of a client, listed but not sent yet. */
export interface ListedFiles {
  readonly listing: Buffer;
  /** SHA-256 of the listing, in hex. */
  readonly digest: string;
}

/** Reads the list of a transfer. Throws `forbidden` for a name that leads outside, `invalid-argument`. */
export async function readFileList(transfer: FileTransfer): Promise<ListedFiles> {
  const digest = createHash("sha256");
  const texts: string[] = [];
  let size = 0;
  for await (const stat of transfer.list()) {
    const entry = listedEntry(stat);
    const text = entry === undefined ? leftOut : encodeListedEntry(entry);
    size += text.length;
    if (size > listingLimit) throw new TdockError("invalid-argument", `a listing is at most ${listingLimit} bytes`);
    digest.update(text);
    texts.push(text);
  }
  return { listing: Buffer.from(texts.join("")), digest: digest.digest("hex") };
}

/**
 * Completes `context` with the files that it lacks.
 * Throws `invalid-argument` for bytes that were not asked for.
 */
export async function receiveFiles(
  transfer: FileTransfer,
  context: OpenContext,
  { listing }: ListedFiles,
  progress: TransferProgress,
): Promise<LoadedContext> {
  const missing = context.wantsListing ? context.list(listing) : [];
  const loaded = await context.completeWith((staging) => receiveMissing(transfer, missing, staging, progress));
  await transfer.finish();
  progress.end();
  return loaded;
}

async function* receiveMissing(
  transfer: FileTransfer,
  missing: readonly number[],
  staging: Staging,
  progress: TransferProgress,
): AsyncGenerator<readonly [number, StagedFile], void, undefined> {
  const open = new Map<number, StagedWriter>();
  let next = 0;
  const ask = () => {
    const number = missing[next++];
    if (number === undefined) return;
    open.set(number, staging.open());
    transfer.ask(number);
  };
  try {
    while (open.size < askedAtOnce && next < missing.length) ask();
    while (open.size > 0) {
      const { number, bytes } = await transfer.receive();
      const file = open.get(number);
      if (file === undefined) throw new TdockError("invalid-argument", `not asked for: file ${number}`);
      if (bytes.length > 0) {
        await file.write(bytes);
        progress.add(bytes.length);
        continue;
      }
      open.delete(number);
      yield [number, file.finish()];
      ask();
    }
  } finally {
    for (const file of open.values()) file.discard();
  }
}

/** Stands for what is neither file, folder nor link, so that the others keep their numbers. */
const leftOut = "o 0 0 0 - -\0\0";

function listedEntry({ path, mode, sizeBytes, modifiedNs, linkname }: FileStat): ListedEntry | undefined {
  if (path === "" || treePath(path) !== path || linkname.includes("\0")) {
    throw new TdockError("forbidden", `forbidden path outside the build context: ${JSON.stringify(path)}`);
  }
  const { kind, mode: permissions } = decodeGoMode(mode);
  if (kind === "other") return undefined;
  const seconds = Number(modifiedNs) / 1e9;
  return {
    path,
    kind: letters[kind],
    mode: permissions,
    mtime: Math.round(seconds * 1e6) / 1e6,
    size: kind === "file" ? sizeBytes : 0,
    target: kind === "link" ? linkname : "",
    stamp: `${modifiedNs}:${seconds.toFixed(9)}`,
  };
}

const letters = { file: "f", folder: "d", link: "l" } as const;
