import { readSync } from "node:fs";
import { type MessagePort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { TdockError } from "@tdock/errors/error";
import { pollDescriptors, setNonBlocking } from "../../host/poll.ts";
import { LayerFlow } from "./layer-flow.ts";
import { FileSource, type LayerSource, PipeSource } from "./layer-source.ts";
import type { PumpReply, PumpRequest } from "./pump-message.ts";
import { SharedLength } from "./shared-length.ts";

/**
 * Takes layers from the main thread and moves all of them along, whichever is ready, with blocking system calls: that
 * costs a fraction of what streams do. While it waits for descriptors, a byte in the pipe `workerData.wake` says that
 * a message has come, or more of a file.
 */
export function serveLayers(port: MessagePort): void {
  const wake = (workerData as { readonly wake: number }).wake;
  const flows = new Map<number, LayerFlow>();
  port.on("message", (request: PumpRequest) => {
    take(flows, port, request);
    while (flows.size > 0) {
      advanceReady(flows, port, wake);
      for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port)) {
        take(flows, port, more.message as PumpRequest);
      }
    }
  });
}

function take(flows: Map<number, LayerFlow>, port: MessagePort, request: PumpRequest): void {
  if (request.kind === "start") {
    setNonBlocking(request.to);
    flows.set(request.id, new LayerFlow(sourceOf(request), request.to));
  } else end(flows, port, request.id, failure(request.id, new TdockError("canceled", "unpacking was stopped")));
}

function sourceOf({ from, progress }: PumpRequest & { readonly kind: "start" }): LayerSource {
  return progress === undefined ? new PipeSource(from) : new FileSource(from, new SharedLength(progress));
}

function advanceReady(flows: Map<number, LayerFlow>, port: MessagePort, wake: number): void {
  const entries = [...flows];
  const waking = { fd: wake, toWrite: false };
  const waits = entries.map(([, flow]) => flow.waitsFor ?? waking);
  const [isWoken, ...ready] = pollDescriptors([waking, ...waits]);
  if (isWoken) readSync(wake, Buffer.alloc(64));
  for (const [index, [id, flow]] of entries.entries()) if (ready[index]) advance(flows, port, id, flow);
}

function advance(flows: Map<number, LayerFlow>, port: MessagePort, id: number, flow: LayerFlow): void {
  try {
    const layer = flow.advance();
    if (layer !== undefined) end(flows, port, id, { kind: "done", id, ...layer });
  } catch (thrown) {
    end(flows, port, id, failure(id, TdockError.from(thrown)));
  }
}

function end(flows: Map<number, LayerFlow>, port: MessagePort, id: number, reply: PumpReply): void {
  const flow = flows.get(id);
  if (flow === undefined) return;
  flows.delete(id);
  flow[Symbol.dispose]();
  port.postMessage(reply);
}

function failure(id: number, { code, message, reason }: TdockError): PumpReply {
  return { kind: "failed", id, code, message, reason };
}
