import { parseCsvLine } from "./csv.ts";
import { parseInteger } from "./flag.ts";
import { invalid } from "./invalid.ts";
import { isIP } from "./ip.ts";
import { splitPair } from "./pairs.ts";

/** How a container is to be attached to one network, as `--network` says it. */
export interface NetworkAttachment {
  readonly target: string;
  readonly aliases: readonly string[];
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly macAddress?: string;
  readonly linkLocalIps?: readonly string[];
  readonly driverOpts?: Readonly<Record<string, string>>;
  readonly gatewayPriority?: number;
}

/** `bridge`, or `name=net,alias=web,ip=10.0.0.2` (docker/cli `opts/network.go`). Throws `invalid-argument`. */
export function parseNetwork(text: string): NetworkAttachment {
  if (!/\w+=\w+/.test(text)) return { target: text, aliases: [] };
  const attachment = parseCsvLine(text).reduce(addField, { target: "", aliases: [] } as NetworkAttachment);
  if (attachment.target === "") throw invalid("network name/id is not specified");
  return attachment;
}

function addField(before: NetworkAttachment, field: string): NetworkAttachment {
  const [name, value] = splitPair(field.toLowerCase());
  if (value === undefined || name === "") throw invalid(`invalid field ${field}`);
  const read = fields[name.trim()];
  if (read === undefined) throw invalid(`invalid field key ${name.trim()}`);
  return { ...before, ...read(value.trim(), before) };
}

type FieldReader = (value: string, before: NetworkAttachment) => Partial<NetworkAttachment>;

const fields: Readonly<Record<string, FieldReader>> = Object.assign(Object.create(null), {
  name: (value) => ({ target: value }),
  alias: (value, { aliases }) => ({ aliases: [...aliases, value] }),
  ip: (value) => ({ ipv4: parseIp(value) }),
  ip6: (value) => ({ ipv6: parseIp(value) }),
  "mac-address": (value) => ({ macAddress: parseMac(value) }),
  "link-local-ip": (value, { linkLocalIps = [] }) => ({ linkLocalIps: [...linkLocalIps, parseIp(value)] }),
  "driver-opt": (value, { driverOpts }) => ({ driverOpts: { ...driverOpts, ...parseDriverOpt(value) } }),
  "gw-priority": (value) => ({ gatewayPriority: parsePriority(value) }),
} satisfies Record<string, FieldReader>);

/** An address of either family. Throws `invalid-argument`. */
export function parseIp(text: string): string {
  if (isIP(text) === 0) throw invalid(`ParseAddr("${text}"): unable to parse IP`);
  return text;
}

export function parseIpv4(text: string): string {
  if (isIP(text.trim()) !== 4) throw invalid(`failed to parse IP: "${text}"`);
  return text.trim();
}

export function parseIpv6(text: string): string {
  if (isIP(text.trim()) !== 6) throw invalid(`failed to parse IP: "${text}"`);
  return text.trim();
}

/** `02:42:ac:11:00:02` or with dashes; written with colons. Throws `invalid-argument`. */
export function parseMac(text: string): string {
  const trimmed = text.trim();
  if (!/^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$/i.test(trimmed))
    throw invalid(`${text} is not a valid mac address`);
  return trimmed.replaceAll("-", ":").toLowerCase();
}

function parseDriverOpt(text: string): Record<string, string> {
  const [name, value] = splitPair(text);
  if (value === undefined || name === "") throw invalid("invalid key value pair format in driver options");
  return { [name.trim()]: value.trim() };
}

function parsePriority(text: string): number {
  try {
    return parseInteger(text);
  } catch (cause) {
    throw invalid(`invalid gw-priority (${text}): invalid syntax`, cause);
  }
}
