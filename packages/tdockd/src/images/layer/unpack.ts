import { isError, TdockError } from "@tdock/errors/error";
import type { CommandEnding, DescriptorCommand } from "../../host/descriptor-command.ts";
import { openPipe, type Pipe } from "../../host/pipe.ts";
import { startSandboxed } from "../../host/sandbox.ts";
import { malformed } from "../../host/tar-header.ts";
import type { Compression } from "../../registry/media-type.ts";
import { GrowingFile } from "../growing-file.ts";
import { decompressInto } from "./decompress.ts";
import { filterLayer, type LayerInput } from "./pump.ts";
import type { FilteredLayer } from "./pump-message.ts";

/** A layer to be unpacked. */
export interface LayerArchive {
  /** The blob's bytes. Left early when the layer is refused. A file that is not compressed needs no pipe. */
  readonly bytes: AsyncIterable<Buffer> | GrowingFile;
  readonly compression: Compression;
}

const pipeBytes = 1024 * 1024;

/**
 * Unpacks a layer into an empty folder in one pass: decompressed, hashed, every header judged (`TarFilter`), and
 * written by GNU tar in a sandbox where the folder is all there is. Owners, modes, times, links, device nodes and
 * extended attributes are exact; whiteouts are left for the caller, who gets the facts, and the diff ID to be checked.
 * Throws `invalid-argument` (reason `invalid-archive`), `internal` (reason `no-space`), `canceled`.
 * What the folder holds afterwards is worthless then, but nothing outside of it was touched.
 */
export async function unpackLayer(
  { bytes, compression }: LayerArchive,
  folder: string,
  signal: AbortSignal,
): Promise<FilteredLayer> {
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  using filtered = openPipe(pipeBytes);
  const tar = await startTar(folder, filtered, stop);
  const [input, decompressed] = await plainBytes({ bytes, compression }, stop).catch((thrown) => {
    ending.abort();
    throw thrown;
  });
  const parts = [decompressed, filterLayer(input, filtered.take("writeEnd"), stop), tar.ended.then(checkTar)] as const;
  for (const part of parts) part.catch(() => ending.abort());
  const outcomes = await Promise.allSettled(parts);
  if (signal.aborted) throw TdockError.from(signal.reason);
  throwCause(outcomes);
  const [, layer] = outcomes;
  return (layer as PromiseFulfilledResult<FilteredLayer>).value;
}

/** Where the layer's tar comes from, and when all of it has been written there. */
async function plainBytes(
  { bytes, compression }: LayerArchive,
  signal: AbortSignal,
): Promise<readonly [LayerInput, Promise<void>]> {
  if (compression === "none" && bytes instanceof GrowingFile) {
    return [{ fd: await bytes.openDescriptor(), file: bytes }, Promise.resolve()];
  }
  const chunks = bytes instanceof GrowingFile ? bytes.read(signal) : bytes;
  using plain = openPipe(pipeBytes);
  const written = decompressInto(chunks, compression, plain.take("writeEnd"), signal);
  return [{ fd: plain.take("readEnd") }, written];
}

// What GNU tar needs to make any kind of file with any owner; it has no other power over the machine.
const capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "MKNOD", "SETFCAP", "SYS_ADMIN"].map(
  (name) => `CAP_${name}`,
);
const tarCommand: readonly [string, ...string[]] = [
  "/usr/bin/tar",
  ...["--extract", "--file=-", "--numeric-owner", "--same-owner", "--preserve-permissions"],
  ...["--xattrs", "--xattrs-include=*", "--no-acls", "--no-selinux", "--delay-directory-restore"],
  "--warning=no-timestamp",
];

/** Starts tar on a pipe. */
async function startTar(folder: string, input: Pipe, signal: AbortSignal): Promise<DescriptorCommand> {
  const options = { input: input.readEnd, signal, fatal: fullDisk };
  const tar = await startSandboxed(tarCommand, { folder, capabilities }, options);
  input.close("readEnd");
  return tar;
}

// tar says the second when a write ended in the middle, and the next one was never tried.
const fullDisk = /No space left on device|: Wrote only /;

function checkTar({ exitCode, complaint }: CommandEnding): void {
  if (exitCode === 0) return;
  const line = complaint.split("\n").find((one) => !one.startsWith("/usr/bin/tar: Removing")) ?? "";
  if (fullDisk.test(line)) throw new TdockError("internal", `no space left on device: ${line}`, { reason: "no-space" });
  if (exitCode === undefined) throw new TdockError("canceled", "unpacking was stopped");
  throw malformed(line.replace(/^\/usr\/bin\/tar: /, "") || "tar failed");
}

/**
 * What only ended because another part did is not the cause; damage to the input comes before what follows from it, but
 * where the disk is full, what was not read any more looks cut off.
 */
function throwCause(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  const full = failures.find((failure) => isError(failure, "internal", "no-space"));
  const cause = full ?? failures.find((failure) => !isError(failure, "canceled")) ?? failures[0];
  if (cause !== undefined) throw TdockError.from(cause);
}
