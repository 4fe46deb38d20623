import { createWriteStream, mkdirSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { containerCreate, containerExport, containerRemove } from "@tdock/api/containers";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { openStream } from "../client/stream.ts";

/** Writes an image's files as a tar archive; `-` is standard output. */
export async function saveRootTo(cli: Cli, image: string, path: string): Promise<void> {
  await withRoot(cli, image, async (archive) => {
    await pipeline(archive, path === "-" ? process.stdout : createWriteStream(path), { end: path !== "-" });
  });
}

/** Unpacks an image's files into a folder, as the user who calls. */
export async function unpackRootTo(cli: Cli, image: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await withRoot(cli, image, async (archive) => {
    const { spawn } = process.getBuiltinModule("node:child_process");
    const tar = spawn("tar", ["-x", "--no-same-owner", "-C", folder, "-f", "-"], {
      stdio: ["pipe", "inherit", "inherit"],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      tar.once("error", reject);
      tar.once("close", resolve);
    });
    await pipeline(archive, tar.stdin);
    if ((await ended) !== 0) throw new TdockError("internal", `cannot unpack into ${folder}`);
  });
}

/** The files come from a container that never runs. */
async function withRoot(
  cli: Cli,
  image: string,
  use: (archive: NodeJS.ReadableStream) => Promise<void>,
): Promise<void> {
  const { Id: id } = await call(cli.client, containerCreate, { body: { Image: image, Cmd: ["/"], Entrypoint: [""] } });
  try {
    await use(await openStream(cli.client, containerExport, { id }));
  } finally {
    await call(cli.client, containerRemove, { id, force: true, v: true });
  }
}
