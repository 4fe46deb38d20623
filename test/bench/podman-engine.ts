import { mustRun, runProgram } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import type { BenchEngine } from "./engine.ts";

/** podman with folders of its own; it has no server. Nothing where it is not installed. */
export async function startPodmanEngine(): Promise<BenchEngine | undefined> {
  if ((await runProgram("which", ["podman"])).exitCode !== 0) return undefined;
  const folder = await scratchFolder("podman");
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
      await folder[Symbol.asyncDispose]();
    },
  };
}
