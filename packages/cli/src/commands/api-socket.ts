import { type ContainerCreateBody, containerArchivePut } from "@tdock/api/containers";
import { systemInfo } from "@tdock/api/system";
import { pack as packTar } from "tar-stream";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import type { StoredCredentials } from "../config-file.ts";
import { allCredentials, type RegistryAuth } from "../credentials.ts";

/** A container that is to use the engine that it runs in. */
export interface ApiSocketAccess {
  readonly body: ContainerCreateBody;
  /** The caller's credentials; undefined when there are none, or when the container brings its own. */
  readonly configFile: string | undefined;
}

/** Where Docker's clients look for an engine, and so also where another engine's socket is. */
const usualSocket = "/var/run/docker.sock";
const configFolder = "run/secrets/docker";

/**
 * Adds the engine's socket to a container's mounts, and the place of its credentials to its variables, as docker/cli
 * does with `--use-api-socket`. The engine says where its socket is: ours may be another machine. Throws what
 * credential helpers throw.
 */
export async function withApiSocket(cli: Cli, body: ContainerCreateBody): Promise<ApiSocketAccess> {
  const { ApiSocket = usualSocket } = await call(cli.client, systemInfo, {});
  const { Env = [], HostConfig } = body;
  const mount = { Type: "bind" as const, Source: ApiSocket, Target: usualSocket };
  const configFile = Env?.some((one) => one.startsWith("DOCKER_CONFIG=")) ? undefined : await configFileOf(cli);
  return {
    configFile,
    body: {
      ...body,
      Env: configFile === undefined ? Env : [...(Env ?? []), `DOCKER_CONFIG=/${configFolder}`],
      HostConfig: { ...HostConfig, Mounts: [...(HostConfig?.Mounts ?? []), mount] },
    },
  };
}

/** Puts the file into a container that has been created; only the container's user can read it. */
export async function giveConfigFile(cli: Cli, id: string, configFile: string): Promise<void> {
  const archive = packTar();
  archive.entry({ name: `${configFolder}/config.json`, mode: 0o600 }, configFile);
  archive.finalize();
  const body = archive as unknown as AsyncIterable<Uint8Array>; // streamx declares what it yields as any
  await call(cli.client, containerArchivePut, { id, path: "/", copyUIDGID: true, body });
}

async function configFileOf(cli: Cli): Promise<string | undefined> {
  const credentials = Object.entries(await allCredentials(cli.config));
  if (credentials.length === 0) return undefined;
  return JSON.stringify({ auths: Object.fromEntries(credentials.map(([key, auth]) => [key, toStored(auth)])) });
}

function toStored({ username, password, identitytoken, registrytoken }: RegistryAuth): StoredCredentials {
  if (identitytoken !== undefined) return { identitytoken };
  if (registrytoken !== undefined) return { registrytoken };
  return { auth: Buffer.from(`${username}:${password}`).toString("base64") };
}
