import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from "node:fs";
import { TdockError } from "@tdock/errors/error";
import { lockExclusively } from "./exclusive-lock.ts";
import { findLink } from "./netlink/links.ts";
import { NetlinkSocket } from "./netlink/socket.ts";

/**
 * Claims a bridge for this process: from it the firewall table, cgroups and marks have their names, so that two tdockd
 * of one bridge, whatever their folders, would take away each other's. The lock is on a file that the kernel has for each
 * bridge of this network namespace, that only root can open, and that goes with it.
 */
export class BridgeClaim implements Disposable {
  readonly #name: string;
  #fd: number | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Takes hold of the bridge as it is now; nothing is held where there is none yet. Throws `conflict`: see above. */
  hold(): void {
    const folder = `/sys/class/net/${this.#name}`;
    const path = `${folder}/bridge/flush`;
    const inode = statSync(path, { throwIfNoEntry: false })?.ino;
    if (inode === undefined || (this.#fd !== undefined && fstatSync(this.#fd).ino === inode)) return;
    if (readFileSync(`${folder}/address`, "utf8").trim() !== macOf(this.#name)) return;
    this[Symbol.dispose]();
    const fd = openIfWritable(path);
    if (fd === undefined) return;
    this.#fd = fd;
    if (lockExclusively(fd)) return;
    this[Symbol.dispose]();
    throw new TdockError("conflict", `the bridge ${this.#name} is in use by another tdockd: --bridge names another`);
  }

  [Symbol.dispose](): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** /sys may be that of another network namespace. */
function macOf(name: string): string | undefined {
  using socket = new NetlinkSocket();
  return findLink(socket, name)?.mac;
}

/** In a container /sys can be read-only. */
function openIfWritable(path: string): number | undefined {
  try {
    return openSync(path, constants.O_WRONLY);
  } catch {
    return undefined;
  }
}
