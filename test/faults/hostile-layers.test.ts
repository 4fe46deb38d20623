import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { hostileLayers } from "../harness/images/hostile-layers.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { canaryAt } from "../harness/oracles/canary.ts";
import { systemSuite } from "../harness/suite.ts";

const canary = canaryAt("/var/lib/tdock-hostile-layers/canary");

systemSuite("a pull of an image with hostile layers", (suite) => {
  const images = hostileLayers(canary.path);

  beforeAll(async () => {
    await canary.plant();
    const base = await layerOf(await busyboxEntries());
    for (const [name, layers] of Object.entries(images)) {
      const hostile = await Promise.all(layers.map((entries) => layerOf(entries)));
      await pushImage(suite.registry, name, imageOf({ layers: [base, ...hostile], config: busyboxConfig }));
    }
    return () => canary.remove();
  });

  describe.each(Object.keys(images))("%s", (name) => {
    it("is refused or stays inside the image, and the host file beside it is as it was", async () => {
      const { exitCode, stderr } = await suite.tdock(["pull", suite.image(name)]);
      if (exitCode === 0) await suite.tdock(["run", "--rm", suite.image(name), "true"]);

      expect(stderr).not.toMatch(/^\s+at /m);
      expect(await canary.changes()).toEqual([]);
      expect(await stat(join(canary.folder, "planted-by-a-layer")).catch(() => "absent")).toBe("absent");
    });
  });

  it("shows no byte of the host to a container", async () => {
    const text = await readFile(canary.path, "utf8");
    for (const name of Object.keys(images).filter((image) => image.startsWith("hardlink"))) {
      const { stdout } = await suite.tdock(["run", "--rm", suite.image(name), "cat", "/hard"]);
      expect(stdout).not.toContain(text);
    }
  });

  it("lets no container use the devices that its image brings", async () => {
    const image = suite.image("devices");
    for (const device of ["/disk", "/kmsg", "/memory"]) {
      const { exitCode, stderr } = await suite.tdock(["run", "--rm", image, "dd", `if=${device}`, "bs=1", "count=1"]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringMatching(/not permitted|No such/) });
    }
  });
});
