import { readFileSync } from "node:fs";
import { readdir, readlink } from "node:fs/promises";

/** A process that uses a port of the host. */
export interface PortOwner {
  readonly pid: number;
  readonly command: string;
}

/**
 * Who has this port of the host, or `undefined` when it cannot be told. Reads /proc/net and the descriptors of all
 * processes, which takes a while: for error messages only.
 */
export async function findPortOwner(protocol: "tcp" | "udp", port: number): Promise<PortOwner | undefined> {
  const inodes = new Set([protocol, `${protocol}6`].flatMap((table) => inodesOf(readTable(table), port)));
  if (inodes.size === 0) return undefined;
  for (const pid of await readdir("/proc")) {
    if (/^\d+$/.test(pid) && (await hasSocket(pid, inodes))) return { pid: Number(pid), command: commandOf(pid) };
  }
  return undefined;
}

/** Inodes of the sockets of a /proc/net/{tcp,udp} table that are bound to this local port and not connected. */
export function inodesOf(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return table.split("\n").flatMap((line) => {
    const [, local = "", remote = "", , , , , , , inode = ""] = line.trim().split(/\s+/);
    const isUnconnected = remote.endsWith(":0000");
    return isUnconnected && local.endsWith(`:${wanted}`) && inode !== "0" ? [inode] : [];
  });
}

async function hasSocket(pid: string, inodes: ReadonlySet<string>): Promise<boolean> {
  try {
    for (const fd of await readdir(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined && inodes.has(inode)) return true;
    }
  } catch {
    // The process ended meanwhile.
  }
  return false;
}

function readTable(name: string): string {
  try {
    return readFileSync(`/proc/net/${name}`, "utf8");
  } catch {
    return "";
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "a process that has ended";
  }
}
