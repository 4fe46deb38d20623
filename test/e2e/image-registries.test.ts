import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { freePort } from "../harness/free-port.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { digestOf, imageOf, indexOf } from "../harness/images/oci-image.ts";
import { pushImage, pushIndex } from "../harness/images/push.ts";
import { startTdockd } from "../harness/instance/tdockd.ts";
import { mustRun } from "../harness/program.ts";
import { startRegistry } from "../harness/registry/registry.ts";
import { startSilentServer } from "../harness/registry/silent-server.ts";
import { scratchFolder, shortName, testRoot } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

const serving = `127.0.0.1:${await freePort()}`;
const certs = join(testRoot, `certs-${shortName()}`);
const served = (name: string) => `docker://${serving}/${name}`;

systemSuite(
  "images from registry to registry",
  (suite) => {
    const raw = (reference: string) =>
      mustRun("skopeo", ["inspect", "--tls-verify=false", "--raw", `docker://${reference}`]);

    it("copies an index with all its platforms, and keeps nothing here", async () => {
      await using other = await startRegistry();
      const { layers } = await busyboxImage();
      const images = [imageOf({ layers }), imageOf({ layers, platform: { os: "linux", architecture: "s390x" } })];
      await pushIndex(suite.registry, "multi:1", indexOf(images), images);
      const before = await suite.mustTdock(["images", "-aq"]);
      const target = `${other.host}/copied/multi:2`;

      const said = await suite.mustTdock(["image", "copy", suite.image("multi:1"), target]);

      expect(await raw(target)).toBe(await raw(suite.image("multi:1")));
      await mustRun("skopeo", ["inspect", "--tls-verify=false", "--override-arch=s390x", `docker://${target}`]);
      expect(said).toContain("Pushed");
      expect(await suite.mustTdock(["images", "-aq"])).toBe(before);
    });

    it("mounts the blobs of a copy within one registry", async () => {
      const said = await suite.mustTdock(["image", "copy", `${suite.busybox}:latest`, suite.image("mounted/here:1")]);

      expect(said).toContain("Mounted from busybox");
      expect(said).not.toContain("Pushed");
      expect(await raw(suite.image("mounted/here:1"))).toBe(await raw(`${suite.busybox}:latest`));
    });

    it("says which side of a copy is wrong", async () => {
      const digest = (await busyboxImage()).manifest.digest;
      const missing = await suite.tdock(["image", "copy", suite.image("nowhere:1"), suite.image("here:1")]);
      const toDigest = await suite.tdock(["image", "copy", suite.busybox, `${suite.image("here")}@${digest}`]);

      expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("nowhere") });
      expect(toDigest).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("name a tag") });
    });

    it("makes an index of images of several repositories, annotated, which others read", async () => {
      const { layers } = await busyboxImage();
      const platform = { os: "linux", architecture: "riscv64" };
      await pushImage(suite.registry, "parts/one:1", imageOf({ layers }));
      await pushImage(suite.registry, "parts/two:1", imageOf({ layers, platform }));
      const list = suite.image("whole/app:1");

      const parts = [suite.image("parts/one:1"), suite.image("parts/two:1")];
      await suite.mustTdock(["manifest", "create", list, ...parts]);
      const again = await suite.tdock(["manifest", "create", list, ...parts]);
      await suite.mustTdock(["manifest", "annotate", "--variant", "rva20", list, suite.image("parts/two:1")]);
      const draft = JSON.parse(await suite.mustTdock(["manifest", "inspect", list]));
      const digest = await suite.mustTdock(["manifest", "push", "--purge", list]);

      const index = await raw(list);
      expect(draft).toEqual(JSON.parse(index));
      const details = JSON.parse(await suite.mustTdock(["manifest", "inspect", "-v", list]));
      expect(details).toMatchObject(
        draft.manifests.map((Descriptor: { digest: string }) => ({
          ...{ Ref: `${list}@${Descriptor.digest}`, Descriptor, OCIManifest: { schemaVersion: 2 } },
        })),
      );
      expect(digestOf(Buffer.from(index))).toBe(digest);
      expect(JSON.parse(index).manifests[1].platform).toEqual({ ...platform, variant: "rva20" });
      expect(JSON.parse(await suite.mustTdock(["manifest", "inspect", list]))).toEqual(JSON.parse(index));
      expect(await suite.mustTdock(["run", "--rm", list, "echo", "runs"])).toBe("runs");
      expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("--amend") });
    });

    it("refuses a list of what is elsewhere or a list itself", async () => {
      await using other = await startRegistry();
      await suite.mustTdock(["manifest", "create", `${other.host}/far:1`, suite.busybox]);

      const far = await suite.tdock(["manifest", "push", `${other.host}/far:1`]);
      const nested = await suite.tdock(["manifest", "create", suite.image("nested:1"), suite.image("multi:1")]);
      const unknown = await suite.tdock(["manifest", "push", suite.image("never-made:1")]);

      expect(far).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("another registry") });
      expect(nested).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is a manifest list") });
      expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("No such manifest") });
    });

    it("asks a mirror first, with the certificates that hosts.toml names, then the registry itself", async () => {
      await using storage = await scratchFolder("mirror");
      {
        await using seed = await startRegistry({ storage: storage.path });
        await pushImage(seed, "mirrored/app:1", await busyboxImage());
      }
      await using mirror = await startRegistry({ storage: storage.path, tls: true, mutualTls: true });
      const { certFile, keyFile } = mirror.certificate ?? { certFile: "", keyFile: "" };
      const folder = join(certs, suite.registry.host.replace(/:(.*)$/, "_$1_"));
      const configure = async (client: string) => {
        const head = `server = "${suite.registry.url}"\n[host."${mirror.url}"]\ncapabilities = ["pull", "resolve"]\n`;
        await writeFile(join(folder, "hosts.toml"), `${head}ca = "${certFile}"\n${client}`);
      };
      await mkdir(folder, { recursive: true });
      try {
        await configure("");
        await pushImage(suite.registry, "unproven/app:1", await busyboxImage());
        for (let times = 0; times < 3; times += 1) {
          expect((await suite.tdock(["pull", "-q", suite.image("unproven/app:1")])).exitCode).toBe(0);
        }
        const port = new URL(mirror.url).port;
        expect(await mustRun("ss", ["-tnH", "state", "close-wait", `( dport = :${port} )`])).toBe("");
        await configure(`client = [["${certFile}", "${keyFile}"]]\n`);
        const known = await suite.tdock(["pull", "-q", suite.image("mirrored/app:1")]);
        await pushImage(suite.registry, "origin/app:1", await busyboxImage());
        const atOrigin = await suite.tdock(["pull", "-q", suite.image("origin/app:1")]);

        expect([known.exitCode, atOrigin.exitCode]).toEqual([0, 0]);
      } finally {
        await rm(certs, { recursive: true });
      }
    });

    it("asks a mirror that does not answer once in a pull, then the registry itself", async () => {
      await using mirror = await startSilentServer();
      const folder = join(certs, suite.registry.host.replace(/:(.*)$/, "_$1_"));
      await mkdir(folder, { recursive: true });
      const hosts = `server = "${suite.registry.url}"\n[host."https://127.0.0.1:${mirror.port}"]\n`;
      await writeFile(join(folder, "hosts.toml"), hosts);
      await pushImage(suite.registry, "unmirrored/app:1", await busyboxImage());
      const startedMs = performance.now();

      await suite.mustTdock(["pull", "-q", suite.image("unmirrored/app:1")]);

      expect(mirror.connections()).toBe(1);
      expect(performance.now() - startedMs).toBeLessThan(20_000);
      await rm(certs, { recursive: true });
    });

    it("serves what has a tag to other clients, and nothing else", async () => {
      const { manifest, layers, config } = await busyboxImage();
      const repository = suite.busybox.replace(":", "_");

      const index = JSON.parse(
        await mustRun("skopeo", ["inspect", "--tls-verify=false", served(`${repository}:latest`)]),
      );
      const ask = (path: string, init?: RequestInit) => fetch(`http://${serving}/v2/${path}`, init);
      const blob = layers[0]?.digest ?? "";
      const part = await ask(`${repository}/blobs/${blob}`, { headers: { range: "bytes=10-19" } });
      const beyond = await ask(`${repository}/blobs/${blob}`, { headers: { range: "bytes=999999999-" } });
      const head = await ask(`${repository}/manifests/latest`, { method: "HEAD" });

      expect(index.Digest).toBe(manifest.digest);
      expect([part.status, beyond.status]).toEqual([206, 416]);
      expect(Buffer.from(await part.arrayBuffer())).toEqual(layers[0]?.content.subarray(10, 20));
      expect(head.headers.get("docker-content-digest")).toBe(manifest.digest);
      expect(await (await ask("_catalog")).text()).toContain(JSON.stringify(repository));
      expect(await (await ask(`${repository}/tags/list`)).json()).toEqual({ name: repository, tags: ["latest"] });
      expect((await ask(`${repository}/blobs/${config.digest}`)).status).toBe(200);
      expect((await ask(`${repository}/blobs/sha256:${"0".repeat(64)}`)).status).toBe(404);
      expect((await ask(`library/none/blobs/${config.digest}`)).status).toBe(404);
      expect((await ask(`${repository}/blobs/uploads/`, { method: "POST" })).status).toBe(405);
    });

    it("gives a second engine an image that was built here", async () => {
      await using other = await startTdockd();
      const dockerfile = `FROM ${suite.busybox}\nRUN echo made > /made\n`;
      const folder = join(other.layout.root, "context");
      await mkdir(folder);
      await writeFile(join(folder, "Dockerfile"), dockerfile);
      await suite.mustTdock(["build", "-t", "built:1", folder]);

      await other.mustTdock(["pull", "-q", `${serving}/library/built:1`]);

      expect(await other.mustTdock(["run", "--rm", `${serving}/library/built:1`, "cat", "/made"])).toBe("made");
      await mustRun("skopeo", [
        "copy",
        "--src-tls-verify=false",
        served("library/built:1"),
        `dir:${other.layout.root}/copy`,
      ]);
    });
  },
  { flags: [`--serve-images=${serving}`, `--certs-dir=${certs}`] },
);
