import type { ContentWriter } from "./content-writer.ts";
import { WriteAction } from "./gen/content_pb.ts";
import { commitIngest, type Ingest } from "./ingest.ts";

/** Well below the 16 MiB that containerd takes as one message, and large enough to make the overhead vanish. */
const maxMessageBytes = 1024 * 1024;

/**
 * Writes through the connection, from the start: what an earlier try left cannot be read back, so the first message,
 * which says offset 0, makes containerd cut it off.
 */
export function streamWriter(ingest: Ingest): ContentWriter {
  const { session } = ingest;
  let offset = 0;
  let unanswered: Promise<unknown> | undefined;

  const append = async (data: Uint8Array): Promise<void> => {
    const sent = session.send({ action: WriteAction.WRITE, offset: BigInt(offset), data });
    offset += data.length;
    // One message ahead of its answer hides the way there and back; more would only fill memory.
    await unanswered;
    unanswered = session.receive();
    unanswered.catch(() => undefined);
    await sent;
  };

  return {
    get offset() {
      return offset;
    },
    readBack: async function* () {},
    write: async (chunk) => {
      for (let start = 0; start < chunk.length; start += maxMessageBytes) {
        await append(chunk.subarray(start, start + maxMessageBytes));
      }
    },
    commit: async (labels) => {
      await unanswered;
      await commitIngest(ingest, offset, labels);
    },
    [Symbol.asyncDispose]: () => session.finish(),
  };
}
