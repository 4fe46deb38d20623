import { processesWith, programOf } from "../harness/instance/processes.ts";
import { programs } from "../harness/instance/programs.ts";
import { startTdockd } from "../harness/instance/tdockd.ts";
import type { BenchEngine } from "./engine.ts";

/** A fresh tdockd with folders of its own. */
export async function startTdockEngine(): Promise<BenchEngine> {
  const tdockd = await startTdockd();
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
