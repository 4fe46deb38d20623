import { mkdirSync, readdirSync, readFileSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { isTemporaryName, writeFileAtomicSync } from "../host/atomic-file.ts";
import type { Endpoint, Sandbox } from "./sandbox.ts";

/** An endpoint with the container it belongs to. */
export interface Member {
  readonly sandbox: Sandbox;
  readonly endpoint: Endpoint;
}

/**
 * The networks of the containers that run: one JSON file each in the exec root, and an index in memory.
 * Every change is synchronous, so that picking a free address or port and taking it cannot be torn apart.
 */
export class SandboxStore {
  readonly #folder: string;
  readonly #sandboxes = new Map<string, Sandbox>();
  /** network id -> container id -> its endpoint */
  readonly #members = new Map<string, Map<string, Member>>();
  /** `network id/address` */
  readonly #taken = new Set<string>();
  readonly #lastGiven = new Map<string, string>();

  /** Reads what an earlier tdockd left; a damaged file is dropped, its kernel objects go with the sweep. */
  static open(folder: string, log: Logger): SandboxStore {
    const store = new SandboxStore(folder);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const name of readdirSync(folder)) store.#load(name, log);
    return store;
  }

  private constructor(folder: string) {
    this.#folder = folder;
  }

  get(containerId: string): Sandbox | undefined {
    return this.#sandboxes.get(containerId);
  }

  list(): readonly Sandbox[] {
    return [...this.#sandboxes.values()];
  }

  /** Who is attached to a network. */
  membersOf(networkId: string): readonly Member[] {
    return [...(this.#members.get(networkId)?.values() ?? [])];
  }

  isAddressTaken(networkId: string, address: string): boolean {
    return this.#taken.has(`${networkId}/${address}`);
  }

  /** The address of this subnet that was given last, since the start of tdockd. */
  lastGiven(networkId: string, subnet: string): string | undefined {
    return this.#lastGiven.get(`${networkId}/${subnet}`);
  }

  rememberGiven(networkId: string, subnet: string, address: string): void {
    this.#lastGiven.set(`${networkId}/${subnet}`, address);
  }

  /** Adds a record or replaces the container's former one. */
  put(sandbox: Sandbox): void {
    this.#unindex(sandbox.containerId);
    this.#index(sandbox);
    writeFileAtomicSync(this.#pathOf(sandbox.containerId), JSON.stringify(sandbox), { durable: false });
  }

  /** Forgets a container's network; its addresses are free. Does nothing when there is none. */
  remove(containerId: string): void {
    if (!this.#sandboxes.has(containerId)) return;
    this.#unindex(containerId);
    try {
      unlinkSync(this.#pathOf(containerId));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }

  #index(sandbox: Sandbox): void {
    this.#sandboxes.set(sandbox.containerId, sandbox);
    for (const endpoint of sandbox.endpoints) {
      const members = this.#members.get(endpoint.networkId) ?? new Map<string, Member>();
      members.set(sandbox.containerId, { sandbox, endpoint });
      this.#members.set(endpoint.networkId, members);
      for (const address of addressesOf(endpoint)) this.#taken.add(`${endpoint.networkId}/${address}`);
    }
  }

  #unindex(containerId: string): void {
    for (const endpoint of this.#sandboxes.get(containerId)?.endpoints ?? []) {
      const members = this.#members.get(endpoint.networkId);
      members?.delete(containerId);
      if (members?.size === 0) this.#members.delete(endpoint.networkId);
      for (const address of addressesOf(endpoint)) this.#taken.delete(`${endpoint.networkId}/${address}`);
    }
    this.#sandboxes.delete(containerId);
  }

  #load(fileName: string, log: Logger): void {
    const path = join(this.#folder, fileName);
    try {
      if (isTemporaryName(fileName)) throw new SyntaxError("left over from a crash");
      const sandbox = JSON.parse(readFileSync(path, "utf8")) as Sandbox;
      if (`${sandbox.containerId}.json` !== fileName || !Array.isArray(sandbox.endpoints)) {
        throw new SyntaxError("not a sandbox's record");
      }
      this.#index(sandbox);
    } catch (err) {
      log.warn({ err, path }, "damaged sandbox record dropped");
      unlinkSync(path);
    }
  }

  #pathOf(containerId: string): string {
    return join(this.#folder, `${containerId}.json`);
  }
}

function addressesOf({ ipv4, ipv6 }: Endpoint): string[] {
  return [ipv4?.address, ipv6?.address].filter((address) => address !== undefined);
}
