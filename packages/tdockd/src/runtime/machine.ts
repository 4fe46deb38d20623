import { existsSync, readFileSync } from "node:fs";
import { arch, cpus, release } from "node:os";
import { libc } from "../host/libc.ts";
import type { Machine } from "./spec/seccomp.ts";

const architectures: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64", ia32: "386", arm: "arm" };

/** `__X32_SYSCALL_BIT | __NR_getpid`: ENOSYS on a kernel without CONFIG_X86_X32_ABI, which is what distributions build. */
const x32Getpid = 0x4000_0000 | 39;

/** This machine as Docker and OCI name it. */
export const machine: Machine & { readonly os: "linux" } = {
  os: "linux",
  architecture: architectures[arch()] ?? arch(),
  kernel: release().split(".").slice(0, 2).join("."),
  hasX32: arch() === "x64" && libc.syscall(x32Getpid) !== -1,
};

/** How many processors the machine had when tdockd started: to ask each time costs a quarter of an inspect. */
export const cpuCount = cpus().length;

/** Whether this machine has cgroup v2 alone. */
export const isUnifiedCgroup = existsSync("/sys/fs/cgroup/cgroup.controllers");

/** Bit mask of what this process may give to a container: `CapBnd` of /proc/self/status. */
export function boundingCapabilities(): bigint {
  const found = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"));
  return BigInt(`0x${found?.[1] ?? "0"}`);
}
