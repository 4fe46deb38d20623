import { once } from "node:events";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hostileLayers } from "../harness/images/hostile-layers.ts";
import { hostileTars } from "../harness/images/hostile-tars.ts";
import { directory, file, symlink, tarOf } from "../harness/images/tar-layer.ts";
import { programs } from "../harness/instance/programs.ts";
import { canaryAt } from "../harness/oracles/canary.ts";
import { runProgram } from "../harness/program.ts";
import { scratchFolder } from "../harness/scratch.ts";

const canary = canaryAt("/var/lib/tdock-hostile-engine/canary");
const layers = Object.entries(hostileLayers(canary.path)).map(async ([name, [first = []]]) => [
  name,
  await tarOf(first),
]);
const archives: Readonly<Record<string, Buffer>> = {
  ...Object.fromEntries(await Promise.all(layers)),
  ...(await hostileTars()),
  "another-name": await tarOf([file("out/../../planted", "x")]),
  "two-names": await tarOf([directory("evil"), symlink("neighbour", canary.folder), file("neighbour/planted", "x")]),
};

/** Row B4: what an engine sends is not trusted by the command line either. */
describe("tdock cp from an engine that means harm", () => {
  let root: Awaited<ReturnType<typeof scratchFolder>>;
  let engine: Server;
  let archive: Buffer = Buffer.alloc(0);

  beforeAll(async () => {
    await canary.plant();
    root = await scratchFolder("hostile-engine");
    engine = createServer((_, response) => {
      const stat = { name: "evil", size: 4096, mode: 2 ** 31 + 0o755, mtime: new Date(0), linkTarget: "" };
      response.setHeader("Api-Version", "1.51");
      response.setHeader("X-Docker-Container-Path-Stat", Buffer.from(JSON.stringify(stat)).toString("base64"));
      response.end(archive);
    });
    engine.listen(join(root.path, "sock"));
    await once(engine, "listening");
  });
  afterAll(async () => {
    engine.close();
    await canary.remove();
    await root[Symbol.asyncDispose]();
  });
  afterEach(() => rm(join(root.path, "around"), { recursive: true, force: true }));

  it.each(Object.keys(archives))("writes nothing outside of the destination: %s", async (name) => {
    archive = archives[name] ?? archive;
    const around = join(root.path, "around");
    await mkdir(join(around, "there"), { recursive: true });
    await writeFile(join(around, "before"), "");
    const env = { DOCKER_HOST: `unix://${join(root.path, "sock")}`, HOME: root.path };

    for (const target of ["there", "out"]) {
      const { exitCode } = await runProgram(programs.tdock, ["cp", "c:/evil", join(around, target)], { env });
      expect([0, 1]).toContain(exitCode);
    }

    expect((await readdir(around)).filter((one) => one !== "out")).toEqual(["before", "there"]);
    expect(await canary.changes()).toEqual([]);
  });
});
