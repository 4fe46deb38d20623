import { listLinks } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { ownSourcesOnly } from "./egress/rules.ts";
import { answeringDevice, answerRule } from "./loopback-answers.ts";
import type { Sandbox } from "./sandbox.ts";

/**
 * Rules for what comes from one device of a container, before its bridge sees it: a table of their own, of the family
 * netdev, which exists while there are any. Most containers need none.
 */
export interface DeviceChain {
  /** On the host's side. */
  readonly device: string;
  readonly rules: readonly string[];
}

/** A container's. */
export function deviceChains(sandbox: Sandbox): DeviceChain[] {
  const answering = answeringDevice(sandbox);
  return sandbox.endpoints.flatMap((endpoint) => {
    const device = endpoint.hostDevice;
    const rules = [...ownSourcesOnly(endpoint, sandbox.egress), ...(device === answering ? [answerRule] : [])];
    return device === "" || rules.length === 0 ? [] : [{ device, rules }];
  });
}

/** Those of these containers whose devices are there; a chain cannot be made for any other. */
export function presentChains(sandboxes: readonly Sandbox[]): DeviceChain[] {
  const wanted = sandboxes.flatMap(deviceChains);
  if (wanted.length === 0) return [];
  using socket = new NetlinkSocket();
  const present = new Set(listLinks(socket).map(({ name }) => name));
  return wanted.filter(({ device }) => present.has(device));
}

/** The whole table, in place of whatever it is now. */
export function chainsTable(table: string, chains: readonly DeviceChain[]): string {
  const none = `add table netdev ${table}\ndelete table netdev ${table}\n`;
  return chains.length === 0 ? none : none + addChains(table, chains);
}

/** Adds chains. */
export function addChains(table: string, chains: readonly DeviceChain[]): string {
  return `table netdev ${table} {\n  comment "made by tdock"\n${chains.map(textOf).join("")}}\n`;
}

/** Takes chains away, whether they are there or not. */
export function removeChains(table: string, chains: readonly DeviceChain[]): string {
  const commands = chains.map(({ device }) => {
    const chain = `chain netdev ${table} ${device}`;
    return `add ${chain}\nflush ${chain}\ndelete ${chain}\n`;
  });
  return `add table netdev ${table}\n${commands.join("")}`;
}

function textOf({ device, rules }: DeviceChain): string {
  return `  chain ${device} {
    type filter hook ingress device "${device}" priority filter; policy accept;
    ${rules.join("\n    ")}
  }
`;
}
