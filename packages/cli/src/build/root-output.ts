import { createWriteStream, mkdirSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import { containerCreate, containerExport, containerRemove } from "@tdock/api/containers";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { openStream } from "../client/stream.ts";
import { feedTar } from "../context/tar-program.ts";
import { copyOutput } from "../terminal/output.ts";

/** Writes an image's files as a tar archive; `-` is standard output. */
export async function saveRootTo(cli: Cli, image: string, path: string): Promise<void> {
  await withRoot(cli, image, (archive) => writeArchive(archive, path));
}

/** Writes an archive to a file; `-` is standard output. */
export async function writeArchive(archive: AsyncIterable<Uint8Array>, path: string): Promise<void> {
  if (path === "-") await copyOutput(archive, { framed: false });
  else await pipeline(archive, createWriteStream(path));
}

/** Unpacks an image's files into a folder, as the user who calls. */
export async function unpackRootTo(cli: Cli, image: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await withRoot(cli, image, (archive) =>
    feedTar(["--extract", "--no-same-owner", `--directory=${folder}`, "--file=-"], archive),
  );
}

/** The files come from a container that never runs. */
async function withRoot(
  cli: Cli,
  image: string,
  use: (archive: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const { Id: id } = await call(cli.client, containerCreate, { body: { Image: image, Cmd: ["/"], Entrypoint: [""] } });
  try {
    await use(await openStream(cli.client, containerExport, { id }));
  } finally {
    await call(cli.client, containerRemove, { id, force: true, v: true });
  }
}
