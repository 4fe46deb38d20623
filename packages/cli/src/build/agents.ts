import { statSync } from "node:fs";
import { createConnection } from "node:net";
import type { Duplex } from "node:stream";
import { buildAgent } from "@tdock/api/build";
import { TdockError } from "@tdock/errors/error";
import type { Client } from "../client/client.ts";
import { hijack } from "../client/hijack.ts";
import { splitPair } from "../flags/pairs.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads `--ssh default|ID[=SOCKET]` into ID -> path of an agent's socket; without a path, `SSH_AUTH_SOCK`.
 * Throws `invalid-argument` where there is none, and `not-implemented` for a key: only an agent is to hold it.
 */
export function readAgents(values: readonly string[], env: Env): ReadonlyMap<string, string> {
  return new Map(
    values.map((value) => {
      const [id, path = env.SSH_AUTH_SOCK] = splitPair(value);
      if (!path) {
        throw new TdockError(
          "invalid-argument",
          `--ssh ${value}: no agent: SSH_AUTH_SOCK is not set (eval $(ssh-agent))`,
        );
      }
      checkSocket(value, path);
      return [id || "default", path];
    }),
  );
}

function checkSocket(value: string, path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new TdockError("not-found", `--ssh ${value}: no agent listens at ${path}`);
  if (found.isSocket()) return;
  throw new TdockError(
    "not-implemented",
    `--ssh ${value}: wanted the socket of an agent: ssh-add ${path} gives it the key`,
  );
}

/** Forwards agents to the steps of a build until it is disposed of. */
export class ForwardedAgents implements Disposable {
  private readonly client: Client;
  private readonly build: string;
  private readonly open = new Set<Duplex>();
  private isOver = false;

  constructor(client: Client, build: string, agents: ReadonlyMap<string, string>) {
    this.client = client;
    this.build = build;
    for (const [agent, path] of agents) this.offer(agent, path);
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    for (const socket of this.open) socket.destroy();
  }

  /** Holds one connection ready; the first byte says that a step has taken it, and another is wanted. */
  private async offer(agent: string, path: string): Promise<void> {
    if (this.isOver) return;
    try {
      const { socket } = await hijack(this.client, buildAgent, { id: this.build, agent });
      this.keep(socket);
      socket.once("readable", () => {
        this.offer(agent, path);
        const local = this.keep(createConnection(path));
        socket.pipe(local).pipe(socket);
      });
    } catch {
      // The build is over, or fails: it says why itself. A step without an agent is told by its own connection.
    }
  }

  private keep(socket: Duplex): Duplex {
    this.open.add(socket);
    if (this.isOver) socket.destroy();
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.open.delete(socket));
    return socket;
  }
}
