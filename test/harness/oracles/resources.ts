import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { cgroupsBelow } from "../instance/cgroups.ts";
import type { Layout } from "../instance/layout.ts";
import { mountsBelow } from "../instance/mounts.ts";
import { processesWith, programOf } from "../instance/processes.ts";
import { runProgram } from "../program.ts";
import { containerdObjects } from "./containerd-objects.ts";
import { filesBelow } from "./files.ts";
import { openFiles } from "./open-files.ts";

/**
 * Everything that an instance holds of this machine, one sorted line for each thing: mounts, links, namespaces,
 * cgroups, firewall elements, listeners, processes, containerd's objects, files, open files, loop devices.
 */
export async function resourcesOf(layout: Layout, serverPid: number): Promise<string[]> {
  const lists = await Promise.all([
    labelled("mount", mountsBelow(layout.root)),
    labelled("link", linksOf(layout)),
    labelled("namespace", namespacesOf(layout)),
    labelled("cgroup", cgroupsOf(layout)),
    labelled("firewall", firewallOf(layout)),
    labelled("listener", listenersOf(serverPid)),
    labelled("process", programsOf(layout)),
    labelled("containerd", containerdObjects(layout)),
    labelled("file", filesBelow(layout)),
    labelled("open file", openFiles(serverPid)),
    labelled("loop device", loopDevicesOf(layout)),
  ]);
  return lists.flat().sort();
}

async function labelled(kind: string, names: Promise<readonly string[]>): Promise<string[]> {
  return (await names).map((name) => `${kind} ${name}`);
}

/** The ports of the instance's bridges, and virtual links that no bridge and no namespace holds any more. */
async function linksOf({ bridge }: Layout): Promise<string[]> {
  const { stdout } = await runProgram("ip", ["-j", "link", "show", "master", bridge]);
  const ports = JSON.parse(stdout || "[]") as { ifname?: string }[];
  return ports.flatMap(({ ifname }) => ifname ?? []);
}

/** The cgroups below the instance's own, which stays. */
async function cgroupsOf({ cgroupParent }: Layout): Promise<string[]> {
  return (await cgroupsBelow(cgroupParent)).filter((path) => !path.endsWith(cgroupParent));
}

async function namespacesOf({ execRoot }: Layout): Promise<string[]> {
  return await readdir(join(execRoot, "netns")).catch(() => []);
}

async function firewallOf({ nftTable }: Layout): Promise<string[]> {
  const names = [`inet ${nftTable}`, `netdev ${nftTable}`];
  return (await Promise.all(names.map(linesOfTable))).flat();
}

/**
 * The second one holds what answers at ::1, and need not be there. A third, with what is taken over from the host's own
 * firewall, comes and goes with the rules of other tests; the tests of that look at it.
 */
async function linesOfTable(table: string): Promise<string[]> {
  const { stdout, exitCode } = await runProgram("nft", ["-s", "list", "table", ...table.split(" ")]);
  return exitCode === 0 ? stdout.split("\n").map((line, index) => `${table} ${index}: ${line.trim()}`) : [];
}

async function listenersOf(pid: number): Promise<string[]> {
  const { stdout } = await runProgram("ss", ["-ltnupH"]);
  const own = stdout.split("\n").filter((line) => line.includes(`pid=${pid},`));
  return own.map((line) => line.split(/\s+/)[4] ?? "");
}

/** Without what this very look runs at the same time. */
async function programsOf({ root }: Layout): Promise<string[]> {
  return (await processesWith(`${root}/`)).map(programOf).filter((program) => program !== "ctr");
}

async function loopDevicesOf({ root }: Layout): Promise<string[]> {
  const devices = (await readdir("/sys/block")).filter((name) => name.startsWith("loop"));
  const backing = await Promise.all(
    devices.map((name) => readFile(`/sys/block/${name}/loop/backing_file`, "utf8").catch(() => "")),
  );
  return backing.filter((path) => path.startsWith(root)).map((path) => relative(root, path.trim()));
}
