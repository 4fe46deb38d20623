import { containerArchiveStat } from "@tdock/api/containers";
import { encodeRequest } from "@tdock/api/request";
import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { send } from "../client/send.ts";

/** What the engine says of a path in a container; `mode` has Go's bits. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly linkTarget?: string;
}

/** Reads the header `X-Docker-Container-Path-Stat`. Throws `internal` when it is not there. */
export function readPathStat(headers: Headers): PathStat {
  const header = headers.get("x-docker-container-path-stat");
  if (header === null) throw new TdockError("internal", "the daemon did not say what it sends");
  return JSON.parse(Buffer.from(header, "base64").toString()) as PathStat;
}

/** Go's `os.ModeDir`, `os.ModeSymlink` and `os.ModeDevice`. */
export function isFolder({ mode }: PathStat): boolean {
  return Math.trunc(mode / 2 ** 31) % 2 === 1;
}

export function isLink({ mode }: PathStat): boolean {
  return Math.trunc(mode / 2 ** 27) % 2 === 1;
}

export function isDevice({ mode }: PathStat): boolean {
  return Math.trunc(mode / 2 ** 26) % 2 === 1;
}

/** What is at a path of a container. Throws `not-found`. */
export async function statPath(cli: Cli, at: { readonly id: string; readonly path: string }): Promise<PathStat> {
  return readPathStat((await send(cli.client, encodeRequest(containerArchiveStat, at))).headers);
}
