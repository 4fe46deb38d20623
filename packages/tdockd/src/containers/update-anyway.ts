import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import type { Container } from "./container.ts";

/**
 * Changes a record to what has come about, or is about to whatever the disk says. What cannot be written down is logged
 * and holds for as long as tdockd lives; the next one finds it out again. Throws `not-found`.
 */
export async function updateAnyway(
  { containers, log }: Pick<Engine, "containers" | "log">,
  id: string,
  change: (record: Container) => Container,
): Promise<Container> {
  try {
    return await containers.update(id, change);
  } catch (err) {
    if (err instanceof TdockError) throw err;
    log.error({ id, err }, "a container's record was not written");
    return containers.get(id);
  }
}
