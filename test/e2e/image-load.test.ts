import { readdir, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { busyboxConfig, busyboxEntries, busyboxImage } from "../harness/images/busybox.ts";
import { dockerArchive, tarBeginning } from "../harness/images/docker-archive.ts";
import { imageOf, type Layer, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { file, type TarEntry, tarOf } from "../harness/images/tar-layer.ts";
import { programs } from "../harness/instance/programs.ts";
import { mustRun } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";
import { type Suite, systemSuite } from "../harness/suite.ts";

systemSuite("tdock load", (suite) => {
  const staged = () => readdir(join(suite.tdockd.layout.dataRoot, "images/staging"), { recursive: true });
  const arriving = () => readdir(join(suite.tdockd.layout.dataRoot, "images/downloads"), { recursive: true });
  const expectNothingLeft = async () => expect([await staged(), await arriving()]).toEqual([[], []]);
  const isUnpacked = async (name: string) =>
    expect(await staged()).toContainEqual(expect.stringMatching(new RegExp(`/fs/${name}$`)));

  it("unpacks layers before it is told which image they belong to", async () => {
    const { layers, rest } = await dockerArchive({ "streamed:1": await imageWith([file("marker", "streamed\n")]) });
    await using load = openLoad(suite);

    load.write(layers);
    await eventually(() => isUnpacked("marker"));
    load.write(rest);

    expect(await load.answer()).toContain("Loaded image: streamed:1");
    await expectNothingLeft();
    expect(await suite.mustTdock(["run", "--rm", "streamed:1", "cat", "/marker"])).toBe("streamed");
  });

  it("does not unpack what is here", async () => {
    const { layers, rest } = await dockerArchive({ "again:1": await busyboxImage() });
    await using load = openLoad(suite);

    load.write(layers);
    load.write(await tarBeginning([file("next", "what follows the layers")]));
    await eventually(async () => expect(await arriving()).toContainEqual(expect.stringMatching(/\/2$/)));
    expect(await staged()).toEqual([]);
    load.write(rest);

    expect(await load.answer()).toContain("Loaded image: again:1");
  });

  it("leaves nothing of an archive whose sender goes away", async () => {
    const { layers } = await dockerArchive({ "gone:1": await imageWith([file("half", "of an image\n")]) });
    const load = openLoad(suite);
    load.write(layers);
    await eventually(() => isUnpacked("half"));

    await load[Symbol.asyncDispose]();

    await eventually(expectNothingLeft);
    expect((await suite.api("GET", "/images/gone:1/json")).status).toBe(404);
  });

  it("leaves nothing of an archive during which the server is killed, and takes it the next time", async () => {
    const archive = await dockerArchive({ "killed:1": await imageWith([file("late", "but here\n")]) });
    await using load = openLoad(suite);
    load.write(archive.layers);
    await eventually(() => isUnpacked("late"));

    await suite.tdockd.stop("SIGKILL");
    await suite.tdockd.start();

    await expectNothingLeft();
    expect((await suite.api("GET", "/images/killed:1/json")).status).toBe(404);
    await suite.mustTdock(["load"], { stdin: Buffer.concat([archive.layers, archive.rest]) });
    expect(await suite.mustTdock(["run", "--rm", "killed:1", "cat", "/late"])).toBe("but here");
  });

  it("refuses an archive with a layer that must not be unpacked, and leaves nothing of it", async () => {
    const { layers, rest } = await dockerArchive({
      "hostile:1": await imageWith([file("../../escaped", "from the root")]),
    });

    const { status, body } = await suite.api("POST", "/images/load", Buffer.concat([layers, rest]));

    expect({ status, body }).toMatchObject({ status: 400, body: { message: expect.stringContaining("leaves") } });
    await expectNothingLeft();
    expect((await suite.api("GET", "/images/hostile:1/json")).status).toBe(404);
  });

  it("says why an archive is refused of which most is still to come", async () => {
    await using folder = await scratchFolder("refused");
    const path = join(folder.path, "archive.tar");
    const filler = file("filler", Buffer.alloc(64 << 20));
    await writeFile(path, await tarOf([file("manifest.json", " ".repeat(2 << 20)), filler]));

    const { exitCode, stderr } = await suite.tdock(["load", "-i", path]);

    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("manifest.json is over"),
    });
    await expectNothingLeft();
  });

  it("reads what is no regular file", async () => {
    await using folder = await scratchFolder("piped");
    const path = join(folder.path, "archive.tar");
    const { layers, rest } = await dockerArchive({ "piped:1": await imageWith([file("piped", "yes\n")]) });
    await writeFile(path, Buffer.concat([layers, rest]));

    const said = await mustRun("sh", ["-c", `cat ${path} | ${programs.tdock} load -i /dev/stdin`], {
      env: suite.tdockd.clientEnv,
    });

    expect(said).toContain("Loaded image: piped:1");
  });

  it("does not mind what no image of the archive has, and leaves nothing of it", async () => {
    const { layers, rest } = await dockerArchive({ "plain:1": await imageWith([file("of-the-image", "yes\n")]) });
    const strangers = await tarBeginning([
      file("hostile.tar", await tarOf([file("../../escaped", "from the root")])),
      file("harmless.tar", await tarOf([file("of-nobody", "no\n")])),
      file("cut-off.tar", (await tarOf([file("long", "x".repeat(4096))])).subarray(0, 2048)),
    ]);

    await suite.mustTdock(["load"], { stdin: Buffer.concat([strangers, layers, rest]) });

    await expectNothingLeft();
    expect(await suite.mustTdock(["run", "--rm", "plain:1", "sh", "-c", "ls /of-*"])).toBe("/of-the-image");
  });

  it("takes images that have the same layers in different places, each as often as it names it", async () => {
    const one = await layerOf([file("shared", "by both\n")], "none");
    const base = await layerOf(await busyboxEntries(), "none");
    const { layers, rest } = await dockerArchive({
      "above:1": imageOf({ layers: [base, one], config: busyboxConfig }),
      "below:1": imageOf({ layers: [one, base, one], config: busyboxConfig }),
    });

    await suite.mustTdock(["load"], { stdin: Buffer.concat([layers, rest]) });

    await expectNothingLeft();
    for (const name of ["above:1", "below:1"]) {
      expect(await suite.mustTdock(["run", "--rm", name, "cat", "/shared"])).toBe("by both");
    }
  });

  it("takes more layers than are unpacked at a time, large and small, compressed or not", async () => {
    const kinds = ["gzip", "zstd", "none"] as const;
    const layers: Layer[] = [await layerOf(await busyboxEntries())];
    for (let index = 0; index < 24; index += 1) {
      const body = `${index}\n`.repeat(index % 2 === 0 ? 1 : 200_000);
      layers.push(await layerOf([file(`file-${index}`, body)], kinds[index % 3]));
    }
    const archive = await dockerArchive({ "many-layers:1": imageOf({ layers, config: busyboxConfig }) });

    await suite.mustTdock(["load"], { stdin: Buffer.concat([archive.layers, archive.rest]) });

    await expectNothingLeft();
    const lines = "cat /file-* | wc -l; ls /file-* | wc -l";
    expect(await suite.mustTdock(["run", "--rm", "many-layers:1", "sh", "-c", lines])).toBe("2400012\n24");
  });
});

/** An image of busybox and one more layer. */
async function imageWith(entries: readonly TarEntry[]): Promise<OciImage> {
  const layers = [await layerOf(await busyboxEntries()), await layerOf(entries, "none")];
  return imageOf({ layers, config: busyboxConfig });
}

/** A load whose archive comes piece by piece. Disposing of it before it was answered breaks it off. */
function openLoad({ tdockd }: Suite) {
  const call = request({ socketPath: tdockd.layout.socket, method: "POST", path: "/images/load" });
  const response = new Promise<IncomingMessage>((resolve, reject) => {
    call.once("response", resolve);
    call.once("error", reject);
  });
  response.catch(() => undefined);
  return {
    write: (bytes: Buffer) => void call.write(bytes),
    answer: async () => {
      call.end();
      return text(await response);
    },
    [Symbol.asyncDispose]: async () => void call.destroy(),
  };
}
