import { createHash } from "node:crypto";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { randomFrom } from "@tdock/keeper/testing/random";
import { extract } from "tar-stream";
import { beforeAll, describe, expect, it } from "vitest";
import { startHostileRegistry } from "../harness/hostile/hostile-registry.ts";
import { damagedBlobs } from "../harness/images/damaged-blobs.ts";
import { dockerArchive } from "../harness/images/docker-archive.ts";
import {
  blobOf,
  type Compression,
  compressLayer,
  digestOf,
  imageOf,
  type Layer,
  layerOf,
  type OciImage,
} from "../harness/images/oci-image.ts";
import { directory, file, symlink, type TarEntry, tarOf } from "../harness/images/tar-layer.ts";
import { type Suite, systemSuite } from "../harness/suite.ts";

/** What a layer holds: the bytes of each file, hashed, and where each link leads. */
type Content = Readonly<Record<string, string>>;

/** An image one of whose layers is damaged, and what it is to hold if it is taken all the same. */
interface Case {
  readonly label: string;
  readonly image: OciImage;
  readonly whole: OciImage;
  readonly content: Content | undefined;
  readonly wholeContent: Content;
}

/** Through each door. */
const cuts = 25;
const flips = 100;
/** An archive ends with two empty blocks, the first of which says all. */
const blockBytes = 512;
const kinds = ["gzip", "zstd", "none", "tar"] as const;

/** Ways in. Each resolves to what was said when the image was refused, "" when it was taken. */
const doors: Readonly<Record<string, (suite: Suite, image: OciImage, name: string) => Promise<string>>> = {
  async pull(suite, image, name) {
    await using registry = await startHostileRegistry({ [name]: { image } });
    const from = `${registry.host}/${name}`;
    const { status, body } = await suite.api("POST", `/images/create?fromImage=${from}&tag=latest`);
    if (status !== 200 || String(body).includes("errorDetail")) return `${status} ${JSON.stringify(body)}`;
    await suite.api("POST", `/images/${from}/tag?repo=${name}`);
    await suite.api("DELETE", `/images/${from}`);
    return "";
  },
  async load(suite, image, name) {
    const { layers, rest } = await dockerArchive({ [`${name}:latest`]: image });
    const { status, body } = await suite.api("POST", "/images/load", Buffer.concat([layers, rest]));
    return status === 200 && !JSON.stringify(body).includes("errorDetail") ? "" : `${status} ${JSON.stringify(body)}`;
  },
};

systemSuite("a layer that is cut off or has a wrong bit", (suite) => {
  let below: Layer;
  let pid: number;
  beforeAll(async () => {
    below = await layerOf([directory("below"), file("below/file", "below")]);
    pid = suite.tdockd.pid;
  });

  describe.each(Object.keys(doors).map((door, index) => [door, index] as const))("through %s", (door, index) => {
    const enter = doors[door] as (typeof doors)[string];

    it("is refused, or the image is right, and the whole one is taken afterwards", { timeout: 180_000 }, async () => {
      const random = randomFrom(12 + index);
      const wrong: string[] = [];
      let refused = 0;
      const one = async (number: number) => {
        const damaged = await damagedCase(random, door, number, below);
        const name = `damaged-${door}-${number}`;
        const said = await enter(suite, damaged.image, name);
        const fails = (why: string) => wrong.push(`${damaged.label}: ${why}`);
        if (said !== "") {
          refused += 1;
          if (!/message|errorDetail/.test(said) || / at .*\.[jt]s:/.test(said)) fails(said);
          if ((await suite.api("GET", `/images/${name}/json`)).status !== 404) fails("there is an image");
        } else if (damaged.content === undefined) fails("was taken");
        else if (!same(await contentOf(suite, name), damaged.content)) fails("holds something else");
        if (number % 5 !== 0) return;
        const taken = await enter(suite, damaged.whole, `whole-${door}-${number}`);
        if (taken !== "") fails(`the whole one was refused: ${taken}`);
        else if (!same(await contentOf(suite, `whole-${door}-${number}`), damaged.wholeContent)) fails("the whole one");
      };
      for (let at = 0; at < cuts + flips; at += 5) await Promise.all([0, 1, 2, 3, 4].map((offset) => one(at + offset)));

      expect(wrong).toEqual([]);
      expect(refused).toBeGreaterThan((cuts + flips) / 2);
      expect(await damagedBlobs(suite.tdockd)).toEqual([]);
      await suite.mustTdock(["image", "prune", "-af"]);
      expect(suite.tdockd.pid).toBe(pid);
      expect((await suite.api("GET", "/_ping")).status).toBe(200);
    });
  });
});

