import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "../engine.ts";

/** What a container's log takes on the disk, with all that rotation keeps; nothing of one that is just being removed. */
export async function logBytes({ containers }: Pick<Engine, "containers">, id = ""): Promise<number> {
  const folder = containers.folderOf(id);
  const names = await readdir(folder).catch(() => []);
  const logs = names.filter((name) => /^container\.log|-json\.log/.test(name));
  const files = await Promise.all(logs.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return files.reduce((sum, file) => sum + (file?.blocks ?? 0) * 512, 0);
}
