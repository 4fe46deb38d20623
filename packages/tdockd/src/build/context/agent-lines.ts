import { createServer } from "node:net";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * Connections to one agent of a build's client: the client holds one open all the time, and opens the next when one is
 * taken up. Each serves one connection of a step.
 */
export class AgentLines {
  private readonly free: Duplex[] = [];
  private readonly wanted: ((line: Duplex) => void)[] = [];
  private isClosed = false;

  /** Takes a connection that the client has opened. */
  add(line: Duplex): void {
    line.on("error", () => line.destroy());
    if (this.isClosed) line.destroy();
    else (this.wanted.shift() ?? ((one: Duplex) => this.free.push(one)))(line);
  }

  /** Listens at `path` and passes what connects there on to the agent. */
  async listen(path: string): Promise<AsyncDisposable> {
    const server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      this.take(socket);
    });
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
    const open = new Set<Duplex>();
    server.on("connection", (socket) => open.add(socket));
    return {
      async [Symbol.asyncDispose]() {
        for (const socket of open) socket.destroy();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  }

  /** Ends all of them. */
  close(): void {
    this.isClosed = true;
    for (const line of this.free.splice(0)) line.destroy();
  }

  private take(socket: Duplex): void {
    const join = (line: Duplex) => {
      pipeline(socket, line, socket).catch(() => {
        socket.destroy();
        line.destroy();
      });
    };
    const line = this.free.shift();
    if (line === undefined) this.wanted.push(join);
    else join(line);
  }
}
