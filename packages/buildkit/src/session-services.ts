import type { Rpc } from "@tdock/containerd/rpc";
import { isError } from "@tdock/errors/error";
import { Auth } from "./gen/filesync_pb.ts";
import { Secrets } from "./gen/secrets_pb.ts";

/** How a client logs in to a registry. `secret` is an identity token when there is no user name. */
export interface SharedCredentials {
  readonly username: string;
  readonly secret: string;
}

/** Asks the client how it logs in to a registry's host. Both texts are empty when it does not. */
export async function fetchCredentials(rpc: Rpc, host: string, signal: AbortSignal): Promise<SharedCredentials> {
  const { Username, Secret } = await rpc.unary(Auth.method.credentials, { Host: host }, { signal });
  return { username: Username, secret: Secret };
}

/** Asks the client for a secret's bytes; `undefined` when it has none of that ID. */
export async function fetchSecret(rpc: Rpc, id: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return (await rpc.unary(Secrets.method.getSecret, { ID: id }, { signal })).data;
  } catch (thrown) {
    if (isError(thrown, "not-found")) return undefined;
    throw thrown;
  }
}
