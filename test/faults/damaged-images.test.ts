import { chmod, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../harness/free-port.ts";
import { blobFile } from "../harness/images/blob-file.ts";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { digestOf, imageOf, layerOf, type OciImage } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { startTdockd } from "../harness/instance/tdockd.ts";
import { mustRun } from "../harness/program.ts";
import { startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";

/** What may become of a blob's file. */
const damages: Readonly<Record<string, (path: string) => Promise<void>>> = {
  async changed(path) {
    const bytes = await readFile(path);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    await chmod(path, 0o644);
    await writeFile(path, bytes);
  },
  "cut off": (path) => truncate(path, 10),
  emptied: (path) => truncate(path, 0),
  gone: (path) => rm(path),
};

const serving = `127.0.0.1:${await freePort()}`;

systemSuite(
  "a blob that is damaged on disk",
  (suite) => {
    let image: OciImage;
    let name: string;
    let serial = 0;
    const layer = () => image.layers[1]?.digest ?? "";
    const bytesOf = (digest: string) => readFile(blobFile(suite.tdockd, digest));
    const isWhole = async ({ digest, content }: { digest: string; content: Buffer }) =>
      expect((await bytesOf(digest)).equals(content)).toBe(true);
    const archive = () => join(suite.tdockd.layout.root, `${serial}.tar`);
    const address = () => join(suite.tdockd.layout.execRoot, "containerd/containerd.sock");

    beforeEach(async () => {
      serial += 1;
      const layers = [await layerOf(await busyboxEntries()), await layerOf([file("serial", String(serial))])];
      image = imageOf({ layers, config: busyboxConfig });
      name = suite.image(`app${serial}:1`);
      await pushImage(suite.registry, `app${serial}:1`, image);
      await suite.mustTdock(["pull", "-q", name]);
    });

    describe.each(Object.entries(damages))("%s", (_, damage) => {
      it("is fetched again by save", async () => {
        await damage(blobFile(suite.tdockd, layer()));

        await suite.mustTdock(["save", "-o", archive(), name]);

        await isWhole(image.layers[1] as OciImage["layers"][number]);
        await suite.mustTdock(["rmi", name]);
        await suite.mustTdock(["load", "-i", archive()]);
      });

      it("is fetched again by a push elsewhere", async () => {
        await using other = await startRegistry();
        const target = `${other.host}/app:1`;
        await damage(blobFile(suite.tdockd, layer()));
        await suite.mustTdock(["tag", name, target]);

        await suite.mustTdock(["push", "-q", target]);

        await mustRun("skopeo", [
          ...["copy", "--src-tls-verify=false", `docker://${target}`],
          `dir:${join(suite.tdockd.layout.root, `pushed-${serial}`)}`,
        ]);
        await suite.mustTdock(["rmi", target]);
      });

      it("is fetched again when it has to be unpacked", async () => {
        const chainId = chainIdOf(image.layers.map(({ diffId }) => diffId));
        await damage(blobFile(suite.tdockd, layer()));
        await mustRun("ctr", ["-a", address(), "-n", "tdock", "snapshots", "rm", chainId]);

        expect(await suite.mustTdock(["run", "--rm", name, "cat", "/serial"])).toContain(String(serial));
      });

      it("is served to no other machine, and fetched again for it", async () => {
        await damage(blobFile(suite.tdockd, layer()));
        await using other = await startTdockd();

        await other.mustTdock(["pull", "-q", `${serving}/${name.replace(":", "_")}`]);

        await isWhole(image.layers[1] as OciImage["layers"][number]);
      });

      it("is made again when it was built here", async () => {
        const stdin = `FROM ${name}\nRUN echo ${serial} > /built\n`;
        const built = suite.image(`built${serial}:1`);
        await suite.mustTdock(["build", "-q", "-t", built, "-"], { stdin });
        await suite.mustTdock(["save", "-o", archive(), built]);
        const { body } = await suite.api("GET", `/images/${built}/json`);
        await damage(blobFile(suite.tdockd, body.RootFS.Layers.at(-1)));

        await suite.mustTdock(["save", "-o", archive(), built]);

        await suite.mustTdock(["rmi", built]);
        await suite.mustTdock(["load", "-i", archive()]);
        expect(await suite.mustTdock(["run", "--rm", built, "cat", "/built"])).toBe(String(serial));
      });

      it("is made again when it was built here and pushed", async () => {
        const stdin = `FROM ${name}\nRUN echo ${serial} > /built\n`;
        const built = suite.image(`pushed${serial}:1`);
        await suite.mustTdock(["build", "-q", "-t", built, "-"], { stdin });
        await suite.mustTdock(["push", "-q", built]);
        const raw = await mustRun("skopeo", ["inspect", "--tls-verify=false", "--raw", `docker://${built}`]);
        await damage(blobFile(suite.tdockd, JSON.parse(raw).layers.at(-1).digest));
        await using other = await startRegistry();
        await suite.mustTdock(["tag", built, `${other.host}/app:1`]);

        await suite.mustTdock(["push", "-q", `${other.host}/app:1`]);

        await suite.mustTdock(["rmi", built, `${other.host}/app:1`]);
        await suite.mustTdock(["builder", "prune", "-af"]);
        expect(await suite.mustTdock(["run", "--rm", "-q", `${other.host}/app:1`, "cat", "/built"])).toBe(
          String(serial),
        );
        await suite.mustTdock(["rmi", `${other.host}/app:1`]);
      });

      it("is mended by a load of the same image", async () => {
        await suite.mustTdock(["save", "-o", archive(), name]);
        await damage(blobFile(suite.tdockd, layer()));

        await suite.mustTdock(["load", "-i", archive()]);

        await isWhole(image.layers[1] as OciImage["layers"][number]);
      });

      it("is fetched again by a conversion", async () => {
        await damage(blobFile(suite.tdockd, layer()));

        await suite.mustTdock(["image", "convert", "-q", name, "converted:1"]);

        await isWhole(image.layers[1] as OciImage["layers"][number]);
        await suite.mustTdock(["rmi", "converted:1"]);
      });

      it("is mended by a pull that reads through what is here", async () => {
        await damage(blobFile(suite.tdockd, layer()));

        await suite.mustTdock(["pull", "-q", "--verify", name]);

        await isWhole(image.layers[1] as OciImage["layers"][number]);
      });

      it("is mended by a pull when a document of the image is it", async () => {
        for (const document of [image.config, image.manifest]) {
          await damage(blobFile(suite.tdockd, document.digest));

          await suite.mustTdock(["pull", "-q", name]);

          await suite.mustTdock(["run", "--rm", name, "true"]);
        }
      });
    });

    it("is named, with the image and what mends it, when it cannot be fetched again; then a pull mends it", async () => {
      const other = await startRegistry();
      const foreign = `${other.host}/gone:1`;
      await pushImage(other, "gone:1", image);
      await suite.mustTdock(["rmi", name]);
      await suite.mustTdock(["pull", "-q", foreign]);
      await damages.changed?.(blobFile(suite.tdockd, layer()));
      await other[Symbol.asyncDispose]();

      const saved = await suite.tdock(["save", "-o", archive(), foreign]);
      const converted = await suite.tdock(["image", "convert", foreign, "converted:1"]);

      const message = expect.stringMatching(
        new RegExp(
          `content ${layer()} of ${foreign} is missing or damaged here .*"tdock pull ${foreign}" brings it back`,
        ),
      );
      expect(saved).toMatchObject({ exitCode: 1, stderr: message });
      expect(converted).toMatchObject({ exitCode: 1, stderr: message });
      await using again = await startRegistry({ port: Number(other.host.split(":")[1]) });
      await pushImage(again, "gone:1", image);
      await suite.mustTdock(["pull", "-q", foreign]);
      await suite.mustTdock(["save", "-o", archive(), foreign]);
      await suite.mustTdock(["rmi", foreign]);
    });

    it("says which content of which image is damaged when it is a document", async () => {
      await suite.tdockd.stop();
      await damages.changed?.(blobFile(suite.tdockd, image.config.digest));
      await suite.tdockd.start();

      const failed = await suite.tdock(["run", "--rm", name, "true"]);
      const listed = await suite.mustTdock(["images", "--format", "{{.Repository}}:{{.Tag}}"]);

      expect(listed.split("\n")).toContain(`${suite.busybox}:latest`);
      expect(listed).not.toContain(name);
      expect(failed.exitCode).toBe(125);
      expect(failed.stderr).toContain(
        `content ${image.config.digest} is damaged on disk: "tdock pull ${name}" brings it`,
      );
      await suite.mustTdock(["pull", "-q", name]);
      await suite.mustTdock(["run", "--rm", name, "true"]);
    });
  },
  { flags: [`--serve-images=${serving}`] },
);

/** Name of the snapshot of a stack of layers. */
function chainIdOf(diffIds: readonly string[]): string {
  return diffIds.reduce((chain, diffId) => digestOf(Buffer.from(`${chain} ${diffId}`)));
}
