import { mustRun, runProgram } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import type { ForeignEngine } from "./foreign-engine.ts";

/** Debian's podman with folders of its own; it has no server. */
export async function openPodman(): Promise<ForeignEngine> {
  const folder = await scratchFolder("podman");
  const folders = { root: "data", runroot: "run", tmpdir: "tmp", "network-config-dir": "networks" };
  const own = Object.entries(folders).map(([flag, name]) => `--${flag}=${folder.path}/${name}`);
  return {
    run: (args) => mustRun("podman", [...own, ...args]),
    [Symbol.asyncDispose]: async () => {
      await runProgram("podman", [...own, "system", "reset", "--force"]);
      await folder[Symbol.asyncDispose]();
    },
  };
}
