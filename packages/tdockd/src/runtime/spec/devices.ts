import { lstat, readdir, realpath } from "node:fs/promises";
import { TdockError } from "@tdock/errors/error";
import { numbersOf } from "../../host/special-file.ts";
import type { OciDevice, OciDeviceRule } from "./oci.ts";

/** Devices every container may use: moby oci/defaults.go. Everything else is denied first. */
export const defaultDeviceRules: readonly OciDeviceRule[] = [
  { allow: false, access: "rwm" },
  { allow: true, type: "c", access: "m" },
  { allow: true, type: "b", access: "m" },
  ...[
    [1, 3],
    [1, 5],
    [1, 7],
    [1, 8],
    [1, 9],
    [5, 0],
    [5, 1],
    [5, 2],
    [10, 200],
  ].map(([major, minor]) => ({ allow: true, type: "c", major, minor, access: "rwm" }) as OciDeviceRule),
  { allow: true, type: "c", major: 136, access: "rwm" },
];

export const allDevicesRule: OciDeviceRule = { allow: true, access: "rwm" };

export interface DeviceRequest {
  readonly hostPath: string;
  readonly containerPath: string;
  /** Some of `r`, `w`, `m`. */
  readonly access: string;
}

/**
 * The nodes and rules of one `--device`; a folder stands for the devices in it, a link (`/dev/disk/by-id/…`) for what
 * it leads to. Throws `invalid-argument`.
 */
export async function resolveDevice(
  request: DeviceRequest,
): Promise<{ devices: readonly OciDevice[]; rules: readonly OciDeviceRule[] }> {
  if (!/^[rwm]{1,3}$/.test(request.access)) {
    throw new TdockError("invalid-argument", `invalid device mode: wanted some of r, w, m, got ${request.access}`);
  }
  const hostPath = await realpath(request.hostPath).catch(() => request.hostPath);
  const devices = await devicesAt(hostPath, request.containerPath);
  if (devices.length === 0) throw notDevice(request.hostPath);
  const rules = devices.map(({ type, major, minor }) => ({
    allow: true,
    type: type as "c" | "b",
    major,
    minor,
    access: request.access,
  }));
  return { devices, rules };
}

/** Every device node of the host, for a privileged container. */
export async function hostDevices(): Promise<readonly OciDevice[]> {
  const skipped = new Set(["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev", "console", "tty", "ptmx"]);
  const names = (await readdir("/dev")).filter((name) => !skipped.has(name));
  return (await Promise.all(names.map((name) => devicesAt(`/dev/${name}`, `/dev/${name}`)))).flat();
}

async function devicesAt(hostPath: string, containerPath: string): Promise<OciDevice[]> {
  const found = await lstat(hostPath).catch((cause: NodeJS.ErrnoException) => {
    throw new TdockError(
      "invalid-argument",
      `error gathering device information while adding custom device "${hostPath}": no such file or directory`,
      { cause, reason: "device-missing" },
    );
  });
  if (found.isCharacterDevice() || found.isBlockDevice()) {
    const { major, minor } = numbersOf(found.rdev);
    const type = found.isBlockDevice() ? "b" : "c";
    return [{ path: containerPath, type, major, minor, fileMode: found.mode & 0o7777, uid: found.uid, gid: found.gid }];
  }
  if (!found.isDirectory()) return [];
  const names = await readdir(hostPath);
  return (await Promise.all(names.map((name) => devicesAt(`${hostPath}/${name}`, `${containerPath}/${name}`)))).flat();
}

/** One line of `--device-cgroup-rule`, such as `c 1:* rwm`. Throws `invalid-argument`. */
export function parseDeviceRule(rule: string): OciDeviceRule {
  const found = /^([acb]) (\d{1,9}|\*):(\d{1,9}|\*) ([rwm]{1,3})$/.exec(rule);
  if (found === null) throw new TdockError("invalid-argument", `invalid device cgroup rule format: '${rule}'`);
  const [, type, major, minor, access = ""] = found;
  return {
    allow: true,
    type: type as "a" | "c" | "b",
    ...(major !== "*" && { major: Number(major) }),
    ...(minor !== "*" && { minor: Number(minor) }),
    access,
  };
}

function notDevice(path: string): TdockError {
  return new TdockError(
    "invalid-argument",
    `error gathering device information while adding custom device "${path}": not a device node`,
  );
}