/**
 * Of the kind `tar` even the digests are those of what is damaged: it is for the reader of archives alone to notice.
 * Of the others the configuration tells what they were to hold.
 */
async function damagedCase(
  random: (below: number) => number,
  door: string,
  number: number,
  below: Layer,
): Promise<Case> {
  const kind = kinds[number % kinds.length] ?? "tar";
  const tar = await tarOf(entriesOf(random, `${door} ${number}`));
  const compression: Compression = kind === "tar" ? "none" : kind;
  const layer = compressLayer(tar, compression);
  const isCut = number < cuts;
  const at = random(layer.size);
  const bit = random(8);
  const content = isCut ? Buffer.from(layer.content.subarray(0, at)) : Buffer.from(layer.content);
  if (!isCut) content.writeUInt8((content[at] ?? 0) ^ (1 << bit), at);
  const blob = blobOf(layer.mediaType, content);
  const damaged = { ...blob, diffId: kind === "tar" ? digestOf(content) : layer.diffId };
  const isSame = plain(content, compression)?.equals(tar) === true;
  const wholeContent = (await readTar(tar)) as Content;
  return {
    label: `${kind} ${number}, ${isCut ? "cut" : `bit ${bit} flipped`} at ${at} of ${layer.size}`,
    image: imageOf({ layers: [below, damaged], config: { Cmd: ["x"] } }),
    whole: imageOf({ layers: [below, layer], config: { Cmd: ["x"] } }),
    content:
      kind === "tar" ? await readTar(content.subarray(0, tar.length - blockBytes)) : isSame ? wholeContent : undefined,
    wholeContent,
  };
}

function entriesOf(random: (below: number) => number, serial: string): TarEntry[] {
  const bytes = (size: number) => Buffer.from(Array.from({ length: size }, () => random(256)));
  return [
    directory("d"),
    file("d/serial", serial),
    file("d/noise", bytes(random(1500))),
    file("d/text", "a line of text\n".repeat(random(100))),
    file("d/empty", ""),
    symlink("d/link", "noise"),
    file(`d/${"long".repeat(40)}`, bytes(random(600))),
  ];
}

/** A blob's bytes as they were before they were compressed; undefined where they cannot be told. */
function plain(content: Buffer, compression: Compression): Buffer | undefined {
  if (compression === "none") return content;
  try {
    return compression === "gzip" ? gunzipSync(content) : zstdDecompressSync(content);
  } catch {
    return undefined;
  }
}

/** What an archive holds; undefined when it is none. */
async function readTar(tar: Buffer): Promise<Content | undefined> {
  const found: Record<string, string> = {};
  const archive = extract();
  archive.end(tar);
  try {
    for await (const entry of archive) {
      const { name, type, linkname } = entry.header;
      const hash = createHash("sha256");
      for await (const chunk of entry) hash.update(chunk as Buffer);
      if (type === "file") found[name] = hash.digest("hex");
      if (type === "symlink") found[name] = `-> ${linkname}`;
    }
  } catch {
    return undefined;
  }
  return found;
}

/** What an image holds in the folder that is in question. */
async function contentOf(suite: Suite, name: string): Promise<Content> {
  const { body } = await suite.api("POST", "/containers/create", { Image: name });
  const answer = await suite.tdockd.apiStream("GET", `/containers/${body.Id}/archive?path=/d`);
  const archive = Buffer.from(await answer.body.arrayBuffer());
  await suite.api("DELETE", `/containers/${body.Id}`);
  return (await readTar(archive)) ?? {};
}

function same(one: Content, other: Content): boolean {
  const sorted = (content: Content) => JSON.stringify(Object.entries(content).sort());
  return sorted(one) === sorted(other);
}
