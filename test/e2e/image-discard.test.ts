import { once } from "node:events";
import { createServer, request as forward } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { eventually } from "../harness/eventually.ts";
import { hasBlobFile } from "../harness/images/blob-file.ts";
import { layeredFiles, layeredImage } from "../harness/images/layered-image.ts";
import type { OciImage } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { startTdockd } from "../harness/instance/tdockd.ts";
import { mustRun } from "../harness/program.ts";
import { type Registry, startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite(
  "layers that are kept only unpacked",
  (suite) => {
    let source: Registry;
    let image: OciImage;
    const name = () => `${source.host}/layered:1`;
    const stored = async () => {
      const isStored = await Promise.all(image.layers.map(({ digest }) => hasBlobFile(suite.tdockd, digest)));
      return isStored.filter(Boolean).length;
    };
    const nothingIsStored = () => eventually(async () => expect(await stored()).toBe(0));
    const cat = async (reference: string) => {
      const [path = "", text = ""] = Object.entries(layeredFiles)[1] ?? [];
      expect(await suite.mustTdock(["run", "--rm", reference, "cat", path])).toBe(text.trimEnd());
    };

    beforeAll(async () => {
      source = await startRegistry();
      image = await layeredImage(["gzip", "zstd", "gzip"]);
      await pushImage(source, "layered:1", image);
    });
    afterAll(() => source[Symbol.asyncDispose]());
    beforeEach(async () => {
      await suite.mustTdock(["rmi", "-f", suite.busybox]);
      await suite.mustTdock(["pull", "-q", name()]);
      await nothingIsStored();
    });

    it("run, and a second pull fetches nothing", async () => {
      const again = await suite.mustTdock(["pull", name()]);

      expect(again).toContain("Image is up to date");
      expect(again).not.toContain("Pulling fs layer");
      expect(await stored()).toBe(0);
      await cat(name());
    });

    it("are fetched again for save, and let go afterwards", async () => {
      const archive = join(suite.tdockd.layout.root, "layered.tar");

      await suite.mustTdock(["save", "-o", archive, name()]);

      await nothingIsStored();
      await using other = await startTdockd();
      await other.mustTdock(["load", "-i", archive]);
      expect(await other.mustTdock(["inspect", "-f", "{{.Id}}", name()])).toBe(image.config.digest);
    });

    it("are fetched again for a push elsewhere, also below what was built and committed upon them", async () => {
      await suite.mustTdock(["build", "-q", "-t", suite.image("built:1"), "-"], {
        stdin: `FROM ${name()}\nRUN echo built > /built\n`,
      });
      await suite.mustTdock(["run", "--name", "changed", name(), "touch", "/changed"]);
      await suite.mustTdock(["commit", "changed", suite.image("committed:1")]);
      await suite.mustTdock(["rm", "changed"]);
      await suite.mustTdock(["rmi", name()]);

      for (const made of ["built:1", "committed:1"]) {
        await suite.mustTdock(["push", "-q", suite.image(made)]);
        const folder = join(suite.tdockd.layout.root, made.replace(":", "-"));
        await mustRun("skopeo", ["copy", "--src-tls-verify=false", `docker://${suite.image(made)}`, `dir:${folder}`]);
      }

      await nothingIsStored();
    });

    it("are mounted by a push to where they came from, and not fetched again", async () => {
      await using counter = await countFetches(source);
      const from = `${counter.host}/layered:1`;
      const target = `${counter.host}/other/layered:1`;
      await suite.mustTdock(["pull", "-q", from]);
      await nothingIsStored();
      await suite.mustTdock(["tag", from, target]);
      const before = counter.fetched();

      const said = await suite.mustTdock(["push", target]);

      expect(said).toContain("Layer already exists");
      expect(counter.fetched()).toBe(before);
      const folder = join(suite.tdockd.layout.root, "mounted");
      const reference = `docker://${source.host}/other/layered:1`;
      await mustRun("skopeo", ["copy", "--src-tls-verify=false", reference, `dir:${folder}`]);
      await suite.mustTdock(["rmi", target, from]);
    });

    it("are converted", async () => {
      await suite.mustTdock(["image", "convert", "-q", name(), "converted:1"]);

      await cat("converted:1");
      await suite.mustTdock(["rmi", "converted:1"]);
      await nothingIsStored();
    });

    it("are brought back by a pull that asks for it", async () => {
      await suite.mustTdock(["pull", "-q", "--discard-unpacked=false", name()]);

      expect(await stored()).toBe(image.layers.length);
      await suite.mustTdock(["pull", "-q", name()]);
      await nothingIsStored();
    });

    it("are not counted as stored", async () => {
      const sizes = async () => (await suite.api("GET", "/system/df?type=image")).body.LayersSize as number;
      const without = await sizes();

      await suite.mustTdock(["pull", "-q", "--discard-unpacked=false", name()]);

      expect((await sizes()) - without).toBe(image.layers.reduce((sum, { size }) => sum + size, 0));
    });

    it("say where they are missing from when their registry is gone", async () => {
      await source[Symbol.asyncDispose]();
      try {
        const failed = await suite.tdock(["save", "-o", join(suite.tdockd.layout.root, "failed.tar"), name()]);

        expect(failed).toMatchObject({
          exitCode: 1,
          stderr: expect.stringMatching(
            /content sha256:\w+ of .*layered:1 is missing .*"tdock pull --discard-unpacked=false .*layered:1" brings/,
          ),
        });
        await cat(name());
      } finally {
        source = await startRegistry();
        await pushImage(source, "layered:1", image);
      }
    });
  },
  { flags: ["--discard-unpacked"] },
);

/** A way to a registry that counts the blobs that are fetched through it. */
async function countFetches({ host }: Registry): Promise<AsyncDisposable & { host: string; fetched(): number }> {
  let count = 0;
  const server = createServer((request, response) => {
    const { method, url: path, headers } = request;
    if (method === "GET" && path?.includes("/blobs/sha256")) count += 1;
    const [hostname, port] = host.split(":");
    const onward = forward({ hostname, port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    request.pipe(onward);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fetched: () => count,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
