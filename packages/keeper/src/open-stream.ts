import { TdockError } from "@tdock/errors/error";
import { ChunkRing } from "./chunk-ring.ts";
import { connectPatiently, type SocketAddress } from "./connect-patiently.ts";
import { OutputStream } from "./output-stream.ts";
import { type Answer, type AttachRequest, decodeError, type LogsRequest } from "./protocol.ts";

/** A connection of its own that, after the keeper has agreed, carries output and nothing else. */
export async function openStream(
  address: SocketAddress,
  call: "attach" | "logs",
  argument: AttachRequest | LogsRequest,
): Promise<OutputStream> {
  const head = Promise.withResolvers<string>();
  const ring = new ChunkRing(head.resolve);
  const socket = await connectPatiently(address, ring.onread);
  socket.once("close", () => head.reject(new TdockError("unavailable", "tdock-keeper closed the connection")));
  socket.write(`${JSON.stringify({ number: 0, call, argument })}\n`);
  const answer = JSON.parse(await head.promise) as Answer;
  if (!("error" in answer)) return new OutputStream(socket, ring);
  socket.destroy();
  throw decodeError(answer.error);
}
