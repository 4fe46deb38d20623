import type { HostConfig } from "@tdock/api/host-config";
import { parseCsvLine } from "./csv.ts";
import { invalid } from "./invalid.ts";
import { pairsToMap, splitPair } from "./pairs.ts";

/** A request for devices that a driver hands out. */
export type DeviceRequest = NonNullable<HostConfig["DeviceRequests"]>[number];

/** `--gpus all`, `2`, `"device=0,1",capabilities=compute` (docker/cli `opts/gpus.go`). Throws `invalid-argument`. */
export function parseGpus(text: string): DeviceRequest {
  const seen = new Set<string>();
  let request: DeviceRequest = { Options: {}, Capabilities: [["gpu"]] };
  for (const field of parseCsvLine(text)) {
    const [name, value] = splitPair(field);
    const key = value === undefined ? "count" : name;
    if (seen.has(key)) throw invalid(`gpu request key '${key}' can be specified only once`);
    seen.add(key);
    request = { ...request, ...readGpuField(key, value ?? name, field) };
  }
  return seen.has("count") || seen.has("device") ? request : { ...request, Count: 1 };
}

function readGpuField(key: string, value: string, field: string): DeviceRequest {
  switch (key) {
    case "driver":
      return { Driver: value };
    case "count":
      return { Count: parseCount(value) };
    case "device":
      return { DeviceIDs: value.split(",") };
    case "capabilities":
      return { Capabilities: [[...value.split(","), "gpu"]] };
    case "options":
      return { Options: pairsToMap(parseCsvLine(value)) };
    default:
      throw invalid(`unexpected key '${key}' in '${field}'`);
  }
}

function parseCount(text: string): number {
  if (text === "all") return -1;
  if (!/^[+-]?\d{1,9}$/.test(text)) {
    throw invalid(`invalid count (${text}): value must be either "all" or an integer: invalid syntax`);
  }
  return Number(text);
}
