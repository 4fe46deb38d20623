import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import { type CdiDevice, cdiFolders, findCdiDevices } from "./find-devices.ts";

type DeviceRequest = NonNullable<HostConfig["DeviceRequests"]>[number];

/**
 * The devices that a container asks for with `--device vendor/class=name` and `--gpus`, each once.
 * Throws `invalid-argument`, in Docker's words, for what no specification describes.
 */
export async function selectCdiDevices(requests: HostConfig["DeviceRequests"]): Promise<readonly CdiDevice[]> {
  if (!requests?.length) return [];
  const known = await findCdiDevices();
  const names = requests.flatMap((request) =>
    request.Driver === "cdi" ? (request.DeviceIDs ?? []) : gpuNames(request, known),
  );
  const missing = names.filter((name) => !known.has(name));
  if (missing.length > 0) {
    const places = cdiFolders.join(" or ");
    const message = `CDI device injection failed: unresolvable CDI devices ${missing.join(", ")}: not described in ${places}`;
    throw new TdockError("invalid-argument", message);
  }
  return [...new Set(names)].flatMap((name) => known.get(name) ?? []);
}

/** A driver is somebody's kind of GPU; a request names some by number or name, counts them, or wants all. */
function gpuNames(request: DeviceRequest, known: ReadonlyMap<string, CdiDevice>): string[] {
  const { Count: count = 0, DeviceIDs: ids } = request;
  if (count && ids?.length) {
    throw new TdockError("invalid-argument", "cannot set both Count and DeviceIDs on device request");
  }
  const kind = gpuKind(request, known);
  if (ids?.length) return ids.map((id) => `${kind}=${id}`);
  const all = `${kind}=all`;
  if (count === -1 && known.has(all)) return [all];
  const single = [...known.values()].filter((device) => device.kind === kind && device.name !== all);
  if (count === -1) return single.map(({ name }) => name);
  return Array.from({ length: count ?? 0 }, (_, index) => `${kind}=${index}`);
}

function gpuKind(request: DeviceRequest, known: ReadonlyMap<string, CdiDevice>): string {
  const { Capabilities: capabilities } = request;
  const driver = request.Driver ?? "";
  const wanted = (capabilities ?? []).some((all) => all.includes("gpu")) ? /\/gpu$/ : undefined;
  const kinds = [...new Set([...known.values()].map(({ kind }) => kind))].sort();
  const kind = kinds.find((one) => wanted?.test(one) && (driver === "" || isOf(one, driver)));
  if (kind !== undefined) return kind;
  const asked = (capabilities ?? []).map((all) => `[${all.join(" ")}]`).join(" ");
  const message = `could not select device driver "${driver}" with capabilities: [${asked}]`;
  throw new TdockError("invalid-argument", `${message}: no such GPU is described in ${cdiFolders.join(" or ")}`);
}

/** `nvidia` is short for `nvidia.com`. */
function isOf(kind: string, driver: string): boolean {
  return kind.startsWith(`${driver}.`) || kind.startsWith(`${driver}/`);
}
