import { statSync } from "node:fs";
import { buildAgent } from "@tdock/api/build";
import { TdockError } from "@tdock/errors/error";
import type { Client } from "../client/client.ts";
import { Connection } from "../client/connection.ts";
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
  private readonly open = new Set<Connection>();
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
      await this.holding(socket, async () => {
        const first = await socket.readChunk();
        if (first === undefined) return;
        this.offer(agent, path);
        socket.unread(first);
        const local = await Connection.open({ unix: path });
        await this.holding(local, () => relay(socket, local));
      });
    } catch {
      // The build is over, or fails: it says why itself. A step without an agent is told by its own connection.
    }
  }

  /** Ends a connection with its use, or with the build. */
  private async holding(connection: Connection, use: () => Promise<void>): Promise<void> {
    this.open.add(connection);
    if (this.isOver) connection.destroy();
    try {
      await use();
    } finally {
      this.open.delete(connection);
      connection.destroy();
    }
  }
}

/** Joins two connections until both have ended. */
async function relay(one: Connection, other: Connection): Promise<void> {
  await Promise.all([copy(one, other), copy(other, one)]);
}

/** Messages of agents are short: what the one says waits in memory for the other to read it. */
async function copy(from: Connection, to: Connection): Promise<void> {
  let written = Promise.resolve();
  await from.read((chunk) => {
    written = written.then(() => to.write(chunk));
  });
  await written;
  to.end();
}
