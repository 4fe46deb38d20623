import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Layout } from "../instance/layout.ts";
import { runProgram } from "../program.ts";

const lists = [["containers"], ["tasks"], ["snapshots"], ["content"], ["images"], ["leases"]] as const;

/** What containerd keeps for an instance, as its own `ctr` sees it, each as "kind name". */
export async function containerdObjects({ execRoot, dataRoot }: Layout): Promise<string[]> {
  const socket = join(execRoot, "containerd/containerd.sock");
  const found = await Promise.all(lists.map(([kind]) => listOf(socket, kind)));
  return [...found.flat(), ...(await ingestsOf(dataRoot))];
}

async function listOf(socket: string, kind: (typeof lists)[number][0]): Promise<string[]> {
  const quiet = kind === "snapshots" ? [] : ["-q"];
  const { stdout, exitCode, stderr } = await runProgram("ctr", ["-a", socket, "-n", "tdock", kind, "ls", ...quiet]);
  if (exitCode !== 0) throw new Error(`ctr ${kind} ls: ${stderr}`);
  const lines = stdout.split("\n").slice(quiet.length === 0 ? 1 : 0);
  return lines.flatMap((line) => line.split(/\s+/)[0] || []).map((name) => `${kind} ${name}`);
}

/** Downloads that were begun and neither finished nor dropped. */
async function ingestsOf(dataRoot: string): Promise<string[]> {
  const folder = join(dataRoot, "containerd/root/io.containerd.content.v1.content/ingest");
  return (await readdir(folder).catch(() => [])).map((name) => `ingest ${name}`);
}
