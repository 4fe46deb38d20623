import type { Duplex } from "node:stream";
import type { SessionHead } from "@tdock/buildkit/control";
import { TdockError } from "@tdock/errors/error";
import { ClientSession } from "./client-session.ts";
import { Expected } from "./expected.ts";

const idPattern = /^[\w.-]{1,128}$/;

/** The sessions of BuildKit clients that are connected now, by ID. */
export class ClientSessions {
  private readonly sessions = new Expected<ClientSession>();

  /**
   * Opens a session over the connection that `accept` gives, and keeps it until its client is gone.
   * Throws `conflict` for an ID that is in use, `invalid-argument` for what is none; nothing is accepted then.
   */
  open(head: SessionHead, accept: () => Duplex): ClientSession {
    const { id } = head;
    if (!idPattern.test(id)) throw new TdockError("invalid-argument", `not a session's ID: ${JSON.stringify(id)}`);
    this.sessions.refuseUsed(id);
    const session = new ClientSession(head, accept());
    this.sessions.add(id, session);
    session.closed.then(() => this.sessions.remove(id));
    return session;
  }

  /** The session with this ID, once it is there. Throws `not-found` when it does not come, `canceled`. */
  get(id: string, signal: AbortSignal): Promise<ClientSession> {
    return this.sessions.get(id, `no active session for ${id}`, signal);
  }
}
