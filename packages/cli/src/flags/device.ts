import { posix } from "node:path";
import type { HostConfig } from "@tdock/api/host-config";
import { parseInteger } from "./flag.ts";
import { invalid } from "./invalid.ts";
import { splitPair } from "./pairs.ts";
import { parseSize } from "./size.ts";

type Element<T> = NonNullable<T> extends readonly (infer E)[] ? E : never;
export type DeviceMapping = Element<HostConfig["Devices"]>;
export type ThrottleDevice = Element<HostConfig["BlkioDeviceReadBps"]>;
export type WeightDevice = Element<HostConfig["BlkioWeightDevice"]>;

/** `vendor.com/class=name`: a device that a CDI specification describes. */
export function isCdiDevice(text: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9._-]*\/[a-zA-Z][a-zA-Z0-9_-]*=[a-zA-Z0-9][a-zA-Z0-9._:-]*$/.test(text);
}

/** `--device /dev/sda:/dev/xvda:rwm`. Throws `invalid-argument` in Docker's words. */
export function parseDevice(text: string): DeviceMapping {
  const [source = "", second, third, ...more] = text.split(":");
  if (more.length > 0 || source === "") throw invalid(`bad format for path: ${text}`);
  if (third !== undefined && !isDeviceMode(third)) throw invalid(`bad mode specified: ${third}`);
  const secondIsMode = third === undefined && second !== undefined && isDeviceMode(second);
  const target = second === undefined || secondIsMode ? source : second;
  if (!target.startsWith("/")) throw invalid(`${target} is not an absolute path`);
  return {
    PathOnHost: second === undefined || secondIsMode ? posix.normalize(source) : source,
    PathInContainer: posix.normalize(target),
    CgroupPermissions: (secondIsMode ? second : third) ?? "rwm",
  };
}

/** Each of r, w and m at most once. */
function isDeviceMode(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length;
}

/** `a 7:* rwm`. Throws `invalid-argument`. */
export function parseDeviceCgroupRule(text: string): string {
  if (!/^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$/.test(text)) throw invalid(`invalid device cgroup format '${text}'`);
  return text;
}

/** `--device-read-bps /dev/sda:1mb`: bytes per second. */
export function parseByteRate(text: string): ThrottleDevice {
  const hint =
    "The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb";
  return { Path: devicePath(text), Rate: rateOf(text, hint, parseSize) };
}

/** `--device-read-iops /dev/sda:1000`: operations per second. */
export function parseIoRate(text: string): ThrottleDevice {
  const hint = "The correct format is <device-path>:<number>. Number must be a positive integer";
  return { Path: devicePath(text), Rate: rateOf(text, hint, parseCount) };
}

/** `--blkio-weight-device /dev/sda:500`: 10 to 1000, or 0 for none. */
export function parseWeightDevice(text: string): WeightDevice {
  const Path = devicePath(text);
  const weight = Number(splitPair(text, ":")[1]);
  const isWeight = Number.isInteger(weight) && (weight === 0 || (weight >= 10 && weight <= 1000));
  if (!isWeight) throw invalid(`invalid weight for device: ${text}`);
  return { Path, Weight: weight };
}

function devicePath(text: string): string {
  const [path, rest] = splitPair(text, ":");
  if (rest === undefined || path === "") throw invalid(`bad format: ${text}`);
  if (!path.startsWith("/dev/")) throw invalid(`bad format for device path: ${text}`);
  return path;
}

function rateOf(text: string, hint: string, parse: (value: string) => number): number {
  try {
    return parse(splitPair(text, ":")[1] ?? "");
  } catch (cause) {
    throw invalid(`invalid rate for device: ${text}. ${hint}`, cause);
  }
}

function parseCount(text: string): number {
  const count = parseInteger(text);
  if (count < 0) throw invalid("negative");
  return count;
}
