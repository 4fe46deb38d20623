import { on } from "node:events";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { TdockError } from "@tdock/errors/error";
import { extractInRoot } from "./extract-in-root.ts";
import { type ExtractOrder, type ExtractReply, type ExtractWork, slotBytes } from "./extract-message.ts";

// The thread that unpacks one long archive: see extract-thread.ts.
if (parentPort !== null) await serve(parentPort, workerData as ExtractWork);

async function serve(port: MessagePort, { memory, ...place }: ExtractWork): Promise<void> {
  const reply = (message: ExtractReply) => port.postMessage(message);
  try {
    const { signal } = new AbortController();
    await extractInRoot({ ...place, bytes: archiveFrom(port, memory, reply), signal });
    reply("done");
  } catch (thrown) {
    const { code, message, reason } = TdockError.from(thrown);
    reply({ code, message, reason });
  }
}

async function* archiveFrom(
  port: MessagePort,
  memory: SharedArrayBuffer,
  reply: (message: ExtractReply) => void,
): AsyncGenerator<Uint8Array> {
  for await (const [order] of on(port, "message") as AsyncIterable<[ExtractOrder]>) {
    if (order === "end") return;
    if (order === "stop") throw new TdockError("canceled", "unpacking was stopped");
    yield Buffer.from(memory, order.slot * slotBytes, order.length);
    reply(order.slot);
  }
}
