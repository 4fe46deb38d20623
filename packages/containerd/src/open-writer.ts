import { isError } from "@tdock/errors/error";
import type { ContentFiles } from "./content-files.ts";
import type { ContentWriter } from "./content-writer.ts";
import { fileWriter } from "./file-writer.ts";
import { Content as Service } from "./gen/content_pb.ts";
import { commitIngest, type Ingest, type NewContent, openIngest } from "./ingest.ts";
import { readStream } from "./read-content.ts";
import type { CallOptions, Rpc } from "./rpc.ts";
import { streamWriter } from "./stream-writer.ts";

/**
 * Opens an ingest, new or kept from an earlier try. Resolves to undefined when content of this digest is already there.
 * `conflict` with the reason `ref-locked` while another writer has the same `ref`. Where containerd's files can be
 * reached, bytes go there directly, else through the connection; then an earlier try is not gone on with.
 */
export async function openContentWriter(
  rpc: Rpc,
  files: ContentFiles,
  content: NewContent,
  options?: CallOptions,
): Promise<ContentWriter | undefined> {
  const ingest = await openIngest(rpc, content, options);
  if (ingest === undefined) return undefined;
  try {
    const file = await files.openIngest(content.ref, ingest.offset);
    if (file !== undefined) return fileWriter(ingest, file);
    if (!isWhole(ingest)) return streamWriter(ingest);
    await commitIngest(ingest, ingest.offset);
  } catch (error) {
    await ingest.session.finish();
    throw error;
  }
  if (await canBeRead(rpc, content, options)) return undefined;
  return openContentWriter(rpc, files, content, options);
}

/**
 * Whether all bytes were there when the ingest was opened. Without a file of its own that is content of another
 * namespace, or content whose record was deleted and that is not collected yet.
 */
function isWhole({ content: { digest, size }, offset }: Ingest): boolean {
  return digest !== undefined && offset > 0 && size === offset;
}

/** The collector may have deleted the bytes right before they were committed. Then their record goes too. */
async function canBeRead(rpc: Rpc, { digest = "" }: NewContent, options?: CallOptions): Promise<boolean> {
  try {
    for await (const _ of readStream(rpc, digest, { size: 1 }, options)) break;
    return true;
  } catch (error) {
    if (!isError(error, "not-found")) throw error;
    await rpc.unary(Service.method.delete, { digest }, options);
    return false;
  }
}
