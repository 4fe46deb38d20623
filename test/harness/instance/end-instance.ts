import { rm } from "node:fs/promises";
import { runProgram } from "../program.ts";
import { cgroupsBelow, pidsIn, removeCgroups, thaw } from "./cgroups.ts";
import type { Layout } from "./layout.ts";
import { mountsBelow, unmountBelow } from "./mounts.ts";
import { killAll, processesWith } from "./processes.ts";

/** Ends all that an instance has on this machine, whatever state it is in: nothing of it stays. */
export async function endInstance(layout: Layout): Promise<void> {
  await endUntilReboot(layout);
  await removeFolder(layout.root);
}

/** Ends all that does not outlive the machine itself: processes, mounts, devices, rules, and the exec root. */
export async function endUntilReboot(layout: Layout): Promise<void> {
  await killEverything(layout);
  await removeCgroups(await cgroupsBelow(layout.cgroupParent));
  await unmountBelow(layout.root);
  for (const table of [`inet ${layout.nftTable}`, `inet ${layout.nftTable}-host`, `netdev ${layout.nftTable}`])
    await runProgram("nft", ["delete", "table", ...table.split(" ")]);
  await removeLinks(layout);
  await removeFolder(layout.execRoot);
}

/**
 * Servers first, or they would start again what is killed, and until there are none: one that was just being started is
 * seen only then. Then whatever sits in the containers' cgroups.
 */
async function killEverything(layout: Layout): Promise<void> {
  const servers = async () => (await processesWith(`${layout.root}/`)).map(({ pid }) => pid);
  for (let pids = await servers(); pids.length > 0; pids = await servers()) await killAll(pids);
  const cgroups = await cgroupsBelow(layout.cgroupParent);
  await thaw(cgroups);
  await killAll(await pidsIn(cgroups));
}

/** Its bridges, which carry its mark, and what is plugged into them. */
async function removeLinks({ bridge, nftTable }: Layout): Promise<void> {
  const links = (await runProgram("ip", ["-o", "link", "show", "type", "bridge"])).stdout.split("\n");
  const marked = links.filter((line) => line.includes(`alias ${nftTable} network `));
  const bridges = marked.map((line) => /^\d+: ([^:@\s]+)/.exec(line)?.[1] ?? "");
  for (const name of new Set([bridge, ...bridges])) {
    const ports = await runProgram("ip", ["-o", "link", "show", "master", name]);
    const members = [...ports.stdout.matchAll(/^\d+: ([^:@\s]+)/gm)].map(([, member = ""]) => member);
    for (const link of [...members, name]) await runProgram("ip", ["link", "delete", link]);
  }
}

async function removeFolder(root: string): Promise<void> {
  const mounts = await mountsBelow(root);
  if (mounts.length > 0) throw new Error(`still mounted, so nothing is deleted: ${mounts.join(", ")}`);
  await rm(root, { recursive: true, force: true });
}
