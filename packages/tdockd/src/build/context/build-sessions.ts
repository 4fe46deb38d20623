import { randomUUID } from "node:crypto";
import { TdockError } from "@tdock/errors/error";
import type { AgentLines } from "./agent-lines.ts";
import type { LoadedContext } from "./loaded-context.ts";
import type { OpenContext } from "./open-context.ts";

/** A folder of the client beside the context. */
export interface AdditionalContext {
  readonly open: OpenContext;
  /** Absent until its files have been sent. */
  loaded?: LoadedContext;
}

/** What a client has prepared for one build. */
export interface BuildSession {
  /** Absent when the context comes with the build's own request. */
  readonly context: OpenContext | undefined;
  readonly contexts: ReadonlyMap<string, AdditionalContext>;
  readonly secrets: ReadonlyMap<string, Uint8Array>;
  /** Connections to the agents that the client forwards, by their ID. */
  readonly agents: ReadonlyMap<string, AgentLines>;
}

/** A session that no build takes up is forgotten after this. */
const lifetimeMs = 10 * 60_000;

/** Sessions by ID, in memory only: secrets never reach a disk. */
export class BuildSessions {
  private readonly waiting = new Map<string, BuildSession>();
  private readonly taken = new Map<string, BuildSession>();

  add(session: BuildSession): string {
    const id = randomUUID();
    this.waiting.set(id, session);
    setTimeout(() => this.forget(id), lifetimeMs).unref();
    return id;
  }

  /** Throws `not-found` for a session that is unknown, used or forgotten. */
  get(id: string): BuildSession {
    const session = this.waiting.get(id);
    if (session === undefined) throw new TdockError("not-found", `no such build session: ${id}`);
    return session;
  }

  /** The connections to an agent, also while the build runs. Throws `not-found`. */
  agent(id: string, agent: string): AgentLines {
    const lines = (this.taken.get(id) ?? this.get(id)).agents.get(agent);
    if (lines !== undefined) return lines;
    throw new TdockError("not-found", `no agent ${agent} was announced for build session ${id}`);
  }

  /** Hands a session to its build, which ends it. Throws as {@link get}. */
  take(id: string): BuildSession {
    const session = this.get(id);
    this.waiting.delete(id);
    this.taken.set(id, session);
    return session;
  }

  /** Ends a session whose build is over. */
  end(id: string): void {
    close(this.taken.get(id));
    this.taken.delete(id);
  }

  /** Lets go of a session that no build will take up. Does nothing when there is none. */
  forget(id: string): void {
    close(this.waiting.get(id));
    this.waiting.delete(id);
  }
}

function close(session: BuildSession | undefined): void {
  if (session === undefined) return;
  session.context?.[Symbol.dispose]();
  for (const { open } of session.contexts.values()) open[Symbol.dispose]();
  for (const lines of session.agents.values()) lines.close();
}
