import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readFileIfExists } from "../host/atomic-file.ts";
import { UnsyncedImages } from "./unsynced-images.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "unsynced-"));
  path = join(folder, "unsynced.json");
});
afterEach(() => rm(folder, { recursive: true }));

/** A disk that is done when the test says so. */
function slowDisk() {
  const flushes: PromiseWithResolvers<void>[] = [];
  const flush = () => {
    const one = Promise.withResolvers<void>();
    flushes.push(one);
    return one.promise;
  };
  return { isSettled: false, flush, flushes };
}

const quiet = { error: () => undefined };
const noted = async () => {
  const text = await readFileIfExists(path);
  return text === undefined ? [] : (JSON.parse(text).digests as string[]);
};

it("notes an image before it has its name, until it is on the disk", async () => {
  const disk = slowDisk();
  const images = await UnsyncedImages.open(path, { disk, log: quiet });
  let whenNamed: string[] = [];
  await images.name("sha256:a", async () => {
    whenNamed = await noted();
  });

  expect(whenNamed).toEqual(["sha256:a"]);
  expect(await noted()).toEqual(["sha256:a"]);
  disk.flushes[0]?.resolve();
  await vi.waitFor(async () => expect(await noted()).toEqual([]));
});

it("keeps those waiting who need the image on the disk, and nobody else", async () => {
  const disk = slowDisk();
  const images = await UnsyncedImages.open(path, { disk, log: quiet });
  await images.name("sha256:a", async () => undefined);
  let isSettled = false;
  const settled = images.settled("sha256:a").then(() => {
    isSettled = true;
  });

  await images.settled("sha256:b");
  expect(isSettled).toBe(false);
  disk.flushes[0]?.resolve();
  await settled;
});

it("writes nothing when all is on the disk, and keeps what two are naming until both are done", async () => {
  const disk = slowDisk();
  const images = await UnsyncedImages.open(path, { disk, log: quiet });
  await images.name("sha256:a", async () => undefined);
  await images.name("sha256:a", async () => undefined);
  await UnsyncedImages.open(join(folder, "other.json"), { disk: { ...disk, isSettled: true }, log: quiet }).then(
    (other) => other.name("sha256:a", async () => undefined),
  );
  expect(await readFileIfExists(join(folder, "other.json"))).toBe(undefined);

  disk.flushes[0]?.resolve();
  await images.name("sha256:b", async () => undefined);
  expect(await noted()).toEqual(["sha256:a", "sha256:b"]);
  for (const flush of disk.flushes) flush.resolve();
  await vi.waitFor(async () => expect(await noted()).toEqual([]));
});

it("brings to the disk what an earlier tdockd left, and calls lost what an earlier run of the machine left", async () => {
  const first = await UnsyncedImages.open(path, { disk: slowDisk(), log: quiet });
  await first.name("sha256:a", async () => undefined);

  const disk = slowDisk();
  const second = await UnsyncedImages.open(path, { disk, log: quiet });
  expect(second.lost).toEqual([]);
  disk.flushes[0]?.resolve();
  await vi.waitFor(async () => expect(await noted()).toEqual([]));

  for (const damaged of ["", "null", "{}", "[1]"]) {
    await writeFile(path, damaged);
    expect((await UnsyncedImages.open(path, { disk, log: quiet })).lost).toEqual([]);
  }
  await writeFile(path, JSON.stringify({ bootId: "another", digests: ["sha256:a"] }));
  const third = await UnsyncedImages.open(path, { disk: slowDisk(), log: quiet });
  expect(third.lost).toEqual(["sha256:a"]);
  expect((await UnsyncedImages.open(path, { disk, log: quiet })).lost).toEqual(["sha256:a"]);
  await third.forgetLost();
  expect((await UnsyncedImages.open(path, { disk, log: quiet })).lost).toEqual([]);
});
