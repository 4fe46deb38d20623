import { mkdir } from "node:fs/promises";
import { mustRun } from "../harness/program.ts";

/** Where an engine keeps what need not outlive the machine: in memory, as /run is where engines are installed. */
export async function makeVolatileFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
  await mustRun("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", path]);
}
