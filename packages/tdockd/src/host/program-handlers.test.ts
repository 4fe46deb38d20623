import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { emulates, programHandlers } from "./program-handlers.ts";

/** An entry as the kernel shows it; magic and mask are those that QEMU registers. */
const entry = ({ state = "enabled", flags = "OCF", magic = "", mask = "" }) =>
  `${state}\ninterpreter /usr/bin/qemu\nflags: ${flags}\noffset 0\nmagic ${magic}\nmask ${mask}\n`;

const arm64 = {
  magic: "7f454c460201010000000000000000000200b700",
  mask: "ffffffffffffff00fffffffffffffffffeffffff",
};
const s390x = {
  magic: "7f454c4602020100000000000000000000020016",
  mask: "ffffffffffffff00fffffffffffffffffffeffff",
};

describe("programHandlers", () => {
  let folder: string;
  const architecturesOf = async (text: string) => {
    await writeFile(join(folder, "entry"), text);
    const handlers = await programHandlers(folder);
    return ["amd64", "arm", "arm64", "s390x", "zilog"].filter((one) => handlers.some((known) => emulates(known, one)));
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "handlers-"));
    await writeFile(join(folder, "status"), "enabled\n");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([
    ["an emulator of arm64", entry(arm64), ["arm64"]],
    ["one of a machine that counts from the other end", entry(s390x), ["s390x"]],
    ["one that is switched off", entry({ ...arm64, state: "disabled" }), []],
    ["one that is looked for inside the container", entry({ ...arm64, flags: "OC" }), []],
    ["a handler of a file's name", "enabled\ninterpreter /usr/bin/wine\nflags: F\nextension .exe\n", []],
    ["a handler without a mask", entry(arm64).replace(/^mask.*\n/m, ""), ["arm64"]],
  ])("reads %s", async (_, text, expected) => {
    expect(await architecturesOf(text)).toEqual(expected);
  });

  it("finds none where the kernel has none", async () => {
    expect(await programHandlers(join(folder, "none"))).toEqual([]);
  });
});
