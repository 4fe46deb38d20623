import { randomUUID } from "node:crypto";
import type { Containerd } from "@tdock/containerd/connect";
import { isError } from "@tdock/errors/error";

const prefix = "tdock-arriving-";

/**
 * The lease that keeps what arrives from containerd's collector until an image refers to it. One for all that is under
 * way at a time, since pulls share layers: it is made for the first and deleted after the last. It never expires, as
 * a pull may take days; what a tdockd that was killed leaves, the next one deletes.
 */
export class ArrivalLease {
  readonly #leases: Containerd["leases"];
  #users = 0;
  #id: Promise<string> | undefined;

  constructor({ leases }: Pick<Containerd, "leases">) {
    this.#leases = leases;
  }

  /** Deletes what an earlier tdockd left. Call before the first use. */
  async recover(): Promise<void> {
    for (const { id } of await this.#leases.list()) if (id.startsWith(prefix)) await this.#delete(id);
  }

  /** Runs `work` with the ID of a lease that lives at least as long. */
  async with<T>(work: (lease: string) => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      this.#id ??= this.#create();
      return await work(await this.#id);
    } finally {
      this.#users -= 1;
      if (this.#users === 0) await this.#end();
    }
  }

  async #create(): Promise<string> {
    const id = prefix + randomUUID();
    try {
      await this.#leases.create({ id });
      return id;
    } catch (thrown) {
      this.#id = undefined;
      throw thrown;
    }
  }

  async #end(): Promise<void> {
    const id = await this.#id?.catch(() => undefined);
    if (this.#users > 0 || id === undefined) return;
    this.#id = undefined;
    await this.#delete(id);
  }

  async #delete(id: string): Promise<void> {
    await this.#leases.delete(id).catch((thrown) => {
      if (!isError(thrown, "not-found")) throw thrown;
    });
  }
}
