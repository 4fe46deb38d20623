import { constants } from "node:fs";
import type { containerArchivePut } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { TdockError } from "@tdock/errors/error";
import type { Engine } from "../engine.ts";
import { extractArchive } from "../host/extract-thread.ts";
import { openInRoot } from "../host/path-in-root.ts";
import { plainArchive } from "../host/plain-archive.ts";
import { errnoName } from "../host/system-error.ts";
import { readIdentityFiles } from "../runtime/identity.ts";
import { resolveUser } from "../runtime/spec/user.ts";
import type { Container } from "./container.ts";
import { type RootEngine, withContainerRoot } from "./container-root.ts";
import { checkPath } from "./copy-out.ts";
import { containerEvent } from "./event.ts";

/**
 * Unpacks a tar archive, compressed or not, into a folder of a container. Throws `not-found` when the folder is not
 * there, `invalid-argument` when it is none, `forbidden` where the container may not write either.
 */
export async function copyIntoContainer(
  engine: RootEngine & Pick<Engine, "events">,
  input: Input<typeof containerArchivePut>,
  signal: AbortSignal,
): Promise<void> {
  const path = checkPath(input.path);
  const container = engine.containers.get(input.id);
  await withContainerRoot(engine, container, async (rootFd) => {
    checkFolder(rootFd, path, input.id);
    checkWritable(container);
    await extractArchive({
      rootFd,
      destination: path,
      bytes: await plainArchive(input.body, signal),
      keepKinds: input.noOverwriteDirNonDir === true,
      owner: input.copyUIDGID === true ? userOf(rootFd, container) : undefined,
      signal,
    });
  });
  containerEvent(engine, container, "extract-to-dir", { path });
}

function checkFolder(rootFd: number, path: string, container: string): void {
  try {
    using _folder = openInRoot(rootFd, path, { flags: constants.O_RDONLY | constants.O_DIRECTORY });
  } catch (thrown) {
    const name = errnoName(thrown);
    if (name === "ENOTDIR")
      throw new TdockError("invalid-argument", "extraction point is not a directory", { cause: thrown });
    if (name === "ENOENT") {
      throw new TdockError("not-found", `Could not find the file ${path} in container ${container}`, {
        cause: thrown,
      });
    }
    throw thrown;
  }
}

/**
 * A read-only root without a volume in it leaves nothing to write to. Where there are volumes the mounts themselves
 * say so: they are read-only to us as well.
 */
function checkWritable({ hostConfig, mounts }: Container): void {
  if (hostConfig.ReadonlyRootfs !== true || mounts.some(({ isReadOnly }) => !isReadOnly)) return;
  throw new TdockError("forbidden", "container rootfs is marked read-only", { reason: "read-only" });
}

/** As Docker's copyUIDGID: everything belongs to the container's user or, where it names none, to whom the archive says. */
function userOf(rootFd: number, { config }: Container): { uid: number; gid: number } | undefined {
  return config.User ? resolveUser(config.User, [], readIdentityFiles(rootFd)) : undefined;
}
