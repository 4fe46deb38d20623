import type { OciMount } from "./oci.ts";

export interface SystemMountOptions {
  readonly privileged: boolean;
  readonly shmSizeBytes: number;
  /** A folder of the host that is shared as /dev/shm instead of a new one; null for no /dev/shm. */
  readonly shmSource: string | null | undefined;
}

/** The file systems that every container has: moby oci/defaults.go. Read-only /sys unless privileged. */
export function systemMounts(options: SystemMountOptions): readonly OciMount[] {
  const access = options.privileged ? "rw" : "ro";
  return [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", access] },
    {
      destination: "/sys/fs/cgroup",
      type: "cgroup",
      source: "cgroup",
      options: [access, "nosuid", "noexec", "nodev", "relatime"],
    },
    // Shows the queues of the IPC namespace, whose ever that is.
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
    ...shmMounts(options),
  ];
}

function shmMounts({ shmSizeBytes, shmSource }: SystemMountOptions): readonly OciMount[] {
  if (shmSource === null) return [];
  const options = ["nosuid", "noexec", "nodev"];
  const destination = "/dev/shm";
  return shmSource === undefined
    ? [{ destination, type: "tmpfs", source: "shm", options: [...options, "mode=1777", `size=${shmSizeBytes}`] }]
    : [{ destination, type: "bind", source: shmSource, options: ["rbind", ...options] }];
}

/** Binds one file of the host over one of the container's, as for /etc/hosts. */
export function fileMount(source: string, destination: string, readonly: boolean): OciMount {
  return { destination, type: "bind", source, options: ["rbind", "rprivate", readonly ? "ro" : "rw"] };
}

/**
 * Joins system and user mounts: a user's mount replaces the system's at the same place, and the whole is ordered so
 * that a parent comes before what lies below it.
 */
export function joinMounts(system: readonly OciMount[], user: readonly OciMount[]): readonly OciMount[] {
  const taken = new Set(user.map(({ destination }) => destination));
  const kept = system.filter(({ destination }) => !taken.has(destination));
  const depth = ({ destination }: OciMount) => destination.split("/").filter(Boolean).length;
  return [...kept, ...[...user].sort((a, b) => depth(a) - depth(b))];
}
