import { unmountBelow } from "../harness/instance/mounts.ts";
import { mustRun, runProgram } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import type { BenchEngine } from "./engine.ts";
import { makeVolatileFolder } from "./volatile-folder.ts";

/** podman with folders of its own; it has no server. Nothing where it is not installed. */
export async function startPodmanEngine(): Promise<BenchEngine | undefined> {
  if ((await runProgram("which", ["podman"])).exitCode !== 0) return undefined;
  const folder = await scratchFolder("podman");
  await makeVolatileFolder(`${folder.path}/run`);
  const command = [
    "podman",
    `--root=${folder.path}/data`,
    `--runroot=${folder.path}/run`,
    `--tmpdir=${folder.path}/tmp`,
  ];
  const [file = "", ...args] = command;
  return {
    name: "podman",
    version: (await mustRun(file, [...args, "--version"])).trim(),
    command,
    env: {},
    serverPids: async () => [],
    [Symbol.asyncDispose]: async () => {
      await runProgram(file, [...args, "system", "reset", "--force"], { timeoutMs: 120_000 });
      await unmountBelow(folder.path);
      await folder[Symbol.asyncDispose]();
    },
  };
}
