import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync, unlinkSync } from "node:fs";
import type { Server } from "node:http";
import { dirname } from "node:path";
import { TdockError } from "@tdock/errors/error";
import type { Config, TcpAddress } from "../config.ts";
import { answers } from "../runtime/detached-process.ts";

/**
 * Listens on every configured socket, mode 0660, root and the configured group. A socket that nobody serves any more is
 * replaced; one that is served, or anything else in its place, is left alone: `conflict`.
 */
export async function listen(
  config: Pick<Config, "hosts" | "group">,
  createServer: () => Server,
): Promise<readonly Server[]> {
  const gid = groupId(config.group);
  return Promise.all(config.hosts.map((host) => listenAt(host.slice("unix://".length), gid, createServer())));
}

/** Listens at a TCP address: for what anyone may read, never for the Engine API. */
export async function listenForReaders(server: Server, { host, port }: TcpAddress): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}

async function listenAt(path: string, gid: number | undefined, server: Server): Promise<Server> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
  await clearPlace(path);
  // Between bind and chmod nobody else may connect.
  const umask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(umask);
  }
  if (gid !== undefined) chownSync(path, 0, gid);
  chmodSync(path, 0o660);
  return server;
}

/** Throws `conflict` where `listen` would: to be asked before anything is started that would be left behind. */
export async function refuseServedSockets({ hosts }: Pick<Config, "hosts">): Promise<void> {
  for (const host of hosts) await isStale(host.slice("unix://".length));
}

async function clearPlace(path: string): Promise<void> {
  if (await isStale(path)) unlinkSync(path);
}

/** Whether a socket is there that nobody serves. */
async function isStale(path: string): Promise<boolean> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  if (!found.isSocket())
    throw new TdockError("conflict", `cannot listen at ${path}: something else than a socket is there`);
  if (await answers(path)) throw new TdockError("conflict", `cannot listen at ${path}: another server listens there`);
  return true;
}

/** The number of a group in /etc/group; without the group only root may connect. */
function groupId(name: string): number | undefined {
  const line = readFileSync("/etc/group", "utf8")
    .split("\n")
    .find((one) => one.startsWith(`${name}:`));
  const gid = line?.split(":")[2];
  return gid === undefined ? undefined : Number(gid);
}
