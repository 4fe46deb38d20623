import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Header, pack as packTar } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { extractInRoot } from "./extract-in-root.ts";

let folder = "";
let root = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "extract-"));
  root = join(folder, "root");
  mkdirSync(root);
});
afterEach(() => rmSync(folder, { recursive: true }));

type Member = Partial<Header> & { readonly name: string; readonly content?: string };

async function extract(members: readonly Member[], over: { keepKinds?: boolean } = {}): Promise<void> {
  const archive = packTar();
  for (const { content = "", ...header } of members) archive.entry({ mode: 0o640, ...header }, content);
  archive.finalize();
  const rootFd = openSync(root, "r");
  try {
    await extractInRoot({
      rootFd,
      destination: "/",
      bytes: archive as unknown as AsyncIterable<Uint8Array>,
      keepKinds: over.keepKinds ?? false,
      signal: new AbortController().signal,
    });
  } finally {
    closeSync(rootFd);
  }
}

const text = (path: string) => readFileSync(join(root, path), "utf8");

describe("an archive that is extracted", () => {
  it("makes files with modes, owners and times, in folders that it does not name too", async () => {
    const mtime = new Date("2001-02-03T04:05:06Z");

    await extract([
      { name: "a/b/one", content: "1", mode: 0o4755, uid: 5, gid: 6, mtime },
      { name: "a/b/two", content: "2" },
      { name: "a", type: "directory", mode: 0o700, uid: 7, mtime },
    ]);

    expect(statSync(join(root, "a/b/one"))).toMatchObject({ uid: 5, gid: 6, mtime });
    expect(statSync(join(root, "a/b/one")).mode & 0o7777).toBe(0o4755);
    expect(statSync(join(root, "a"))).toMatchObject({ uid: 7, mtime });
    expect(text("a/b/two")).toBe("2");
  });

  it("replaces what is there, also a folder that was just written to, and goes where a link leads from then on", async () => {
    mkdirSync(join(root, "other"));

    await extract([
      { name: "a/file", content: "first" },
      { name: "a/file", content: "second" },
      { name: "other/a", content: "of the folder" },
      { name: "a", type: "symlink", linkname: "other" },
      { name: "a/late", content: "through the link" },
    ]);

    expect(readlinkSync(join(root, "a"))).toBe("other");
    expect(readdirSync(join(root, "other")).sort()).toEqual(["a", "late"]);
  });

  it("keeps to the root when a folder that it fills turns into a link to the outside", async () => {
    await extract([
      { name: "a/file", content: "inside" },
      { name: "a", type: "symlink", linkname: folder },
      { name: "a/file", content: "inside too" },
    ]).catch(() => {});

    expect(readdirSync(folder)).toEqual(["root"]);
  });

  it.each([
    ["a file in a folder's place", { name: "kept" }, "cannot overwrite directory"],
    ["a folder in a file's place", { name: "file", type: "directory" as const }, "cannot overwrite non-directory"],
  ])("does not put %s when kinds are to be kept", async (_, member, message) => {
    await extract([{ name: "kept/x" }, { name: "file" }]);

    await expect(extract([member], { keepKinds: true })).rejects.toThrow(message);
    expect(readdirSync(root)).toEqual(["file", "kept"]);
  });
});
