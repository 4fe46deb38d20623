import type { Duplex } from "node:stream";
import type { DuplexCall, Rpc } from "@tdock/containerd/rpc";
import { isError } from "@tdock/errors/error";
import { type BytesMessageSchema, SSH } from "./gen/sshforward_pb.ts";

/** Whether the client forwards an agent of this ID. */
export async function hasAgent(rpc: Rpc, id: string, signal: AbortSignal): Promise<boolean> {
  try {
    await rpc.unary(SSH.method.checkAgent, { ID: id }, { signal });
    return true;
  } catch (thrown) {
    // Clients answer a plain error, which has no code of its own.
    if (isError(thrown, "internal") || isError(thrown, "not-found")) return false;
    throw thrown;
  }
}

/** Passes a connection on to the client's agent until either side closes it. */
export async function forwardToAgent(rpc: Rpc, id: string, socket: Duplex, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const call = rpc.duplex(SSH.method.forwardAgent, {
    signal: AbortSignal.any([signal, over.signal]),
    headers: { "buildkit.ssh.id": id },
  });
  const sending = sendAll(call, socket);
  try {
    for (let message = await call.next(); message !== undefined; message = await call.next())
      socket.write(message.data);
  } finally {
    socket.destroy();
    await sending.catch(() => {});
    over.abort();
  }
}

type Call = DuplexCall<typeof BytesMessageSchema, typeof BytesMessageSchema>;

async function sendAll(call: Call, socket: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const data of socket) await call.send({ data });
  call.end();
}
