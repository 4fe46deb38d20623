import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TdockError } from "@tdock/errors/error";
import { type Extract, extract as extractTar } from "tar-stream";
import { plainArchive } from "../../host/plain-archive.ts";
import { ArchiveMembers, normalName } from "./archive-members.ts";
import { type ArrivedMember, type MemberWatch, writeMember } from "./write-member.ts";

type Entry = Extract extends AsyncIterable<infer E> ? E : never;

const maxMembers = 100_000;
/** Documents that are read whole, with the size beyond which the archive is refused at once. */
const documentLimits: Readonly<Record<string, number>> = {
  "manifest.json": 1024 * 1024,
  "index.json": 4 * 1024 * 1024,
  "oci-layout": 1024,
  repositories: 1024 * 1024,
};

/**
 * Reads an archive of images, compressed or not, into `folder` as it arrives, every file shown to `watch`. Resolves when
 * all of them are hashed. Throws `invalid-argument` for what is no archive, is cut off or has impossible documents; `canceled`.
 */
export async function readMembers(
  bytes: AsyncIterable<Uint8Array>,
  folder: string,
  watch: MemberWatch,
  signal: AbortSignal,
): Promise<ArchiveMembers> {
  const members = new ArchiveMembers();
  const arrived = new Map<string, ArrivedMember>();
  const extract = extractTar();
  const feeding = pipeline(Readable.from(await plainArchive(bytes, signal)), extract, { signal });
  // The reader below is told of every failure.
  feeding.catch(() => undefined);
  let count = 0;
  try {
    for await (const entry of extract) {
      count += 1;
      if (count > maxMembers) throw new TdockError("invalid-argument", `invalid archive: over ${maxMembers} files`);
      await keep({ members, arrived }, entry, join(folder, String(count)), watch);
    }
  } catch (thrown) {
    extract.destroy();
    if (signal.aborted || thrown instanceof TdockError || hasErrno(thrown)) throw TdockError.from(thrown);
    throw new TdockError("invalid-argument", `invalid archive: ${(thrown as Error).message}`, { cause: thrown });
  }
  for (const [name, { path, size, digest }] of arrived) members.add(name, { path, size, digest: await digest() });
  return members;
}

interface Kept {
  readonly members: ArchiveMembers;
  readonly arrived: Map<string, ArrivedMember>;
}

async function keep({ members, arrived }: Kept, entry: Entry, path: string, watch: MemberWatch): Promise<void> {
  const { type, linkname } = entry.header;
  const name = checkedName(entry.header);
  if (type === "file" || type === "contiguous-file") {
    arrived.set(name, await writeMember(entry as AsyncIterable<Buffer>, { name, path }, watch));
    return;
  }
  if (type === "symlink") members.link(name, resolved(name, linkname ?? ""));
  else if (type === "link") members.link(name, linkname ?? "");
  entry.resume();
}

/** The name of an entry in its archive. Throws `invalid-argument` for one that leaves it, and impossible documents. */
function checkedName({ name, size = 0 }: Entry["header"]): string {
  const known = normalName(name);
  if (known === undefined)
    throw new TdockError("invalid-argument", `invalid archive: the name ${quote(name)} leaves it`);
  const limit = Object.hasOwn(documentLimits, known) ? (documentLimits[known] as number) : undefined;
  if (limit !== undefined && size > limit) {
    throw new TdockError("invalid-argument", `invalid archive: ${known} is over ${limit} bytes`);
  }
  return known;
}

function resolved(name: string, target: string): string {
  return target.startsWith("/") ? target : `${name.slice(0, name.lastIndexOf("/") + 1)}${target}`;
}

function hasErrno(thrown: unknown): boolean {
  return typeof (thrown as NodeJS.ErrnoException).errno === "number";
}

function quote(name: string): string {
  return JSON.stringify(name.slice(0, 200));
}
