import type { Duplex } from "node:stream";
import { isHungUp } from "../host/poll.ts";

const intervalMs = 500;

/**
 * Destroys a hijacked connection soon after its client has closed it whole. Node tells only that no more is to be read,
 * as it does for a client that closed its input and goes on listening; the kernel knows the difference.
 */
export function closeWithPeer(socket: Duplex): void {
  socket.once("end", () => {
    const timer = setInterval(() => {
      const fd = descriptorOf(socket);
      if (fd !== undefined && isHungUp(fd)) socket.destroy();
    }, intervalMs);
    socket.once("close", () => clearInterval(timer));
  });
}

function descriptorOf(socket: Duplex): number | undefined {
  const fd = (socket as { readonly _handle?: { readonly fd?: number } | null })._handle?.fd;
  return fd !== undefined && fd >= 0 ? fd : undefined;
}
