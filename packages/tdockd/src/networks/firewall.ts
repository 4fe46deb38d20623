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

  constructor(table: string) {
    this.#table = table;
  }

  /** Puts the whole table in place, whatever is left of it. */
  rebuild(elements: readonly Element[]): void {
    this.#nft.run(tableScript(this.#table, elements));
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
    this.#nft.run(`add table inet ${this.#table}\ndelete table inet ${this.#table}\n`);
  }

  [Symbol.dispose](): void {
    this.#nft[Symbol.dispose]();
  }

  #change(verb: "add" | "delete", elements: readonly Element[]): void {
    if (elements.length > 0) this.#nft.run(elementCommands(verb, this.#table, elements));
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
