import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { readConfig } from "../../config.ts";
import type { Engine } from "../../engine.ts";
import { check, libc } from "../../host/libc.ts";
import { addAddress } from "../../host/netlink/addresses.ts";
import { changeLink, createVeth, findLink } from "../../host/netlink/links.ts";
import { setRoute } from "../../host/netlink/routes.ts";
import { NetlinkSocket } from "../../host/netlink/socket.ts";
import { createNamespace, listNamespaces, removeNamespace } from "../../host/netns.ts";
import { type CommandResult, runCommand } from "../../host/run-command.ts";
import { openNetworks } from "../networks.ts";
import { recoverNetworks } from "../recover.ts";

const CLONE_NEWNET = 0x40000000;

export type NetworkEngine = Pick<Engine, "config" | "events" | "id" | "log" | "networks" | "now">;

/**
 * A host of the test's own: the test process moves into a new network namespace, where tdock's parts then work as on a
 * machine. `outside` is a second machine, linked to it as 198.51.100.2 and 198.51.100.1.
 */
export interface PrivateHost extends AsyncDisposable {
  /** That of the newest start. */
  readonly engine: NetworkEngine;
  readonly folder: string;
  readonly outside: string;
  /** What `kill -9` of tdockd and a new start do: sockets are closed, everything else is found as it was left. */
  restart(): Promise<NetworkEngine>;
}

export async function openPrivateHost(...flags: string[]): Promise<PrivateHost> {
  check(libc.unshare(CLONE_NEWNET), "create a network namespace");
  const folder = mkdtempSync(join(tmpdir(), "private-host-"));
  const outside = join(folder, "outside");
  linkOutside(outside);
  let engine = await openEngine(folder, flags);
  await recoverNetworks(engine);
  return {
    get engine() {
      return engine;
    },
    folder,
    outside,
    async restart() {
      await dropSockets(engine);
      engine = await openEngine(folder, flags);
      await recoverNetworks(engine);
      return engine;
    },
    async [Symbol.asyncDispose]() {
      await dropSockets(engine);
      const netns = join(folder, "exec", "netns");
      for (const { name } of listNamespaces(netns)) removeNamespace(join(netns, name));
      removeNamespace(outside);
      await rm(folder, { recursive: true });
    },
  };
}

async function dropSockets({ networks }: NetworkEngine): Promise<void> {
  await networks.nameServer[Symbol.asyncDispose]();
  for (const { containerId } of networks.sandboxes.list()) networks.ports.release(containerId);
  networks.firewall[Symbol.dispose]();
  networks.hostFirewall[Symbol.dispose]();
}

/** Runs a command in a network namespace. */
export function runIn(namespace: string, command: string, ...args: string[]): Promise<CommandResult> {
  return runCommand("nsenter", [`--net=${namespace}`, command, ...args]);
}

async function openEngine(folder: string, flags: readonly string[]): Promise<NetworkEngine> {
  const config = readConfig(["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec"), ...flags]);
  if (typeof config === "string") throw new Error(config);
  const log = pino({ level: "silent" });
  const networks = await openNetworks(config, log);
  const events = { emit: () => {} } as unknown as Engine["events"];
  return { id: "test", config, log, networks, events, now: () => new Date() };
}

function linkOutside(path: string): void {
  using host = new NetlinkSocket();
  changeLink(host, findLink(host, "lo")?.index ?? 1, { isUp: true });
  createNamespace(path, ({ socket, fd }) => {
    createVeth(host, { name: "wan", settings: { isUp: true }, peer: { name: "wan", namespaceFd: fd } });
    const deviceIndex = findLink(socket, "wan")?.index ?? 0;
    changeLink(socket, deviceIndex, { isUp: true });
    changeLink(socket, findLink(socket, "lo")?.index ?? 1, { isUp: true });
    addAddress(socket, { deviceIndex, address: "198.51.100.1", prefixLength: 24 });
  });
  const deviceIndex = findLink(host, "wan")?.index ?? 0;
  addAddress(host, { deviceIndex, address: "198.51.100.2", prefixLength: 24 });
  setRoute(host, { destination: "0.0.0.0/0", deviceIndex, gateway: "198.51.100.1" });
}
