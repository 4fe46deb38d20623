import { closeSync, constants, existsSync, openSync, writeSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { Socket } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Mount } from "@tdock/containerd/mount";
import type { TestContainerd } from "./containerd.ts";
import { mustRun } from "./program.ts";
import { shortName } from "./scratch.ts";

/** Parts of the OCI spec that a test wants otherwise; `process` and `linux` are merged one level deep. */
export interface SpecChanges {
  readonly process?: object;
  readonly linux?: object;
  readonly mounts?: readonly object[];
}

/** A container record whose task can be created: it runs Debian's static busybox. */
export interface TestContainer {
  readonly id: string;
  readonly rootfs: readonly Mount[];
}

/** Makes a container record around `/bin/sh -c script`. */
export async function testContainer(
  containerd: TestContainerd,
  script: string,
  changes: SpecChanges = {},
): Promise<TestContainer> {
  const id = `c-${shortName()}`;
  const source = await busyboxFolder(containerd.folder);
  const spec = busyboxSpec(join(containerd.cgroupParent, id), script, changes);
  await containerd.client.containers.create({ id, spec });
  return { id, rootfs: [{ type: "bind", source, options: ["rbind", "rw"] }] };
}

/** Makes such a record and its task, and starts it. Resolves to the container's ID and the process's. */
export async function runTask(containerd: TestContainerd, script: string, changes: SpecChanges = {}) {
  const { id, rootfs } = await testContainer(containerd, script, changes);
  const pid = await containerd.client.tasks.create({ id, rootfs });
  await containerd.client.tasks.start({ id });
  return { id, pid };
}

/** The spec's `process` of `args` as root. */
export function processOf(args: readonly string[]) {
  return { args, cwd: "/", env: ["PATH=/bin"], user: { uid: 0, gid: 0 } };
}

/** A FIFO for a process's stdio. It has a reader and a writer until `release`, so that nobody who opens it waits. */
export interface TestFifo {
  readonly path: string;
  /** Lets go of it: a reader sees the end once the other writers are gone. */
  release(): void;
  /** What is written to it from now on, until its writers are gone. */
  output(): Promise<string>;
  /** Writes to it. */
  input(data: string): void;
}

/** Makes a FIFO in the containerd's folder. */
export async function testFifo({ folder }: TestContainerd): Promise<TestFifo> {
  const path = join(folder, `fifo-${shortName()}`);
  await mustRun("mkfifo", [path]);
  const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  return {
    path,
    release: () => closeSync(fd),
    output: () => text(new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) })),
    input: (data) => {
      writeSync(fd, data);
    },
  };
}

function busyboxSpec(cgroupsPath: string, script: string, { process, linux, mounts = [] }: SpecChanges): object {
  return {
    ociVersion: "1.0.2",
    root: { path: "rootfs" },
    process: { ...processOf(["/bin/sh", "-c", script]), ...process },
    mounts: [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev", type: "tmpfs", source: "tmpfs" },
      { destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666"] },
      ...mounts,
    ],
    linux: {
      cgroupsPath,
      namespaces: ["pid", "ipc", "uts", "mount", "network"].map((type) => ({ type })),
      ...linux,
    },
  };
}

/** A root file system with busybox as the shell, and files that cannot be run. Made once for each containerd. */
async function busyboxFolder(parent: string): Promise<string> {
  const root = join(parent, "busybox");
  if (existsSync(root)) return root;
  for (const name of ["bin", "proc", "dev", "etc"]) await mkdir(join(root, name), { recursive: true });
  for (const name of ["sh", "cat", "dd", "sleep", "head", "stty"])
    await copyFile("/bin/busybox", join(root, "bin", name));
  await writeFile(join(root, "etc/text"), "no program\n", { mode: 0o644 });
  return root;
}
