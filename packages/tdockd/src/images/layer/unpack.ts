import { createHash } from "node:crypto";
import type { Writable } from "node:stream";
import { TdockError } from "@tdock/errors/error";
import type { PipedCommand } from "../../host/piped-command.ts";
import { startSandboxed } from "../../host/sandbox.ts";
import { writeWithRoom } from "../../host/stream-room.ts";
import type { Compression } from "../../registry/media-type.ts";
import { startDecompressor } from "./decompress.ts";
import type { LayerFacts } from "./layer-rules.ts";
import { TarFilter } from "./tar-filter.ts";
import { malformed } from "./tar-header.ts";

/** A layer to be unpacked. */
export interface LayerArchive {
  /** The blob's bytes. Left early when the layer is refused. */
  readonly bytes: AsyncIterable<Buffer>;
  readonly compression: Compression;
  /** Digest of the plain tar: sha256. */
  readonly diffId: string;
}

/**
 * Unpacks a layer into an empty folder in one pass: decompressed, hashed, every header judged ({@link TarFilter}), and
 * written by GNU tar in a sandbox where the folder is all there is. Owners, modes, times, links, device nodes and
 * extended attributes are exact; whiteouts are left for the caller, who gets the {@link LayerFacts}.
 * Throws `invalid-argument` (reason `invalid-archive`, or `wrong-diff-id`), `internal` (reason `no-space`), `canceled`.
 * What the folder holds afterwards is worthless then, but nothing outside of it was touched.
 */
export async function unpackLayer(
  { bytes, compression, diffId }: LayerArchive,
  folder: string,
  signal: AbortSignal,
  onUnpacked: (bytes: number) => void = () => undefined,
): Promise<LayerFacts> {
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  const tar = await startTar(folder, stop);
  try {
    const hash = createHash("sha256");
    const filter = new TarFilter();
    for await (const chunk of plainBytes(bytes, compression, stop)) {
      hash.update(chunk);
      for (const piece of filter.push(chunk)) await writeWithRoom(tar.stdin, piece);
      onUnpacked(chunk.length);
    }
    tar.stdin.end();
    const { exitCode, stderr } = await tar.ended;
    signal.throwIfAborted();
    if (exitCode !== 0) throw tarError(stderr);
    const facts = filter.finish();
    checkDiffId(`sha256:${hash.digest("hex")}`, diffId);
    return facts;
  } catch (thrown) {
    if (signal.aborted) throw TdockError.from(signal.reason);
    throw TdockError.from(thrown);
  } finally {
    ending.abort();
    await tar.ended;
  }
}

// What GNU tar needs to make any kind of file with any owner; it has no other power over the machine.
const capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD", "SETFCAP", "SYS_ADMIN"].map(
  (name) => `CAP_${name}`,
);
const tarCommand = [
  ...["/usr/bin/tar", "--extract", "--file=-", "--numeric-owner", "--same-owner", "--preserve-permissions"],
  ...[
    "--xattrs",
    "--xattrs-include=*",
    "--no-acls",
    "--no-selinux",
    "--delay-directory-restore",
    "--warning=no-timestamp",
  ],
] as const;

function startTar(folder: string, signal: AbortSignal): Promise<PipedCommand> {
  return startSandboxed(tarCommand as unknown as [string, ...string[]], { folder, capabilities }, { signal });
}

async function* plainBytes(
  bytes: AsyncIterable<Buffer>,
  compression: Compression,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  if (compression === "none") return yield* bytes;
  const { input, output, done } = await startDecompressor(compression, signal);
  const fed = feed(bytes, input);
  fed.catch((thrown) => output.destroy(thrown as Error));
  try {
    for await (const chunk of output) yield chunk as Buffer;
  } catch (thrown) {
    await fed;
    await done;
    throw thrown;
  }
  await fed;
  await done;
}

async function feed(bytes: AsyncIterable<Buffer>, input: Writable): Promise<void> {
  for await (const chunk of bytes) {
    if (!input.writable) return;
    await writeWithRoom(input, chunk);
  }
  input.end();
}

function tarError(stderr: string): TdockError {
  const line = stderr.split("\n").find((one) => !one.startsWith("tar: Removing")) ?? "";
  if (line.includes("No space left on device")) {
    return new TdockError("internal", `no space left on device: ${line}`, { reason: "no-space" });
  }
  return malformed(line.replace(/^\/usr\/bin\/tar: /, "") || "tar failed");
}

function checkDiffId(found: string, wanted: string): void {
  if (found === wanted) return;
  throw new TdockError(
    "invalid-argument",
    `invalid layer: its content is ${found}, where the configuration states ${wanted}`,
    { reason: "wrong-diff-id" },
  );
}
