import { randomUUID } from "node:crypto";
import { TdockError } from "@tdock/errors/error";
import type { OpenContext } from "./context-store.ts";

/** What a client has prepared for one build. */
export interface BuildSession {
  /** Absent when the context comes with the build's own request. */
  readonly context: OpenContext | undefined;
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  /** IDs of the agents that the client forwards. */
  readonly agents: ReadonlySet<string>;
}

/** A session that no build takes up is forgotten after this. */
const lifetimeMs = 10 * 60_000;

/** Sessions by ID, in memory only: secrets never reach a disk. */
export class BuildSessions {
  private readonly sessions = new Map<string, BuildSession>();

  add(session: BuildSession): string {
    const id = randomUUID();
    this.sessions.set(id, session);
    setTimeout(() => this.forget(id), lifetimeMs).unref();
    return id;
  }

  /** Throws `not-found` for a session that is unknown, used or forgotten. */
  get(id: string): BuildSession {
    const session = this.sessions.get(id);
    if (session === undefined) throw new TdockError("not-found", `no such build session: ${id}`);
    return session;
  }

  /** Hands a session to its build. Throws as {@link get}. */
  take(id: string): BuildSession {
    const session = this.get(id);
    this.sessions.delete(id);
    return session;
  }

  /** Lets go of a session that no build will take up. Does nothing when there is none. */
  forget(id: string): void {
    this.sessions.get(id)?.context?.[Symbol.dispose]();
    this.sessions.delete(id);
  }
}
