import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layeredFiles, layeredImage } from "../harness/images/layered-image.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";
import { startDockerDaemon } from "./docker-daemon.ts";
import type { ForeignEngine } from "./foreign-engine.ts";
import { openPodman } from "./podman-engine.ts";

const engines: Readonly<Record<string, () => Promise<ForeignEngine>>> = {
  "Debian's dockerd": startDockerDaemon,
  "Debian's podman": openPodman,
};
/** How each writes an archive: the flags of `save`. */
const forms: readonly (readonly [engine: string, form: string, flags: readonly string[]])[] = [
  ["Debian's dockerd", "Docker's form", []],
  ["Debian's podman", "Docker's form", ["--format=docker-archive"]],
  ["Debian's podman", "OCI's form", ["--format=oci-archive"]],
];
const programs: Readonly<Record<string, string>> = { gzip: "gzip -c", zstd: "zstd -qc", nothing: "cat" };
const inspectLayers = ["image", "inspect", "--format", "{{json .RootFS.Layers}}"];

systemSuite(
  "archives of images",
  (suite) => {
    const others = new Map<string, ForeignEngine>();
    const other = (name: string) => others.get(name) as ForeignEngine;
    const at = (name: string) => join(suite.tdockd.layout.root, name);

    beforeAll(async () => {
      for (const [name, start] of Object.entries(engines)) others.set(name, await start());
      await suite.mustTdock(["pull", "-q", suite.image("mixed")]);
    });
    afterAll(async () => {
      for (const engine of others.values()) await engine[Symbol.asyncDispose]();
    });

    describe.each(Object.keys(engines))("%s", (name) => {
      it.each(["nothing", "gzip"])("loads what tdock saves, compressed with %s", async (program) => {
        const image = suite.image("mixed:latest");
        await suite.mustTdock(["save", "-o", at("ours.tar"), image]);
        await mustRun("sh", ["-c", `${programs[program]} ours.tar > ours`], { cwd: suite.tdockd.layout.root });

        const said = await other(name).run(["load", "-i", at("ours")]);

        expect(said).toContain(image);
        const layers = await suite.mustTdock([...inspectLayers, image]);
        expect(JSON.parse(await other(name).run([...inspectLayers, image]))).toEqual(JSON.parse(layers));
        await other(name).run(["rmi", image]);
      });
    });

    it.each(forms.flatMap((form) => Object.keys(programs).map((program) => [...form, program] as const)))(
      "of %s in %s are loaded by tdock (%j, compressed with %s)",
      async (name, _, flags, program) => {
        const image = suite.image("mixed:latest");
        const layers = await suite.mustTdock([...inspectLayers, image]);
        await suite.mustTdock(["save", "-o", at("ours.tar"), image]);
        await other(name).run(["load", "-i", at("ours.tar")]);
        await mustRun("rm", ["-f", at("theirs.tar")]);
        await other(name).run(["save", ...flags, "-o", at("theirs.tar"), image]);
        await mustRun("sh", ["-c", `${programs[program]} theirs.tar > theirs`], { cwd: suite.tdockd.layout.root });
        await suite.mustTdock(["rmi", "-f", image]);

        const said = await suite.mustTdock(["load", "-i", at("theirs")]);

        expect(said).toContain(image);
        expect(await suite.mustTdock([...inspectLayers, image])).toBe(layers);
        for (const [path, text] of Object.entries(layeredFiles)) {
          expect(await suite.tdock(["run", "--rm", image, "cat", path])).toMatchObject({ stdout: text });
        }
      },
    );
  },
  { images: async () => ({ mixed: await layeredImage(["gzip", "none", "gzip"]) }) },
);
