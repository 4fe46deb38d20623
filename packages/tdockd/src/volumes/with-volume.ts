import { randomUUID } from "node:crypto";
import type { Engine } from "../engine.ts";
import { isMounted } from "./volume.ts";

export type UseEngine = Pick<Engine, "volumes">;

/**
 * Runs `use` with a volume's data folder, mounted where the volume has driver options; meanwhile the volume counts as
 * used and cannot be removed. Throws `not-found`.
 */
export async function withVolume<T>(
  { volumes }: UseEngine,
  name: string,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const volume = volumes.get(name);
  const folder = volumes.dataFolder(name);
  const user = `operation-${randomUUID()}`;
  volumes.hold(user, name);
  try {
    if (isMounted(volume)) await volumes.mounted.acquire(volume, folder, user);
    return await use(folder);
  } finally {
    if (isMounted(volume)) await volumes.mounted.release(name, folder, user);
    volumes.letGo(user);
  }
}
