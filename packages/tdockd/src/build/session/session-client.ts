import { createServer } from "node:net";
import { forwardToAgent, hasAgent } from "@tdock/buildkit/agent-forward";
import { fetchCredentials, fetchSecret } from "@tdock/buildkit/session-services";
import type { Credentials } from "../../registry/credentials.ts";
import type { BuildClient } from "../solve/build-client.ts";
import type { ClientSession } from "./client-session.ts";
import type { ClientSessions } from "./client-sessions.ts";

/** What a build's client has when it is connected over the BuildKit session protocol. */
export function sessionClient(sessions: ClientSessions, id: string, signal: AbortSignal): BuildClient {
  let found: Promise<ClientSession> | undefined;
  const find = () => {
    found ??= sessions.get(id, signal);
    return found;
  };
  return {
    async secret(secretId) {
      const session = await find();
      if (!session.serves("/moby.buildkit.secrets.v1.Secrets/GetSecret")) return undefined;
      return fetchSecret(session.rpc, secretId, signal);
    },
    async credentials(domain) {
      const session = await find();
      if (!session.serves("/moby.filesync.v1.Auth/Credentials")) return undefined;
      return toCredentials(await fetchCredentials(session.rpc, hostOf(domain), signal));
    },
    async forwardAgent(agentId, path) {
      const session = await find();
      if (!session.serves("/moby.sshforward.v1.SSH/ForwardAgent")) return undefined;
      if (!(await hasAgent(session.rpc, agentId, signal))) return undefined;
      return listen(session, agentId, path, signal);
    },
  };
}

/** Docker Hub goes by the name of its registry here. */
function hostOf(domain: string): string {
  return domain === "docker.io" ? "registry-1.docker.io" : domain;
}

function toCredentials({ username, secret }: { username: string; secret: string }): Credentials | undefined {
  if (secret === "") return undefined;
  return username === "" ? { identityToken: secret } : { username, password: secret };
}

/** Passes what connects at `path` on to the client's agent. */
async function listen({ rpc }: ClientSession, id: string, path: string, signal: AbortSignal): Promise<AsyncDisposable> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const server = createServer((socket) => {
    socket.on("error", () => {});
    forwardToAgent(rpc, id, socket, either).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  return {
    async [Symbol.asyncDispose]() {
      over.abort();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
