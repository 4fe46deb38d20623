import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { pipeline } from "node:stream/promises";
import { TdockError } from "@tdock/errors/error";

/**
 * Feeds an archive to `tar`. GNU tar: it refuses names and links that lead out of its folder. Throws `not-found` when
 * there is no such program, `internal` with its words when it fails, and what `source` throws.
 */
export async function feedTar(args: readonly string[], source: AsyncIterable<Uint8Array>): Promise<void> {
  const child = start(args);
  const end = ended(child);
  const fed = pipeline(source, child.stdin as NonNullable<typeof child.stdin>).catch((error: NodeJS.ErrnoException) => {
    return !isClosed(error) && child.kill() ? error : undefined;
  });
  const [outcome, brokenOff] = await Promise.all([end.catch((error: unknown) => error), fed]);
  if (brokenOff !== undefined) throw TdockError.from(brokenOff);
  if (outcome !== undefined) throw outcome;
}

/** It may stop reading behind the archive's end, or before it: why is in its exit code and words. */
function isClosed({ code }: NodeJS.ErrnoException): boolean {
  return code === "EPIPE" || code === "ERR_STREAM_PREMATURE_CLOSE";
}

interface TarProcess extends ChildProcess {
  readonly words: string[];
}

function start(args: readonly string[]): TarProcess {
  const child = spawn("tar", args, {
    stdio: ["pipe", "ignore", "pipe"],
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" },
  });
  const words: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => words.push(text));
  return Object.assign(child, { words });
}

async function ended(child: TarProcess): Promise<void> {
  const [code] = await once(child, "close").catch((cause: NodeJS.ErrnoException) => {
    const message =
      cause.code === "ENOENT" ? "tar: no such program; install it (Debian: apt-get install tar)" : cause.message;
    throw new TdockError("not-found", message, { cause });
  });
  if (code === 0) return;
  throw new TdockError("internal", child.words.join("").trim() || `tar ended with exit code ${code}`);
}
