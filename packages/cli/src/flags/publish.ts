import type { PortMap } from "@tdock/api/host-config";
import { invalid } from "./invalid.ts";
import { isIP } from "./ip.ts";
import { splitPair } from "./pairs.ts";

/** One container port and where it is published. */
interface PublishedPort {
  /** `80/tcp`. */
  readonly port: string;
  readonly HostIp: string;
  /** A number, a range to choose from (`8000-8010`), or empty for any. */
  readonly HostPort: string;
}

/**
 * `-p` in all its forms: `80`, `8080:80/udp`, `127.0.0.1:8080-8090:80-90`, `[::1]:80:80`,
 * `published=80,target=80,protocol=tcp` (go-connections `nat.ParsePortSpecs`). Throws `invalid-argument`.
 */
export function parsePublished(specs: readonly string[]): PortMap {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = Object.create(null);
  for (const { port, ...binding } of specs.flatMap((spec) => parsePublish(toShortForm(spec)))) {
    bindings[port] ??= [];
    bindings[port].push(binding);
  }
  return bindings;
}

/** `--expose 80`, `80-90/udp` as the ports it names. Throws `invalid-argument`. */
export function parseExposed(text: string): string[] {
  try {
    const [range, protocol] = splitProtocol(text);
    return portsOf(parseRange(range, text), protocol);
  } catch (cause) {
    throw invalid(`invalid range format for --expose: ${(cause as Error).message}`, cause);
  }
}

function toShortForm(spec: string): string {
  if (!spec.includes("=")) return spec;
  const options: Record<string, string> = { protocol: "tcp" };
  for (const part of spec.split(",")) {
    const [name, value] = splitPair(part);
    if (value === undefined || name === "") {
      throw invalid(`invalid publish opts format (should be name=value but got '${part}')`);
    }
    options[name] = value;
  }
  return `${options.published ?? ""}:${options.target ?? ""}/${options.protocol}`;
}

function parsePublish(spec: string): PublishedPort[] {
  const parts = spec.split(":");
  const [containerPart = "", hostPart = "", ...addressParts] = parts.reverse();
  const address = parseAddress(addressParts.reverse().join(":"));
  const [containerRange, protocol] = splitProtocol(containerPart);
  if (containerRange === "") throw invalid(`no port specified: ${spec}<empty>`);
  const inside = parseRange(containerRange, `invalid containerPort: ${containerRange}`);
  if (hostPart === "") return portsOf(inside, protocol).map((port) => ({ port, HostIp: address, HostPort: "" }));
  const outside = parseRange(hostPart, `invalid hostPort: ${hostPart}`);
  const isChoice = inside.first === inside.last && outside.first !== outside.last;
  if (!isChoice && inside.last - inside.first !== outside.last - outside.first) {
    throw invalid(`invalid ranges specified for container and host Ports: ${containerRange} and ${hostPart}`);
  }
  return portsOf(inside, protocol).map((port, index) => ({
    port,
    HostIp: address,
    HostPort: isChoice ? `${outside.first}-${outside.last}` : String(outside.first + index),
  }));
}

function parseAddress(text: string): string {
  const address = text.replace(/^\[(.*)\]$/, "$1");
  if (address !== "" && isIP(address) === 0) throw invalid(`invalid IP address: ${address}`);
  return address;
}

function splitProtocol(text: string): [range: string, protocol: string] {
  const [range, given = "tcp"] = splitPair(text, "/");
  const protocol = given.toLowerCase() || "tcp";
  if (!["tcp", "udp", "sctp"].includes(protocol)) throw invalid(`invalid proto: ${protocol}`);
  return [range, protocol];
}

interface Range {
  readonly first: number;
  readonly last: number;
}

function parseRange(text: string, message: string): Range {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? first);
  if (match === null || first > 65_535 || last > 65_535 || last < first) throw invalid(message);
  return { first, last };
}

function portsOf({ first, last }: Range, protocol: string): string[] {
  return Array.from({ length: last - first + 1 }, (_, index) => `${first + index}/${protocol}`);
}
