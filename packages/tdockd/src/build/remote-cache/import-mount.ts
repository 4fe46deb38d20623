import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { newBuildName } from "../layer/make-layer.ts";
import type { BuildRun } from "../solve/build-run.ts";
import { stageImported } from "./import-layer.ts";

/** Fills the empty folder of a cache mount with what another engine kept of it; whether one did. */
export async function importMount(run: BuildRun, name: string, folder: string): Promise<boolean> {
  const mount = await run.imports.mount(name);
  if (mount === undefined) return false;
  return run.progress.run(`[internal] import cache mount ${mount.description}`, undefined, async ({ log }) => {
    try {
      await using staged = await stageImported(run, mount, join(run.scratch, newBuildName()));
      for (const one of await readdir(staged.folder)) await rename(join(staged.folder, one), join(folder, one));
      return true;
    } catch (thrown) {
      if (run.signal.aborted) throw thrown;
      await log(Buffer.from(`WARNING: it begins empty: ${TdockError.from(thrown).message}\n`));
      return false;
    }
  });
}
