import { cpuCount } from "../machine.ts";

/** Hidden in every container that is not privileged: reference/reliability 1.6, moby oci/defaults.go. */
export const defaultMaskedPaths: readonly string[] = [
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
  ...Array.from({ length: cpuCount }, (_, cpu) => `/sys/devices/system/cpu/cpu${cpu}/thermal_throttle`),
];

/** runc leaves the folder that holds cgroup v1's hierarchies writable, whatever its mount asks for. */
export const cgroupFolder = "/sys/fs/cgroup";

export const defaultReadonlyPaths: readonly string[] = [
  "/proc/bus",
  "/proc/fs",
  "/proc/irq",
  "/proc/sys",
  "/proc/sysrq-trigger",
];
