import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { TarFilter } from "./tar-filter.ts";

type Entry = Parameters<ReturnType<typeof pack>["entry"]>[0] & { readonly body?: string };

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { body, ...header } of entries) archive.entry({ mtime: new Date(0), ...header }, body ?? "");
  archive.finalize();
  return Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Buffer>));
}

/** Passes an archive through a filter in chunks of a size. */
function filter(tar: Buffer, chunkBytes = tar.length) {
  const filter = new TarFilter();
  const passed: Buffer[] = [];
  for (let at = 0; at < tar.length; at += chunkBytes) {
    passed.push(...filter.push(tar.subarray(at, at + chunkBytes)).map((piece) => Buffer.from(piece)));
  }
  return { passed: Buffer.concat(passed), facts: filter.finish() };
}

const longName = `${"d/".repeat(120)}file`;

describe("TarFilter", () => {
  it.each([1, 7, 511, 512, 513, 4096, 1 << 20])(
    "passes an ordinary layer byte for byte in chunks of %i",
    async (size) => {
      const tar = await tarOf([
        { name: "./", type: "directory" },
        { name: "etc/", type: "directory" },
        { name: "etc/hosts", body: "x".repeat(1000) },
        { name: longName, body: "long" },
        { name: "link", type: "symlink", linkname: "etc/hosts" },
        { name: "hard", type: "link", linkname: "etc/hosts" },
      ]);

      const { passed, facts } = filter(tar, size);

      expect(passed.equals(tar)).toBe(true);
      expect(facts.needsLowerLayers).toBeUndefined();
    },
  );

  it("leaves whiteouts out, with what describes them, and says what they hide", async () => {
    const kept = [
      { name: "a/", type: "directory" as const },
      { name: "a/file", body: "kept" },
    ];
    const hidden = `${"d/".repeat(120)}.wh.gone`;
    const tar = await tarOf([
      ...kept,
      { name: "a/.wh.old", body: "ignored" },
      { name: "a/.wh..wh..opq" },
      { name: "a/.wh..wh.plnk/1" },
      { name: hidden },
    ]);

    const { passed, facts } = filter(tar, 700);

    expect(passed.toString("latin1")).not.toContain(".wh.");
    expect(facts).toMatchObject({ whiteouts: ["a/old", hidden.replace(".wh.", "")], opaques: ["a"] });
  });

  it("names folders that are needed but not described", async () => {
    const { facts } = filter(await tarOf([{ name: "a/", type: "directory" }, { name: "a/b/c/file" }]));

    expect(facts.impliedFolders).toEqual(["", "a/b/c", "a/b"]);
  });

  it.each<[string, readonly Entry[]]>([
    ["climbs out", [{ name: "../x" }]],
    ["climbs out in the middle", [{ name: "a/../../x" }]],
    ["is only a parent", [{ name: "..", type: "directory" }]],
    ["links out", [{ name: "hard", type: "link", linkname: "../../etc/passwd" }]],
    ["replaces the root", [{ name: "/", type: "symlink", linkname: "/etc" }]],
    ["hides nothing", [{ name: ".wh." }]],
    ["hides the parent", [{ name: ".wh..." }]],
    ["sets what overlayfs keeps for itself", [{ name: "a", pax: { "SCHILY.xattr.trusted.overlay.redirect": "/x" } }]],
  ])("refuses an entry that %s", async (_, entries) => {
    const tar = await tarOf(entries);

    expect(() => filter(tar)).toThrow(expect.objectContaining({ code: "invalid-argument", reason: "invalid-archive" }));
  });

  it.each<[string, readonly Entry[]]>([
    ["goes through a link", [{ name: "l", type: "symlink", linkname: "/etc" }, { name: "l/passwd" }]],
    [
      "links through a link",
      [
        { name: "l", type: "symlink", linkname: "/etc" },
        { name: "h", type: "link", linkname: "l/passwd" },
      ],
    ],
    [
      "makes a link of a folder",
      [
        { name: "d/", type: "directory" },
        { name: "d", type: "symlink", linkname: "/etc" },
      ],
    ],
    [
      "makes a folder of a link",
      [
        { name: "d", type: "symlink", linkname: "/etc" },
        { name: "d/", type: "directory" },
      ],
    ],
  ])("leaves a layer that %s to be unpacked over those below", async (_, entries) => {
    expect(filter(await tarOf(entries)).facts.needsLowerLayers).toBeDefined();
  });

  it("refuses an archive that is cut off anywhere but between entries", async () => {
    const tar = await tarOf([
      { name: "a", body: "x".repeat(2000) },
      { name: "b", body: "y" },
    ]);

    for (const length of [1, 511, 513, 1500, 2559, 3073]) {
      expect(() => filter(tar.subarray(0, length))).toThrow(/cut off/);
    }
  });

  it("survives flipped bits: passes or refuses, and nothing else", async () => {
    const tar = await tarOf([
      { name: "a/b", body: "x".repeat(600) },
      { name: longName, body: "y" },
    ]);
    let seed = 11;
    const next = (limit: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % limit;
    };

    for (let round = 0; round < 500; round += 1) {
      const damaged = Buffer.from(tar);
      const at = next(damaged.length);
      damaged[at] = (damaged[at] as number) ^ (1 << next(8));
      try {
        filter(damaged);
      } catch (thrown) {
        expect(thrown).toMatchObject({ code: "invalid-argument" });
      }
    }
  });
});
