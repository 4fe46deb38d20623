import { posix } from "node:path";
import type { containerArchiveGet, containerArchiveStat } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { archive, bareNames, withCapabilities } from "../host/archive.ts";
import { type RootEngine, withContainerRoot } from "./container-root.ts";
import { containerEvent } from "./event.ts";
import { openPlace, pathStatHeader } from "./path-stat.ts";

const options = ["--format=pax", "--numeric-owner", ...withCapabilities, "--sort=none", "--ignore-failed-read"];
/** What the kernel shows in a running container is none of its files; who asks for one of these folders gets it. */
const withoutKernel = ["--anchored", ...["proc", "sys", "dev"].map((name) => `--exclude=././${name}/*`)];
const statHeader = "X-Docker-Container-Path-Stat";

/** Tells what lies at a path of a container, in a header. Throws `not-found`. */
export async function statInContainer(
  engine: RootEngine,
  input: Input<typeof containerArchiveStat>,
  out: Output,
): Promise<void> {
  const path = checkPath(input.path);
  const container = engine.containers.get(input.id);
  const header = await withContainerRoot(engine, container, async (rootFd) => {
    using place = openPlace(rootFd, path, input.id);
    return pathStatHeader(path, place);
  });
  out.begin({ headers: { [statHeader]: header } });
}

/**
 * Sends what lies at a path of a container as a tar archive whose names begin with the last part of the path.
 * GNU tar reads it from the folder that was opened, and follows no links. Devices and FIFOs go as what they are.
 */
export async function copyFromContainer(
  engine: RootEngine & Pick<Engine, "events">,
  input: Input<typeof containerArchiveGet>,
  out: Output,
): Promise<void> {
  const path = checkPath(input.path);
  const container = engine.containers.get(input.id);
  await withContainerRoot(engine, container, async (rootFd) => {
    using place = openPlace(rootFd, path, input.id);
    const transform = place.name === "." ? [] : [bareNames];
    const isRoot = posix.join("/", path, ".") === "/";
    const args = [...transform, ...options, ...(isRoot ? withoutKernel : []), "--", `./${place.name}`];
    await archive({ folder: place.folder.path, args, signal: out.signal }, async (bytes) => {
      out.begin({ contentType: "application/x-tar", headers: { [statHeader]: pathStatHeader(path, place) } });
      await out.pipe(bytes);
    });
  });
  containerEvent(engine, container, "archive-path", { path });
}

export function checkPath(path: string | undefined): string {
  if (!path) throw new TdockError("invalid-argument", "bad parameter: path cannot be empty");
  if (path.includes("\0")) throw new TdockError("invalid-argument", "bad parameter: path with a NUL byte");
  return path;
}
