import { Nft } from "../host/nftables.ts";
import { addChains, chainsTable, type DeviceChain, deviceChains, removeChains } from "./device-chains.ts";
import { containerAddresses, dynamicSets, egressElements } from "./egress/rules.ts";
import { type Element, elementCommands, parseElements } from "./element.ts";
import type { Network } from "./network.ts";
import { networkElements, networkRules, type PortRule, portElements, tableScript } from "./rules.ts";
import { primaryEndpoint, type Sandbox } from "./sandbox.ts";

/**
 * This tdockd's nftables table, and the one of that name in the family netdev: the only places of the host's firewall
 * that are ever changed.
 */
export class Firewall implements Disposable {
  readonly #nft = new Nft();
  readonly #table: string;
  /** The rules' generation when the table was last known to be right, and its text then. */
  #generation = 0;
  #text = "";
  /** Transactions of our own since then. */
  #ownChanges = 0;
  /** Devices that have a chain in the family netdev; without any there is no table. */
  #devices = new Set<string>();

  constructor(table: string) {
    this.#table = table;
  }

  /**
   * Puts the whole table in place, whatever is left of it; what came by DNS answers stays for its time. So it does the
   * chains of devices.
   */
  rebuild(elements: readonly Element[], chains: readonly DeviceChain[]): void {
    const kept = dynamicSets.flatMap((set) => this.elementsOf(set)).filter(({ set, text }) => isDynamic(set, text));
    this.#run(tableScript(this.#table, [...elements, ...kept]));
    this.#devices = new Set(chains.map(({ device }) => device));
    this.#changeChains(chainsTable(this.#table, chains));
  }

  /** Adds elements that belong to neither a network nor a container. */
  add(elements: readonly Element[]): void {
    this.#change("add", elements);
  }

  addNetwork(network: Network): void {
    this.#change("add", hasBridge(network) ? networkElements(networkRules(network)) : []);
  }

  removeNetwork(network: Network): void {
    this.#change("delete", hasBridge(network) ? networkElements(networkRules(network)) : []);
  }

  addSandbox(sandbox: Sandbox): void {
    this.#change("add", sandboxElements(sandbox));
    const chains = deviceChains(sandbox);
    if (chains.length === 0) return;
    for (const { device } of chains) this.#devices.add(device);
    this.#changeChains(addChains(this.#table, chains));
  }

  /** Takes back what `addSandbox` added, and what came for this container since. */
  removeSandbox(sandbox: Sandbox): void {
    this.#change("delete", sandboxElements(sandbox));
    const chains = deviceChains(sandbox).filter(({ device }) => this.#devices.delete(device));
    if (chains.length > 0) {
      const isLast = this.#devices.size === 0;
      this.#changeChains(isLast ? chainsTable(this.#table, []) : removeChains(this.#table, chains));
    }
    if (sandbox.egress === undefined) return;
    const addresses = new Set(containerAddresses(sandbox.endpoints));
    const left = dynamicSets.flatMap((set) => this.elementsOf(set));
    this.#change(
      "delete",
      left.filter(({ text }) => addresses.has(text.split(" ")[0] ?? "")),
    );
  }

  /** Adds elements with a timeout, or gives those that are there their new one. */
  refresh(elements: readonly Element[]): void {
    if (elements.length === 0) return;
    const add = elementCommands("add", this.#table, elements);
    this.#run(`${add}${elementCommands("delete", this.#table, elements)}${add}`);
  }

  /** What is in a set now. */
  elementsOf(set: string): Element[] {
    try {
      return parseElements(set, this.#nft.run(`list set inet ${this.#table} ${set}`));
    } catch {
      return [];
    }
  }

  /** Takes back what `add` added. Does nothing when somebody else already has. */
  remove(elements: readonly Element[]): void {
    try {
      this.#change("delete", elements);
    } catch {
      // Gone, with the table or alone; nothing refers to these elements any more.
    }
  }

  /** Takes the table away. */
  clear(): void {
    this.#run(`add table inet ${this.#table}\ndelete table inet ${this.#table}\n`);
    this.#changeChains(chainsTable(this.#table, []));
  }

  /**
   * What became of the table since the last look. Costs microseconds while nobody else changes any rules. When both we
   * and others have, it counts as damaged: to make the table anew is cheaper than to be wrong.
   */
  inspect(): "untouched" | "others-changed" | "damaged" {
    const generation = this.#nft.generation();
    const own = this.#ownChanges;
    const isOursAlone = generation === this.#generation + own;
    const text = isOursAlone && own === 0 ? this.#text : this.#list();
    const isDamaged = !isOursAlone && (own > 0 || text !== this.#text);
    this.#generation = generation;
    this.#text = text;
    this.#ownChanges = 0;
    if (isDamaged) return "damaged";
    return isOursAlone ? "untouched" : "others-changed";
  }

  [Symbol.dispose](): void {
    this.#nft[Symbol.dispose]();
  }

  #run(script: string): void {
    this.#nft.run(script);
    this.#ownChanges += 1;
  }

  /** Kernels without the family netdev have no answers for ::1 and let forged addresses pass; all else works there. */
  #changeChains(script: string): void {
    try {
      this.#run(script);
    } catch {
      // Said by the one who asks ::1 and hears nothing; the ports of all other addresses work.
    }
  }

  /** Empty when there are no tables. */
  #list(): string {
    return withoutDynamic(this.#listTable("inet")) + this.#listTable("netdev");
  }

  #listTable(family: "inet" | "netdev"): string {
    try {
      return this.#nft.run(`list table ${family} ${this.#table}`);
    } catch {
      return "";
    }
  }

  #change(verb: "add" | "delete", elements: readonly Element[]): void {
    if (elements.length > 0) this.#run(elementCommands(verb, this.#table, elements));
  }
}

/** The elements that these networks and containers need in the table. */
export function tableElements(networks: readonly Network[], sandboxes: readonly Sandbox[]): Element[] {
  return [
    ...networks.filter(hasBridge).flatMap((network) => networkElements(networkRules(network))),
    ...sandboxes.flatMap(sandboxElements),
  ];
}

function sandboxElements(sandbox: Sandbox): Element[] {
  return [...portElements(portRules(sandbox)), ...egressElements(sandbox.endpoints, sandbox.egress)];
}

function isDynamic(set: string, text: string): boolean {
  return set.startsWith("egress_seen") || text.includes(" timeout ");
}

/** What a listing says apart from the elements that come and go by themselves. */
function withoutDynamic(listing: string): string {
  return listing.replace(/set egress_(any|port|seen)[46] \{.*?\n\t\}/gs, "");
}

function hasBridge({ driver, isConfigOnly }: Network): boolean {
  return driver === "bridge" && !isConfigOnly;
}

/** Published ports lead to the container's primary address of the same family. */
function portRules({ endpoints, ports }: Sandbox): PortRule[] {
  const primary = primaryEndpoint(endpoints);
  return ports.flatMap((port) => {
    const family = port.hostIp.includes(":") ? 6 : 4;
    const address = primary?.[`ipv${family}`]?.address;
    return address === undefined ? [] : [{ ...port, address, isRouted: primary?.routed?.includes(family) === true }];
  });
}
