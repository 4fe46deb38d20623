import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../harness/free-port.ts";
import { layeredImage } from "../harness/images/layered-image.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";
import { startDockerDaemon } from "./docker-daemon.ts";
import type { ForeignEngine } from "./foreign-engine.ts";
import { openPodman } from "./podman-engine.ts";

const serving = `127.0.0.1:${await freePort()}`;
const engines: Readonly<Record<string, readonly [start: () => Promise<ForeignEngine>, ...flags: readonly string[]]>> = {
  "Debian's dockerd": [startDockerDaemon],
  "Debian's podman": [openPodman, "--tls-verify=false"],
};
const inspectLayers = ["image", "inspect", "--format", "{{json .RootFS.Layers}}"];

systemSuite(
  "images served to other engines",
  (suite) => {
    const others = new Map<string, ForeignEngine>();

    beforeAll(async () => {
      for (const [name, [start]] of Object.entries(engines)) others.set(name, await start());
      await suite.mustTdock(["pull", "-q", suite.image("mixed")]);
      const id = await suite.mustTdock(["create", suite.image("mixed"), "true"]);
      await suite.mustTdock(["commit", id, "committed:1"]);
      await suite.mustTdock(["rm", id]);
    });
    afterAll(async () => {
      for (const engine of others.values()) await engine[Symbol.asyncDispose]();
    });

    it.each(Object.keys(engines))("%s pulls what was pulled and what was made here", async (name) => {
      const { run } = others.get(name) as ForeignEngine;
      const [, ...flags] = engines[name] ?? [];
      const pulled = `${serving}/${suite.image("mixed").replace(":", "_")}:latest`;
      const made = `${serving}/library/committed:1`;

      for (const image of [pulled, made]) await run(["pull", ...flags, image]);

      const layers = async (image: string) => JSON.parse(await run([...inspectLayers, image]));
      const ours = async (image: string) => JSON.parse(await suite.mustTdock([...inspectLayers, image]));
      expect(await layers(pulled)).toEqual(await ours(suite.image("mixed")));
      expect(await layers(made)).toEqual(await ours("committed:1"));
      for (const image of [pulled, made]) await run(["rmi", image]);
    });

    it("skopeo copies them, and nobody can push, delete or see what has no tag", async () => {
      const { root } = suite.tdockd.layout;
      const repository = suite.image("mixed").replace(":", "_");
      await suite.mustTdock(["tag", suite.image("mixed"), "untagged:1"]);
      await suite.mustTdock(["rmi", "untagged:1"]);

      await mustRun("skopeo", [
        "copy",
        "--src-tls-verify=false",
        `docker://${serving}/${repository}:latest`,
        `dir:${root}/copied`,
      ]);

      const status = async (method: string, path: string) =>
        (await fetch(`http://${serving}/v2/${path}`, { method })).status;
      expect(await status("PUT", `${repository}/manifests/new`)).toBe(405);
      expect(await status("DELETE", `${repository}/manifests/latest`)).toBe(405);
      expect(await status("GET", "library/untagged/manifests/1")).toBe(404);
    });
  },
  {
    flags: [`--serve-images=${serving}`],
    images: async () => ({ mixed: await layeredImage(["gzip", "none", "gzip"]) }),
  },
);
