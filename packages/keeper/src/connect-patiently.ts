import { connect, type OnReadOpts, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { TdockError } from "@tdock/errors/error";

/** Where a keeper listens. */
export interface SocketAddress {
  readonly socketPath: string;
  /** How long to wait for a keeper that is being restarted. Default 5000. */
  readonly patienceMs?: number;
}

const retryMs = 20;

/**
 * Tries until somebody listens: after a crash the keeper's next life is a moment away.
 * Throws `unavailable` when nobody does in time. With `onread`, the socket reads to memory that the caller names.
 */
export async function connectPatiently(
  { socketPath, patienceMs = 5000 }: SocketAddress,
  onread?: OnReadOpts,
): Promise<Socket> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await connectOnce(socketPath, onread);
    } catch (cause) {
      if (performance.now() > deadline) {
        throw new TdockError("unavailable", `no tdock-keeper answers at ${socketPath}`, { cause });
      }
      await delay(retryMs);
    }
  }
}

function connectOnce(path: string, onread: OnReadOpts | undefined): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, ...(onread && { onread }) });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      // A broken connection is told by `close`; the error before it adds nothing.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}
