import { Nft } from "../host/nftables.ts";
import type { Network } from "./network.ts";
import {
  type Element,
  elementCommands,
  networkElements,
  networkRules,
  type PortRule,
  portElements,
  tableScript,
} from "./rules.ts";
import { primaryEndpoint, type Sandbox } from "./sandbox.ts";

/** This tdockd's nftables table: the only place of the host's firewall that is ever changed. */
export class Firewall implements Disposable {
  readonly #nft = new Nft();
  readonly #table: string;
  /** The rules' generation when the table was last known to be right, and its text then. */
  #generation = 0;
  #text = "";
  /** Transactions of our own since then. */
  #ownChanges = 0;

  constructor(table: string) {
    this.#table = table;
  }

  /** Puts the whole table in place, whatever is left of it. */
  rebuild(elements: readonly Element[]): void {
    this.#run(tableScript(this.#table, elements));
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

  publish(sandbox: Sandbox): void {
    this.#change("add", portElements(portRules(sandbox)));
  }

  unpublish(sandbox: Sandbox): void {
    this.#change("delete", portElements(portRules(sandbox)));
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
  }

  /**
   * Whether the table is as this tdockd made it. Costs microseconds while nobody else changes any rules. When both we
   * and others have, since the last time, the answer is no: to make the table anew is cheaper than to be wrong.
   */
  isIntact(): boolean {
    const generation = this.#nft.generation();
    const own = this.#ownChanges;
    const isOursAlone = generation === this.#generation + own;
    const text = isOursAlone && own === 0 ? this.#text : this.#list();
    const isIntact = isOursAlone || (own === 0 && text === this.#text);
    this.#generation = generation;
    this.#text = text;
    this.#ownChanges = 0;
    return isIntact;
  }

  [Symbol.dispose](): void {
    this.#nft[Symbol.dispose]();
  }

  #run(script: string): void {
    this.#nft.run(script);
    this.#ownChanges += 1;
  }

  /** Empty when there is no table. */
  #list(): string {
    try {
      return this.#nft.run(`list table inet ${this.#table}`);
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
    ...sandboxes.flatMap((sandbox) => portElements(portRules(sandbox))),
  ];
}

function hasBridge({ driver, isConfigOnly }: Network): boolean {
  return driver === "bridge" && !isConfigOnly;
}

/** Published ports lead to the container's primary address of the same family. */
function portRules({ endpoints, ports }: Sandbox): PortRule[] {
  const primary = primaryEndpoint(endpoints);
  return ports.flatMap((port) => {
    const address = port.hostIp.includes(":") ? primary?.ipv6?.address : primary?.ipv4?.address;
    return address === undefined ? [] : [{ ...port, address }];
  });
}
