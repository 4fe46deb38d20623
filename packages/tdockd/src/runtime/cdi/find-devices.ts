import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { type CdiEdits, parseSpecification } from "./specification.ts";

/** Where specifications lie; those of a later folder go before those of an earlier one. */
export const cdiFolders = ["/etc/cdi", "/var/run/cdi"] as const;

/** A device that a specification describes. */
export interface CdiDevice {
  /** `vendor.com/class=name` */
  readonly name: string;
  readonly kind: string;
  /** The specification's file. */
  readonly path: string;
  /** Asked for by every device of the file, once. */
  readonly sharedEdits: CdiEdits;
  readonly edits: CdiEdits;
}

/**
 * The devices of this machine, by name. Read whenever they are asked for, so that a driver may write its file at any
 * time. Throws `invalid-argument` for a file that cannot be read, `conflict` for a device that two files describe.
 */
export async function findCdiDevices(folders: readonly string[] = cdiFolders): Promise<Map<string, CdiDevice>> {
  const found = new Map<string, CdiDevice>();
  for (const folder of folders) {
    const devices = (await Promise.all((await specificationFiles(folder)).map(devicesOf))).flat();
    const names = new Set<string>();
    for (const device of devices) {
      if (names.has(device.name)) {
        throw new TdockError("conflict", `CDI device ${device.name} is described by more than one file in ${folder}`);
      }
      names.add(device.name);
      found.set(device.name, device);
    }
  }
  return found;
}

async function specificationFiles(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => /\.(json|yaml)$/.test(name)).map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

async function devicesOf(path: string): Promise<CdiDevice[]> {
  const { kind, devices, containerEdits } = await parseSpecification(await readFile(path, "utf8"), path);
  return devices.map((device) => ({
    name: `${kind}=${device.name}`,
    kind,
    path,
    sharedEdits: containerEdits,
    edits: device.containerEdits,
  }));
}
