import { containsAddress, parseCidr } from "../cidr.ts";
import type { Network } from "../network.ts";
import type { Sandbox } from "../sandbox.ts";
import type { Member } from "../sandbox-store.ts";

/** What a client may see: the networks it is in, in the order they are asked. */
export interface Scope {
  readonly networks: readonly Network[];
  membersOf(networkId: string): readonly Member[];
  /** Names that the client alone has for others of a network, `CONTAINER:ALIAS`. */
  linksOf?(networkId: string): readonly string[];
}

/** The addresses that a name has for this client, of both families; `undefined` when no container has the name. */
export function lookUpName({ networks, membersOf, linksOf }: Scope, name: string): string[] | undefined {
  const wanted = name.toLowerCase().replace(/\.$/, "");
  for (const network of networks) {
    // A container is found by `name` and, across the networks of the client, by `name.network`.
    const suffix = `.${network.name.toLowerCase()}`;
    const short = wanted.endsWith(suffix) ? wanted.slice(0, -suffix.length) : wanted;
    const linked = (linksOf?.(network.id) ?? [])
      .map(splitLink)
      .filter(({ alias }) => alias === wanted || alias === short);
    const found = membersOf(network.id).filter((member) =>
      linked.length > 0
        ? linked.some(({ target }) => isNamed(member, target))
        : isNamed(member, wanted) || isNamed(member, short),
    );
    if (found.length > 0) return shuffled(found.flatMap(addressesOf));
  }
  return undefined;
}

/**
 * Name of the container with this address, as `name.network`; `"nobody"` when the address is of one of the client's
 * networks but nobody has it; `undefined` for addresses elsewhere.
 */
export function lookUpAddress(
  { networks, membersOf }: Scope,
  address: string,
): { readonly name: string } | "nobody" | undefined {
  for (const network of networks) {
    if (!network.subnets.some(({ subnet }) => containsAddress(parseCidr(subnet), address))) continue;
    const member = membersOf(network.id).find((one) => addressesOf(one).includes(address));
    return member === undefined ? "nobody" : { name: `${member.sandbox.containerName}.${network.name}` };
  }
  return undefined;
}

/** The address that a name of in-addr.arpa or ip6.arpa stands for. */
export function addressOfReverseName(name: string): string | undefined {
  const lower = name.toLowerCase().replace(/\.$/, "");
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/.exec(lower);
  if (v4 !== null) return v4.slice(1, 5).reverse().join(".");
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(lower);
  if (v6 === null) return undefined;
  const hex = (v6[1] as string).split(".").reverse().join("");
  return (hex.match(/.{4}/g) as string[]).map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}

/** Who asks, by the address it asks from. */
export function sandboxAt(members: readonly Member[], address: string): Sandbox | undefined {
  return members.find((member) => addressesOf(member).includes(address))?.sandbox;
}

function addressesOf({ endpoint }: Member): string[] {
  return [endpoint.ipv4?.address, endpoint.ipv6?.address].filter((one) => one !== undefined);
}

function isNamed({ sandbox, endpoint }: Member, name: string): boolean {
  return endpoint.dnsNames.includes(name) || sandbox.containerId === name;
}

/** Without an alias, a link's target is found by its own name. */
function splitLink(link: string): { target: string; alias: string } {
  const [target = "", alias = target] = link.toLowerCase().split(":");
  return { target, alias };
}

/** Several containers of one alias share the load. */
function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(Math.random() * (i + 1));
    [items[i], items[j]] = [items[j] as T, items[i] as T];
  }
  return items;
}
