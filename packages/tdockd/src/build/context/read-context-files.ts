import { type ContextFileHead, maxHeadBytes, parseFileHead } from "@tdock/api/context-files";
import { TdockError } from "@tdock/errors/error";
import { untilAborted } from "../../host/until-aborted.ts";
import { type StagedFile, type StagedWriter, type Staging, smallBytes } from "../tree/staging.ts";

/** Where the bytes of the body are to be put, and which are to come. */
export interface FileReading {
  readonly staging: Staging;
  /** Whether the file with this number was asked for. */
  isWanted(number: number): boolean;
  readonly signal: AbortSignal;
}

/**
 * Puts the files of a body, as `encodeFileHead` tells them apart, into a staging folder; yields each with its number.
 * Throws `invalid-argument` for a file that was not asked for and for a body that is cut off, `canceled`.
 */
export async function* readContextFiles(
  body: AsyncIterable<Uint8Array>,
  { staging, isWanted, signal }: FileReading,
): AsyncGenerator<readonly [number, StagedFile], void, undefined> {
  let head = "";
  let open: OpenFile | undefined;
  try {
    for await (const bytes of untilAborted(body, signal)) {
      const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let at = 0; at < chunk.length; ) {
        if (open === undefined) {
          const end = chunk.indexOf("\n", at);
          head += chunk.toString("latin1", at, end === -1 ? chunk.length : Math.min(end, at + maxHeadBytes));
          if (head.length >= maxHeadBytes) parseFileHead(head); // throws
          if (end === -1) break;
          at = end + 1;
          const { number, size } = wantedHead(head, isWanted);
          head = "";
          if (size <= Math.min(smallBytes, chunk.length - at)) {
            yield [number, staging.put(chunk.subarray(at, at + size))];
            at += size;
            continue;
          }
          open = { number, writer: staging.open(), left: size };
        }
        const own = chunk.subarray(at, at + open.left);
        const written = open.writer.write(own);
        if (written !== undefined) await written;
        at += own.length;
        open.left -= own.length;
        if (open.left > 0) continue;
        const { number, writer }: OpenFile = open;
        open = undefined;
        yield [number, writer.finish()];
      }
    }
    if (open !== undefined || head !== "")
      throw new TdockError("invalid-argument", "the files of the context end early");
  } catch (thrown) {
    throw signal.aborted ? TdockError.from(signal.reason) : thrown;
  } finally {
    open?.writer.discard();
  }
}

interface OpenFile {
  readonly number: number;
  readonly writer: StagedWriter;
  /** Bytes that are still to come. */
  left: number;
}

function wantedHead(text: string, isWanted: FileReading["isWanted"]): ContextFileHead {
  const head = parseFileHead(text);
  if (!isWanted(head.number)) throw new TdockError("invalid-argument", `not asked for: file ${head.number}`);
  return head;
}
