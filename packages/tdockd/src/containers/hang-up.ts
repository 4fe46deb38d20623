import type { Duplex } from "node:stream";

const graceMs = 5000;

/**
 * Ends a hijacked connection from our side. What the client still sends is read and dropped, so that it gets all that
 * was written to it; a client that does not close its half soon after is not waited for: Docker's never is either.
 */
export function hangUp(socket: Duplex): void {
  socket.unpipe().resume();
  socket.end(() => {
    const timer = setTimeout(() => socket.destroy(), graceMs);
    timer.unref();
    socket.once("close", () => clearTimeout(timer));
  });
}
