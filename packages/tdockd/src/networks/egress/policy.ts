import { isIP } from "node:net";
import { TdockError } from "@tdock/errors/error";
import { type Cidr, containsCidr, parseCidr } from "../cidr.ts";

/** A place that a container may send to. */
export interface AllowedPlace {
  /** An address, a range, a name, or `*.name` for all names below. Lower case. */
  readonly host: string;
  readonly kind: "range" | "name";
  /** `undefined`: every port and protocol. */
  readonly port: number | undefined;
}

/** What `--egress` says about the packets that a container sends beyond its own networks. */
export interface EgressPolicy {
  /** Everything is dropped that no place allows. */
  readonly isRestricted: boolean;
  /** Every destination is remembered. */
  readonly isLogged: boolean;
  readonly allowed: readonly AllowedPlace[];
}

/**
 * Reads `deny`, `log`, `allow=HOST[:PORT]`; to allow something is to deny the rest. `undefined` without any.
 * Throws `invalid-argument`.
 */
export function parseEgress(words: readonly string[]): EgressPolicy | undefined {
  if (words.length === 0) return undefined;
  const allowed = words.filter((word) => word.startsWith("allow=")).map((word) => parsePlace(word.slice(6)));
  const unknown = words.find((word) => word !== "deny" && word !== "log" && !word.startsWith("allow="));
  if (unknown !== undefined) {
    throw new TdockError(
      "invalid-argument",
      `invalid egress rule: wanted deny, log or allow=HOST[:PORT], got ${unknown}`,
    );
  }
  return { isRestricted: words.includes("deny") || allowed.length > 0, isLogged: words.includes("log"), allowed };
}

/** Whether an answer about this name may open the way to its addresses. */
export function allowsName(place: AllowedPlace, name: string): boolean {
  if (place.kind !== "name") return false;
  const wanted = name.toLowerCase().replace(/\.$/, "");
  return place.host.startsWith("*.") ? wanted.endsWith(place.host.slice(1)) : wanted === place.host;
}

/**
 * Whether one range lets pass all that another does, by the same port: then the other adds nothing, and the firewall's
 * sets take no range within another.
 */
export function covers(outer: AllowedPlace, { host, port }: Pick<AllowedPlace, "host" | "port">): boolean {
  return outer.kind === "range" && outer.port === port && containsCidr(rangeOf(outer.host), rangeOf(host));
}

function rangeOf(host: string): Cidr {
  return parseCidr(host.includes("/") ? host : `${host}/${isIP(host) === 6 ? 128 : 32}`);
}

function parsePlace(text: string): AllowedPlace {
  const bracketed = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text);
  const plain = /^([^:]+)(?::(\d{1,5}))?$/.exec(text);
  const [, host = "", port] = bracketed ?? plain ?? (isAddressOrRange(text) ? [text, text] : []);
  const number = port === undefined ? undefined : Number(port);
  const isName = /^(\*\.)?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i.test(host);
  if (!(isAddressOrRange(host) || (isName && host.length < 254)) || number === 0 || (number ?? 1) > 65535) {
    throw new TdockError("invalid-argument", `invalid egress rule: allow=${text}`);
  }
  return { host: host.toLowerCase(), kind: isAddressOrRange(host) ? "range" : "name", port: number };
}

function isAddressOrRange(host: string): boolean {
  if (isIP(host) !== 0) return true;
  try {
    parseCidr(host);
    return true;
  } catch {
    return false;
  }
}
