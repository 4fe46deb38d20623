import { TdockError } from "@tdock/errors/error";
import { type BunProcess, bun } from "../client/bun.ts";

/** An archive that is being written. */
export interface WrittenTar {
  /** As the body of a request, they hardly pass through this program. */
  readonly bytes: ReadableStream<Uint8Array>;
  /** How many there were, once all are read. Throws `internal`, with tar's words, when something could not be archived. */
  size(): Promise<number>;
}

/**
 * What `tar` writes, for as long as it is read. GNU tar: on 10,000 files it is several times faster than any library
 * for Node. Started by Bun's own means, whose streams take half the processor time of Node's. Throws `not-found` when
 * there is no such program.
 */
export function writeTar(args: readonly string[]): WrittenTar {
  const child = startTar(args);
  const words = new Response(child.stderr).text();
  return {
    bytes: child.stdout,
    async size() {
      const exitCode = await child.exited;
      const [, size] = /^Total bytes written: (\d+)/m.exec(await words) ?? [];
      // 1 means that a file changed while it was read: its bytes are as valid as before or after.
      if ((exitCode === 0 || exitCode === 1) && size !== undefined) return Number(size);
      throw new TdockError("internal", complaint(await words) || `tar ended with exit code ${exitCode}`);
    },
  };
}

function startTar(args: readonly string[]): BunProcess {
  try {
    return bun.spawn(["tar", "--create", "--file=-", "--totals", ...args], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8" },
    });
  } catch (cause) {
    throw new TdockError("not-found", "tar: no such program; install it (Debian: apt-get install tar)", { cause });
  }
}

function complaint(words: string): string {
  return words.replace(/^Total bytes written: .*\n/m, "").trim();
}
