import { randomUUID } from "node:crypto";
import type { Engine } from "../engine.ts";

/** Resolves when containerd's collector has taken all that nothing refers to any more. */
export async function collectGarbage({ containerd: { leases } }: Pick<Engine, "containerd">): Promise<void> {
  const id = `tdock-collect-${randomUUID()}`;
  await leases.create({ id });
  await leases.delete(id, { sync: true });
}
