import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { dockerArchive } from "../harness/images/docker-archive.ts";
import { compressLayer, imageOf } from "../harness/images/oci-image.ts";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import { type Suite, systemSuite } from "../harness/suite.ts";

/** Ways in for an archive. Each resolves to an image or a container that has its files. */
const doors: Readonly<Record<string, (suite: Suite, tar: Buffer, name: string) => Promise<unknown>>> = {
  async load(suite, tar, name) {
    const image = imageOf({ layers: [compressLayer(tar)], config: { Cmd: ["x"] } });
    const { layers, rest } = await dockerArchive({ [`${name}:latest`]: image });
    return suite.api("POST", "/images/load", Buffer.concat([layers, rest]));
  },
  async "cp in"(suite, tar, name) {
    await suite.mustTdock(["create", "--name", name, suite.busybox, "true"]);
    return suite.api("PUT", `/containers/${name}/archive?path=/`, tar);
  },
};

const emptyFile = await tarOf([file("0".repeat(20), "")]);
const few = 25_000;
const mebibyte = 1024;

systemSuite("an archive of very many empty files", (suite) => {
  const own = (name: string) => `/proc/${suite.tdockd.pid}/${name}`;
  /** Of the server and all that it has waited for, in hundredths of a second. */
  const processorTime = async () => {
    const fields = (await readFile(own("stat"), "utf8")).replace(/^.*\) /, "").split(" ");
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  };
  const kibibytes = async (field: "VmRSS" | "VmHWM") =>
    Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(await readFile(own("status"), "utf8"))?.[1]);

  it.each(Object.keys(doors))(
    "takes, through %s, time that grows as their number does, and little memory",
    { timeout: 180_000 },
    async (door) => {
      const enter = async (count: number) => {
        const tar = emptyFiles(count);
        await writeFile(own("clear_refs"), "5"); // forgets the peak so far
        const before = [await processorTime(), await kibibytes("VmRSS")] as const;
        const answer = await doors[door]?.(suite, tar, `many-${count}`);
        return {
          answer,
          time: (await processorTime()) - before[0],
          memory: (await kibibytes("VmHWM")) - before[1],
        };
      };

      const one = await enter(few);
      const four = await enter(4 * few);

      for (const { answer, memory } of [one, four]) {
        expect(answer).toMatchObject({
          status: 200,
          body: expect.not.objectContaining({ errorDetail: expect.anything() }),
        });
        expect(memory).toBeLessThan(64 * mebibyte);
      }
      expect(four.time / one.time).toBeLessThan(7);
    },
  );
});

/** An archive of so many, all in one folder. */
function emptyFiles(count: number): Buffer {
  const archive = Buffer.alloc(count * 512 + 1024);
  for (let index = 0; index < count; index += 1) {
    const at = index * 512;
    emptyFile.copy(archive, at, 0, 512);
    archive.write(`many/${String(index).padStart(15, "0")}`, at, "latin1");
    archive.fill(" ", at + 148, at + 156);
    let sum = 0;
    for (let byte = at; byte < at + 512; byte += 1) sum += archive[byte] ?? 0;
    archive.write(`${sum.toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
  }
  return archive;
}
