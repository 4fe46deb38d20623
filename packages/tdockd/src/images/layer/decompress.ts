import { access } from "node:fs/promises";
import type { Readable, Transform, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { TdockError } from "@tdock/errors/error";
import { startSandboxed } from "../../host/sandbox.ts";
import type { Compression } from "../../registry/media-type.ts";

/** A decompressor: what goes in compressed comes out plain. */
export interface Decompressor {
  readonly input: Writable;
  readonly output: Readable;
  /** Resolves when everything came out; throws `invalid-argument` for damaged or cut off input. */
  readonly done: Promise<void>;
}

/**
 * Starts a decompressor. gzip is done by `igzip` where Debian's isal is installed (a third of zlib's time), else by
 * `unpigz`, in a sandbox; else, as zstd, by Node's own libraries.
 */
export async function startDecompressor(
  compression: Exclude<Compression, "none">,
  signal: AbortSignal,
): Promise<Decompressor> {
  if (compression === "zstd") return ofTransform(createZstdDecompress());
  const program = await gzipProgram();
  if (program === undefined) return ofTransform(createGunzip());
  const { stdin, stdout, ended } = await startSandboxed(program, {}, { signal });
  const done = ended.then(({ exitCode, stderr }) => {
    if (exitCode !== 0) throw damaged(stderr);
  });
  done.catch(() => undefined);
  return { input: stdin, output: stdout, done };
}

const gzipPrograms: readonly (readonly [string, ...string[]])[] = [
  ["/usr/bin/igzip", "-d", "-c"],
  ["/usr/bin/unpigz", "-c"],
];

async function gzipProgram(): Promise<readonly [string, ...string[]] | undefined> {
  for (const program of gzipPrograms) {
    const isThere = await access(program[0]).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  return undefined;
}

function ofTransform(transform: Transform): Decompressor {
  const done = finished(transform).catch((cause) => {
    throw damaged((cause as Error).message);
  });
  done.catch(() => undefined);
  return { input: transform, output: transform, done };
}

function damaged(detail: string): TdockError {
  const [line = ""] = detail.split("\n");
  return new TdockError("invalid-argument", `invalid layer: it cannot be decompressed: ${line}`, {
    reason: "invalid-archive",
  });
}
