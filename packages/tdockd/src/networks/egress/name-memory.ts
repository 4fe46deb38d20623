import { readAnswer } from "./openings.ts";

/** Addresses remembered of one container; the oldest give way. */
const maxAddresses = 4096;

/** By which name a container found an address: what it sent to can then be told in its own words. */
export class NameMemory {
  readonly #names = new Map<string, Map<string, string>>();

  remember(containerId: string, reply: Buffer): void {
    const names = this.#names.get(containerId) ?? new Map<string, string>();
    this.#names.set(containerId, names);
    const { name, addresses } = readAnswer(reply);
    for (const { address } of addresses) {
      names.delete(address);
      names.set(address, name);
    }
    for (const address of names.keys()) {
      if (names.size <= maxAddresses) break;
      names.delete(address);
    }
  }

  nameOf(containerId: string, address: string): string | undefined {
    return this.#names.get(containerId)?.get(address);
  }

  forget(containerId: string): void {
    this.#names.delete(containerId);
  }
}
