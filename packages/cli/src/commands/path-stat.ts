import type { IncomingHttpHeaders } from "node:http";
import { TdockError } from "@tdock/errors/error";

/** What the engine says of a path in a container; `mode` has Go's bits. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly linkTarget?: string;
}

/** Reads the header `X-Docker-Container-Path-Stat`. Throws `internal` when it is not there. */
export function readPathStat(headers: IncomingHttpHeaders): PathStat {
  const header = headers["x-docker-container-path-stat"];
  if (typeof header !== "string") throw new TdockError("internal", "the daemon did not say what it sends");
  return JSON.parse(Buffer.from(header, "base64").toString()) as PathStat;
}

/** Go's `os.ModeDir` and `os.ModeSymlink`. */
export function isFolder({ mode }: PathStat): boolean {
  return Math.trunc(mode / 2 ** 31) % 2 === 1;
}

export function isLink({ mode }: PathStat): boolean {
  return Math.trunc(mode / 2 ** 27) % 2 === 1;
}
