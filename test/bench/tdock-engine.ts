import { newLayout } from "../harness/instance/layout.ts";
import { processesWith, programOf } from "../harness/instance/processes.ts";
import { programs } from "../harness/instance/programs.ts";
import { startTdockd } from "../harness/instance/tdockd.ts";
import type { BenchEngine } from "./engine.ts";
import { makeVolatileFolder } from "./volatile-folder.ts";

/** A fresh tdockd with folders of its own. */
export async function startTdockEngine(): Promise<BenchEngine> {
  const layout = newLayout();
  await makeVolatileFolder(layout.execRoot);
  const tdockd = await startTdockd({ layout });
  const { Version } = (await tdockd.api("GET", "/version")).body;
  return {
    name: "tdock",
    version: `tdock ${Version} on Node ${process.versions.node}`,
    command: [programs.tdock],
    env: tdockd.clientEnv,
    serverPids: async () => {
      const all = await processesWith(`${tdockd.layout.root}/`);
      return all.filter((process) => !programOf(process).startsWith("containerd-shim")).map(({ pid }) => pid);
    },
    [Symbol.asyncDispose]: () => tdockd[Symbol.asyncDispose](),
  };
}
