import { execFileSync } from "node:child_process";
import {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Header, pack as packTar } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { capabilityAttribute, readAttribute, writeAttribute } from "./extended-attribute.ts";
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
  await extractStream(archive as unknown as AsyncIterable<Uint8Array>, over);
}

/** In pieces of a size that no part of an archive has. */
async function extractBytes(archive: Buffer): Promise<void> {
  await extractStream(
    Readable.from(
      Array.from({ length: Math.ceil(archive.length / 777) }, (_, index) =>
        archive.subarray(index * 777, (index + 1) * 777),
      ),
    ),
  );
}

async function extractStream(bytes: AsyncIterable<Uint8Array>, over: { keepKinds?: boolean } = {}): Promise<void> {
  const rootFd = openSync(root, "r");
  try {
    await extractInRoot({
      rootFd,
      destination: "/",
      bytes,
      keepKinds: over.keepKinds ?? false,
      signal: new AbortController().signal,
    });
  } finally {
    closeSync(rootFd);
  }
}

const slash = Buffer.from("/");
const latin1 = (bytes: Buffer) => bytes.toString("latin1");
const tarFlags = ["--create", "--file=-", "--format=pax", "--xattrs", "--xattrs-include=security.capability"];
// cap_setuid, of which a byte is no ASCII.
const capability = Buffer.from("0100000280000000000000000000000000000000", "hex");

function setCapability(path: string): void {
  writeAttribute(path, capabilityAttribute, capability);
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

  it("keeps names that are not UTF-8, in folders and links too, capabilities, and times before 1970", async () => {
    const odd = (text: string) => Buffer.from(`${text}-\xff\xe9`, "latin1");
    const source = join(folder, "source");
    const at = (...names: Buffer[]) => Buffer.concat([Buffer.from(source), ...names.flatMap((one) => [slash, one])]);
    mkdirSync(at(odd("folder")), { recursive: true });
    writeFileSync(at(odd("folder"), odd("file")), "content");
    utimesSync(at(odd("folder"), odd("file")), new Date(-5000), new Date(-5000));
    linkSync(at(odd("folder"), odd("file")), at(odd("hard")));
    symlinkSync(odd("target"), at(odd("soft")));
    writeFileSync(join(source, "program"), "");
    setCapability(join(source, "program"));

    await extractBytes(execFileSync("tar", [...tarFlags, `--directory=${source}`, "."]));

    const names = readdirSync(root, { encoding: "buffer", recursive: true }).map((name) => name.toString("latin1"));
    const [hard, soft, inner] = [odd("hard"), odd("soft"), Buffer.concat([odd("folder"), slash, odd("file")])];
    expect(names.sort()).toEqual([odd("folder"), inner, hard, Buffer.from("program"), soft].map(latin1).sort());
    const inRoot = (name: Buffer) => Buffer.concat([Buffer.from(`${root}/`), name]);
    expect(statSync(inRoot(hard))).toMatchObject({ ino: statSync(inRoot(inner)).ino, mtimeMs: -5000 });
    expect(readlinkSync(inRoot(soft), { encoding: "buffer" })).toEqual(odd("target"));
    expect(readAttribute(join(root, "program"), capabilityAttribute)).toEqual(capability);
  });

  it("refuses what is cut off, and sparse files, of which GNU tar leaves the holes out", async () => {
    const sparse = join(folder, "sparse");
    execFileSync("truncate", ["--size=100K", sparse]);
    const flags = ["--create", "--file=-", `--directory=${folder}`, "sparse"];

    const whole = execFileSync("tar", flags);
    await expect(extractBytes(whole.subarray(0, 3000))).rejects.toThrow("the archive is cut off");
    for (const format of ["gnu", "pax"]) {
      const archive = execFileSync("tar", ["--sparse", `--format=${format}`, ...flags]);
      await expect(extractBytes(archive)).rejects.toThrow("sparse files are not supported");
    }
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
