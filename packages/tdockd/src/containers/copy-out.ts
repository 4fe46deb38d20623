import type { containerArchiveGet, containerArchiveStat } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import type { Output } from "@tdock/api/output";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { startPiped } from "../host/piped-command.ts";
import { type RootEngine, withContainerRoot } from "./container-root.ts";
import { containerEvent } from "./event.ts";
import { openPlace, pathStatHeader } from "./path-stat.ts";

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
    const args = [
      "--create",
      "--file=-",
      "--format=pax",
      "--numeric-owner",
      "--sort=none",
      "--ignore-failed-read",
      "--",
      `./${place.name}`,
    ];
    const transform = place.name === "." ? [] : ["--transform=s,^\\./,,"];
    const tar = await startPiped("/usr/bin/tar", [...transform, ...args], {
      signal: out.signal,
      cwd: place.folder.path,
    });
    tar.stdin.end();
    out.begin({ contentType: "application/x-tar", headers: { [statHeader]: pathStatHeader(path, place) } });
    await out.pipe(tar.stdout);
    const { exitCode, stderr } = await tar.ended;
    // 1: a file changed while it was read, which a running container may do.
    if (exitCode > 1) throw new TdockError("internal", `tar: ${stderr}`);
  });
  containerEvent(engine, container, "archive-path", { path });
}

export function checkPath(path: string | undefined): string {
  if (!path) throw new TdockError("invalid-argument", "bad parameter: path cannot be empty");
  if (path.includes("\0")) throw new TdockError("invalid-argument", "bad parameter: path with a NUL byte");
  return path;
}
