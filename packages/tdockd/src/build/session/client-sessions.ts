import { TdockError } from "@tdock/errors/error";
import type { ClientSession } from "./client-session.ts";

/** Clients open their session and ask for the build at the same time: whichever comes first waits. */
const patienceMs = 15_000;

/** The sessions of BuildKit clients that are connected now, by ID. */
export class ClientSessions {
  private readonly sessions = new Map<string, ClientSession>();
  private readonly waiting = new Map<string, Set<(session: ClientSession) => void>>();

  /** Throws `conflict` for an ID that is in use. */
  refuseUsed(id: string): void {
    if (this.sessions.has(id)) throw new TdockError("conflict", `session ${id} already exists`);
  }

  /** Keeps a session until its client is gone. */
  add(session: ClientSession): void {
    const { id } = session;
    this.sessions.set(id, session);
    for (const tell of this.waiting.get(id) ?? []) tell(session);
    this.waiting.delete(id);
    session.closed.then(() => this.sessions.delete(id));
  }

  /** The session with this ID, once it is there. Throws `not-found` when it does not come, `canceled`. */
  async get(id: string, signal: AbortSignal): Promise<ClientSession> {
    const session = this.sessions.get(id);
    if (session !== undefined) return session;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<ClientSession>();
    const abort = () => reject(TdockError.from(signal.reason));
    const giveUp = () => reject(new TdockError("not-found", `no active session for ${id}`));
    const timer = setTimeout(giveUp, patienceMs);
    signal.addEventListener("abort", abort, { once: true });
    const listeners = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, listeners.add(resolve));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      listeners.delete(resolve);
      if (listeners.size === 0) this.waiting.delete(id);
    }
  }
}
