import { isIP } from "node:net";
import type { PortMap } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import { plainAddress } from "../host/netlink/address-bytes.ts";
import type { Protocol } from "./sandbox.ts";

/** One container port that is to be published. */
export interface PortRequest {
  readonly protocol: Protocol;
  readonly containerPort: number;
  /** Empty: every address of the host. */
  readonly hostIp: string;
  /** Any of these, lowest first; `undefined`: one that the kernel chooses. */
  readonly hostPorts: { readonly from: number; readonly to: number } | undefined;
}

export interface PortSettings {
  readonly bindings: PortMap;
  /** Ports of the image and of `--expose`, e.g. `80/tcp`, `8000-8010/udp`. */
  readonly exposed: readonly string[];
  readonly publishAll: boolean;
}

/** What `-p` and `-P` ask for, one entry a port. Throws `invalid-argument` for what is no port or address. */
export function portRequests({ bindings, exposed, publishAll }: PortSettings): PortRequest[] {
  const explicit = Object.entries(bindings).flatMap(([port, places]) => {
    const { protocol, from, to } = parsePort(port);
    if (from !== to) throw new TdockError("invalid-argument", `invalid port specification: ${port}`);
    return (places ?? []).map((place) => ({
      protocol,
      containerPort: from,
      hostIp: checkHostIp(place.HostIp ?? ""),
      hostPorts: parseHostPorts(place.HostPort ?? ""),
    }));
  });
  return publishAll ? [...explicit, ...remaining(exposed, explicit)] : explicit;
}

/** Reads `80`, `80/udp`, `8000-8010/tcp`. Throws `invalid-argument`. */
export function parsePort(text: string): { protocol: Protocol; from: number; to: number } {
  const [range = "", protocol = "tcp", ...rest] = text.toLowerCase().split("/");
  if (rest.length > 0 || !isProtocol(protocol)) throw new TdockError("invalid-argument", `invalid port: ${text}`);
  return { protocol, ...parseRange(range, text) };
}

/** How many ports `-P` publishes: what an image exposes must not take all that the host has for its own connections. */
const mostExposed = 4096;

function remaining(exposed: readonly string[], explicit: readonly PortRequest[]): PortRequest[] {
  const published = new Set(explicit.map(nameOf));
  const ranges = exposed.map(parsePort);
  // Ranges that overlap count twice: an image may name thousands of them.
  const count = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (count > mostExposed) {
    const message = `cannot publish all ${count} exposed ports, but ${mostExposed} at most: name those that are wanted`;
    throw new TdockError("invalid-argument", message);
  }
  const wanted = ranges.flatMap(({ protocol, from, to }) =>
    Array.from({ length: to - from + 1 }, (_, i) => ({ protocol, containerPort: from + i })),
  );
  const free = new Map(wanted.filter((port) => !published.has(nameOf(port))).map((port) => [nameOf(port), port]));
  return [...free.values()].map((port) => ({ ...port, hostIp: "", hostPorts: undefined }));
}

function nameOf({ protocol, containerPort }: Pick<PortRequest, "protocol" | "containerPort">): string {
  return `${containerPort}/${protocol}`;
}

function parseHostPorts(text: string): PortRequest["hostPorts"] {
  if (text === "" || text === "0") return undefined;
  return parseRange(text, text);
}

function parseRange(range: string, text: string): { from: number; to: number } {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range);
  const from = Number(match?.[1]);
  const to = Number(match?.[2] ?? match?.[1]);
  if (match === null || from < 1 || to > 65535 || from > to) {
    throw new TdockError("invalid-argument", `invalid port specification: ${text}`);
  }
  return { from, to };
}

function checkHostIp(address: string): string {
  if (address === "") return address;
  if (isIP(address) !== 0) return plainAddress(address);
  throw new TdockError("invalid-argument", `invalid IP address: ${address}`);
}

function isProtocol(text: string): text is Protocol {
  return text === "tcp" || text === "udp" || text === "sctp";
}
