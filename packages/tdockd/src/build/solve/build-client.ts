import type { Credentials } from "../../registry/credentials.ts";

/** What only the build's client has. */
export interface BuildClient {
  /** A secret's bytes, or `undefined` when there is none of that ID. */
  secret(id: string): Promise<Uint8Array | undefined>;
  /** Listens at `path` and passes connections on to the client's agent, or `undefined` when it offers none. */
  forwardAgent(id: string, path: string): Promise<AsyncDisposable | undefined>;
  /** How the client logs in to a registry, or `undefined` when it does not. */
  credentials(domain: string): Promise<Credentials | undefined>;
}
