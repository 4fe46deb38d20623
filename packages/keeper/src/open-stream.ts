import type { Socket } from "node:net";
import { TdockError } from "@tdock/errors/error";
import { connectPatiently, type SocketAddress } from "./connect-patiently.ts";
import { type Answer, type AttachRequest, decodeError, type LogsRequest } from "./protocol.ts";

/** A connection of its own that, after the keeper has agreed, carries output and nothing else. */
export async function openStream(
  address: SocketAddress,
  call: "attach" | "logs",
  argument: AttachRequest | LogsRequest,
): Promise<Socket> {
  const socket = await connectPatiently(address);
  socket.write(`${JSON.stringify({ number: 0, call, argument })}\n`);
  const answer = await readAnswer(socket);
  if (!("error" in answer)) return socket;
  socket.destroy();
  throw decodeError(answer.error);
}

/** Takes the answer's line off the socket and leaves it paused, with what follows put back. */
function readAnswer(socket: Socket): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0);
    const take = (): void => {
      for (let bytes = socket.read() as Buffer | null; bytes !== null; bytes = socket.read() as Buffer | null) {
        head = Buffer.concat([head, bytes]);
      }
      const end = head.indexOf(0x0a);
      if (end < 0) return;
      stop();
      if (end + 1 < head.length) socket.unshift(head.subarray(end + 1));
      resolve(JSON.parse(head.toString("utf8", 0, end)) as Answer);
    };
    const fail = (): void => {
      stop();
      reject(new TdockError("unavailable", "tdock-keeper closed the connection"));
    };
    const stop = (): void => {
      socket.off("readable", take).off("end", fail).off("close", fail);
    };
    socket.on("readable", take).on("end", fail).on("close", fail);
  });
}
