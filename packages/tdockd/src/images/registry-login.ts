import type { Input } from "@tdock/api/endpoint";
import type { registryLogin } from "@tdock/api/registry";
import type { Engine } from "../engine.ts";
import { toCredentials } from "../registry/credentials.ts";
import { logIn } from "../registry/login.ts";

/** `POST /auth`. Throws `unauthorized` when the registry refuses. Nothing is kept here: that is the client's part. */
export async function checkLogin(
  { registry }: Pick<Engine, "registry">,
  { body }: Input<typeof registryLogin>,
  signal: AbortSignal,
): Promise<{ Status: string; IdentityToken?: string }> {
  const token = await logIn(registry, domainOf(body.serveraddress ?? ""), toCredentials(body), signal);
  return { Status: "Login Succeeded", ...(token !== undefined && { IdentityToken: token }) };
}

/** Docker Hub goes by its old index address, others by their host, sometimes with a scheme. */
function domainOf(serverAddress: string): string {
  const host = serverAddress.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return host === "" || host === "index.docker.io" ? "docker.io" : host;
}
