import { TdockError } from "@tdock/errors/error";
import type { ContentFiles } from "./content-files.ts";
import { readFileRange } from "./file-range.ts";
import { Content as Service } from "./gen/content_pb.ts";
import type { CallOptions, Rpc } from "./rpc.ts";

/** A part of a blob; the whole by default. */
export interface ContentRange {
  readonly offset?: number;
  /** Bytes; up to the end when absent. */
  readonly size?: number;
}

/** The bytes of a blob as containerd sends them, in pieces of at most 32 KiB. */
export async function* readStream(
  rpc: Rpc,
  digest: string,
  { offset = 0, size = 0 }: ContentRange,
  options?: CallOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const request = { digest, offset: BigInt(offset), size: BigInt(size) };
  for await (const { data } of rpc.serverStream(Service.method.read, request, options)) yield data;
}

/**
 * The bytes of a blob of `sizeBytes`, from its file; undefined when the file cannot be reached.
 * `invalid-argument` with the reason `out-of-range` for an offset behind the end, as containerd has it.
 */
export async function readBlobFile(
  files: ContentFiles,
  { digest, sizeBytes }: { readonly digest: string; readonly sizeBytes: number },
  { offset = 0, size = sizeBytes }: ContentRange,
): Promise<AsyncGenerator<Uint8Array, void, undefined> | undefined> {
  if (offset > sizeBytes) {
    const message = `read past object length ${sizeBytes} bytes`;
    throw new TdockError("invalid-argument", message, { reason: "out-of-range" });
  }
  const file = await files.openBlob(digest, sizeBytes);
  if (file === undefined) return undefined;
  return (async function* () {
    await using open = file;
    yield* readFileRange(open, offset, Math.min(offset + size, sizeBytes));
  })();
}
