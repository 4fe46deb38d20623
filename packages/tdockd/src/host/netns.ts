import { closeSync, openSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { touchFileSync } from "./atomic-file.ts";
import { check, libc } from "./libc.ts";
import { unmount } from "./mount.ts";
import { readMountTable } from "./mount-table.ts";
import { NetlinkSocket } from "./netlink/socket.ts";

const CLONE_NEWNET = 0x40000000;
const MS_BIND = 4096;
const OWN_NAMESPACE = "/proc/thread-self/ns/net";

/** What can be done inside a network namespace: its devices, and /proc/sys/net, which is that of the namespace. */
export interface NamespaceScope {
  readonly socket: NetlinkSocket;
  /** Descriptor of the namespace, to move devices into it. */
  readonly fd: number;
}

/**
 * Makes a network namespace that lives as long as `path`, runs `setUp` inside it and answers its result.
 * `setUp` must be synchronous: the thread is in the namespace only within this call (about 1 ms, no process).
 * When `setUp` throws, nothing is left.
 */
export function createNamespace<T>(path: string, setUp: (scope: NamespaceScope) => T): T {
  touchFileSync(path);
  try {
    return awayFromHome(() => {
      check(libc.unshare(CLONE_NEWNET), "create a network namespace");
      check(libc.mount(OWN_NAMESPACE, path, null, MS_BIND, null), `keep a network namespace at ${path}`);
      return withScope(path, setUp);
    });
  } catch (error) {
    removeNamespace(path);
    throw error;
  }
}

/** Runs `action` inside the network namespace at `path` (also `/proc/PID/ns/net`); synchronous, as `createNamespace`. */
export function enterNamespace<T>(path: string, action: (scope: NamespaceScope) => T): T {
  const fd = openSync(path, "r");
  try {
    return awayFromHome(() => {
      check(libc.setns(fd, CLONE_NEWNET), `enter network namespace ${path}`);
      return withScope(path, action);
    });
  } finally {
    closeSync(fd);
  }
}

/** Ends a namespace kept at `path`: its devices go when no process is left in it. Idempotent. */
export function removeNamespace(path: string): void {
  unmount(path, { lazy: true });
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Names of the files in `folder`, each a namespace; those that no longer hold one are told apart. */
export function listNamespaces(folder: string): { name: string; isAlive: boolean }[] {
  const alive = new Set(readMountTable().flatMap(({ target, fileSystem }) => (fileSystem === "nsfs" ? [target] : [])));
  try {
    return readdirSync(folder).map((name) => ({ name, isAlive: alive.has(join(folder, name)) }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function withScope<T>(path: string, action: (scope: NamespaceScope) => T): T {
  const fd = openSync(path, "r");
  try {
    using socket = new NetlinkSocket();
    return action({ socket, fd });
  } finally {
    closeSync(fd);
  }
}

/** Brings the thread back whatever happens; a thread that cannot come back must not serve anybody. */
function awayFromHome<T>(action: () => T): T {
  const home = openSync(OWN_NAMESPACE, "r");
  try {
    return action();
  } finally {
    if (libc.setns(home, CLONE_NEWNET) !== 0) process.abort();
    closeSync(home);
  }
}
