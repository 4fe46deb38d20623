import { mkdirSync } from "node:fs";
import { containerCreate, containerExport, containerRemove } from "@tdock/api/containers";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { openStream } from "../client/stream.ts";
import { feedTar } from "../context/feed-tar.ts";
import { saveStream } from "../terminal/save-stream.ts";

/** An image whose files are wanted: of an index, that for a platform. */
export interface RootImage {
  readonly id: string;
  readonly platform?: string;
}

/** Writes an image's files as a tar archive; to standard output without a path. */
export async function saveRootTo(cli: Cli, image: RootImage, path: string | undefined): Promise<void> {
  await withRoot(cli, image, (archive) => saveStream(archive, path));
}

/** Unpacks an image's files into a folder, as the user who calls. */
export async function unpackRootTo(cli: Cli, image: RootImage, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await withRoot(cli, image, (archive) =>
    feedTar(["--extract", "--file=-", "--no-same-owner", `--directory=${folder}`], archive),
  );
}

/** The files come from a container that never runs. */
async function withRoot(
  cli: Cli,
  { id: image, platform }: RootImage,
  use: (archive: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> {
  const { Id: id } = await call(cli.client, containerCreate, {
    platform,
    body: { Image: image, Cmd: ["/"], Entrypoint: [""] },
  });
  try {
    await use(await openStream(cli.client, containerExport, { id }));
  } finally {
    await call(cli.client, containerRemove, { id, force: true, v: true });
  }
}
