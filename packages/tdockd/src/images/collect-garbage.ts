import { randomUUID } from "node:crypto";
import type { Engine } from "../engine.ts";

type CollectEngine = Pick<Engine, "containerd" | "now">;

const lifeMs = 60_000;

/** Resolves when containerd's collector has taken all that nothing refers to any more. */
export async function collectGarbage({ containerd: { leases }, now }: CollectEngine): Promise<void> {
  const id = `tdock-collect-${randomUUID()}`;
  // Where tdockd is killed in between, a later collection takes the lease.
  await leases.create({ id, expiresAt: new Date(now().getTime() + lifeMs) });
  await leases.delete(id, { sync: true });
}

const lagMs = 2000;
let later: NodeJS.Timeout | undefined;

/**
 * Has containerd collect once nothing was removed for a while. Its own collector forgets a removal that falls into a
 * collection that is under way (gc/scheduler: the time of the last one is taken at its end), and what only that held
 * would stay until something else is removed.
 */
export function collectGarbageLater(engine: CollectEngine): void {
  clearTimeout(later);
  // What is missed now is collected after the next removal.
  later = setTimeout(() => void collectGarbage(engine).catch(() => undefined), lagMs).unref();
}
