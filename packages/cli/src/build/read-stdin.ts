import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { bun } from "../client/bun.ts";

/** A tar archive's mark stands within its first block. */
const blockBytes = 512;
/** As much as BuildKit takes of a Dockerfile. */
const maxDockerfileBytes = 16 << 20;

/** What standard input of `build -` holds: an archive, handed on as it comes, or a Dockerfile alone in a folder. */
export type StdinContext =
  | { readonly kind: "archive"; readonly body: AsyncIterable<Uint8Array> }
  | { readonly kind: "dockerfile"; readonly folder: string };

/** Looks at the first bytes of standard input. Throws `invalid-argument` for a Dockerfile that is too long. */
export async function readStdinContext(): Promise<StdinContext> {
  const source: AsyncIterator<Uint8Array> = bun.stdin.stream()[Symbol.asyncIterator]();
  const { begin, isEnd } = await takeBegin(source);
  if (isArchive(begin)) return { kind: "archive", body: isEnd ? chunks(begin) : chunks(begin, source) };
  const text = isEnd ? begin : await readAll(chunks(begin, source));
  return { kind: "dockerfile", folder: folderWith("Dockerfile", text) };
}

/** Puts the Dockerfile on standard input (`--file -`) into a file of its own, and gives its path. */
export async function readStdinDockerfile(): Promise<string> {
  return keptText(await readAll(bun.stdin.stream()));
}

/** Puts a Dockerfile's text into a file of its own, and gives its path. */
export function keptText(text: Buffer): string {
  return join(folderWith("Dockerfile", text), "Dockerfile");
}

async function takeBegin(source: AsyncIterator<Uint8Array>): Promise<{ begin: Buffer; isEnd: boolean }> {
  let begin = Buffer.alloc(0);
  while (begin.length < blockBytes) {
    const { done, value } = await source.next();
    if (done) return { begin, isEnd: true };
    begin = Buffer.concat([begin, value]);
  }
  return { begin, isEnd: false };
}

/** gzip, bzip2, xz, zstd, or the mark of POSIX and GNU tar. */
function isArchive(begin: Buffer): boolean {
  const starts = ["1f8b", "425a68", "fd377a585a00", "28b52ffd"];
  const hex = begin.toString("hex", 0, 8);
  return starts.some((start) => hex.startsWith(start)) || begin.toString("latin1", 257, 262) === "ustar";
}

async function* chunks(begin: Buffer, rest?: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield begin;
  for (let next = await rest?.next(); next !== undefined && !next.done; next = await rest?.next()) yield next.value;
}

async function readAll(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > maxDockerfileBytes) {
      throw new TdockError(
        "invalid-argument",
        `the Dockerfile on standard input is longer than ${maxDockerfileBytes} bytes`,
      );
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** Gone when the program ends. */
function folderWith(name: string, text: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "tdock-build-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, name), text, { mode: 0o600 });
  return folder;
}
