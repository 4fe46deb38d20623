import { TdockError } from "@tdock/errors/error";
import type { OciCapabilities } from "./oci.ts";

/** Docker's default set: reference/reliability 1.6, moby oci/caps/defaults.go. */
export const defaultCapabilities: readonly string[] = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

/** In the order of the kernel's numbers: linux/capability.h. */
const allCapabilities: readonly string[] = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETPCAP",
  "CAP_LINUX_IMMUTABLE",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_BROADCAST",
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_IPC_LOCK",
  "CAP_IPC_OWNER",
  "CAP_SYS_MODULE",
  "CAP_SYS_RAWIO",
  "CAP_SYS_CHROOT",
  "CAP_SYS_PTRACE",
  "CAP_SYS_PACCT",
  "CAP_SYS_ADMIN",
  "CAP_SYS_BOOT",
  "CAP_SYS_NICE",
  "CAP_SYS_RESOURCE",
  "CAP_SYS_TIME",
  "CAP_SYS_TTY_CONFIG",
  "CAP_MKNOD",
  "CAP_LEASE",
  "CAP_AUDIT_WRITE",
  "CAP_AUDIT_CONTROL",
  "CAP_SETFCAP",
  "CAP_MAC_OVERRIDE",
  "CAP_MAC_ADMIN",
  "CAP_SYSLOG",
  "CAP_WAKE_ALARM",
  "CAP_BLOCK_SUSPEND",
  "CAP_AUDIT_READ",
  "CAP_PERFMON",
  "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
];

export interface CapabilityRequest {
  readonly add: readonly string[];
  readonly drop: readonly string[];
  readonly privileged: boolean;
  /** Bit mask of the capabilities that this process may hand on (`CapBnd` of /proc/self/status). */
  readonly available: bigint;
}

/**
 * The capabilities of a container: Docker's default, changed by add and drop; `ALL` on either side; privileged means
 * all that there are. Throws `invalid-argument` for an unknown name.
 */
export function capabilityList(request: CapabilityRequest): readonly string[] {
  const available = allCapabilities.filter((_, bit) => (request.available >> BigInt(bit)) & 1n);
  if (request.privileged) return available;
  const add = request.add.map((name) => normalize("CapAdd", name));
  const drop = request.drop.map((name) => normalize("CapDrop", name));
  const base = add.includes("ALL") ? available : drop.includes("ALL") ? [] : defaultCapabilities;
  const result = new Set([...base, ...add.filter((name) => name !== "ALL")]);
  for (const name of drop) result.delete(name);
  return allCapabilities.filter((name) => result.has(name));
}

/**
 * In bounding, permitted and effective; inheritable and ambient stay empty (CVE-2022-24769). A process that is not
 * root gets none in effect, only in bounding, as a setuid program needs.
 */
export function processCapabilities(list: readonly string[], uid: number): OciCapabilities {
  return uid === 0
    ? { bounding: list, permitted: list, effective: list }
    : { bounding: list, permitted: [], effective: [] };
}

function normalize(member: string, name: string): string {
  const upper = name.toUpperCase();
  if (upper === "ALL" || upper === "CAP_ALL") return "ALL";
  const full = upper.startsWith("CAP_") ? upper : `CAP_${upper}`;
  if (allCapabilities.includes(full)) return full;
  throw new TdockError("invalid-argument", `invalid ${member}: unknown capability: ${JSON.stringify(full)}`);
}
