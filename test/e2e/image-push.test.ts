import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { busyboxConfig, busyboxImage } from "../harness/images/busybox.ts";
import { dockerArchive } from "../harness/images/docker-archive.ts";
import { compressLayer, imageOf } from "../harness/images/oci-image.ts";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock push", (suite) => {
  const archive = () => join(suite.tdockd.layout.root, "images.tar");
  const skopeo = async (reference: string) =>
    JSON.parse(await mustRun("skopeo", ["inspect", "--tls-verify=false", `docker://${reference}`])) as {
      Digest: string;
      Layers: string[];
    };
  const post = (path: string, body: Buffer) => suite.api("POST", path, body);

  it("pushes an image that other clients read, and sends nothing twice", async () => {
    await using other = await startRegistry();
    const name = `${other.host}/team/app:1`;
    await suite.mustTdock(["tag", suite.busybox, name]);

    const first = await suite.mustTdock(["push", name]);
    const second = await suite.mustTdock(["push", name]);

    const image = await busyboxImage();
    expect(await skopeo(name)).toMatchObject({
      Digest: image.manifest.digest,
      Layers: image.layers.map(({ digest }) => digest),
    });
    expect(first).toContain(`1: digest: ${image.manifest.digest} size: ${image.manifest.size}`);
    expect(first).toContain("Pushed");
    expect(second).toContain("Layer already exists");
    expect(second).not.toContain("Pushed");
  });

  it("mounts what another repository of the registry has", async () => {
    const name = suite.image("elsewhere/app:1");
    await suite.mustTdock(["tag", suite.busybox, name]);

    expect(await suite.mustTdock(["push", name])).toContain("Mounted from busybox");
  });

  it("mounts what it has pushed there itself", async () => {
    await suite.mustTdock(["import", "-", "made:1"], { stdin: await tarOf([file("made", "here")]) });
    const names = ["first", "second"].map((name) => suite.image(`${name}/app:1`));
    for (const name of names) await suite.mustTdock(["tag", "made:1", name]);

    const [first, second] = [
      await suite.mustTdock(["push", names[0] as string]),
      await suite.mustTdock(["push", names[1] as string]),
    ];

    expect(first).not.toContain("Mounted");
    expect(second).toContain("Mounted from first/app");
    expect(second).not.toContain(": Pushed");
  });

  it("pushes all tags of a repository with -a, and nothing else", async () => {
    await using other = await startRegistry();
    for (const name of ["all:1", "all:2", "all/other:3"]) {
      await suite.mustTdock(["tag", suite.busybox, `${other.host}/${name}`]);
    }

    await suite.mustTdock(["push", "-a", `${other.host}/all`]);
    const tagged = await suite.tdock(["push", "-a", `${other.host}/all:1`]);
    const none = await suite.tdock(["push", "-a", `${other.host}/none`]);

    const answer = async (path: string) => (await fetch(`${other.url}/v2/${path}`)).json();
    const { tags } = (await answer("all/tags/list")) as { tags: string[] };
    expect(tags.toSorted()).toEqual(["1", "2"]);
    expect(await answer("_catalog")).toEqual({ repositories: ["all"] });
    expect(tagged).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("tag can't be used with --all-tags") });
    expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("does not exist locally with the tag") });
  });

  it("pushes with a token, and says when it may not", async () => {
    await using other = await startRegistry({ auth: "token" });
    const name = `${other.host}/private/app:1`;
    await suite.mustTdock(["tag", suite.busybox, name]);

    const refused = await suite.tdock(["push", name]);
    const header = Buffer.from(JSON.stringify(other.credentials)).toString("base64url");
    const path = `/images/${other.host}/private/app/push?tag=1`;
    const taken = await suite.api("POST", path, undefined, { headers: { "x-registry-auth": header } });

    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/unauthorized|denied/) });
    expect(taken).toMatchObject({ status: 200, body: expect.stringContaining("digest: sha256:") });
  });

  it("compresses what was committed, imported or loaded, once, and leaves the image as it is", async () => {
    const { layers } = await busyboxImage();
    const plain = layers.map(({ content }) => compressLayer(gunzipSync(content), "none"));
    const { layers: content, rest } = await dockerArchive({
      "loaded:1": imageOf({ layers: plain, config: busyboxConfig }),
    });
    await post("/images/load", Buffer.concat([content, rest]));
    await suite.mustTdock(["run", "--name", "changed", suite.busybox, "sh", "-c", "echo changed > /f"]);
    await suite.mustTdock(["commit", "changed", "committed:1"]);
    await suite.mustTdock(["run", "--name", "again", "committed:1", "sh", "-c", "echo again > /g"]);
    await suite.mustTdock(["commit", "again", "committed:2"]);
    await suite.mustTdock(["export", "-o", archive(), "changed"]);
    await suite.mustTdock(["import", archive(), "imported:1"]);
    await suite.mustTdock(["rm", "changed", "again"]);

    for (const name of ["loaded:1", "committed:1", "committed:2", "imported:1"]) {
      const [id, target] = [await suite.mustTdock(["inspect", "-f", "{{.Id}}", name]), suite.image(name)];
      await suite.mustTdock(["tag", name, target]);
      const first = await suite.mustTdock(["push", target]);
      const second = await suite.mustTdock(["push", target]);

      const manifest = JSON.parse(
        await mustRun("skopeo", ["inspect", "--tls-verify=false", "--raw", `docker://${target}`]),
      );
      const types = manifest.layers.map(({ mediaType }: { mediaType: string }) => mediaType);
      expect(new Set(types)).toEqual(new Set(["application/vnd.oci.image.layer.v1.tar+gzip"]));
      expect(manifest.config.digest).toBe(id);
      expect(first).toMatch(/Pushed|Mounted from/);
      expect(second).not.toMatch(/Pushed|Mounted from/);
      expect(await suite.mustTdock(["inspect", "-f", "{{.Id}}", target])).toBe(id);
      await mustRun("skopeo", ["copy", "--src-tls-verify=false", `docker://${target}`, `dir:${archive()}-${name}`]);
    }
    await suite.mustTdock(["rmi", "-f", "committed:2", suite.image("committed:2")]);
    expect(await suite.mustTdock(["run", "--rm", "-q", suite.image("committed:2"), "cat", "/f", "/g"])).toBe(
      "changed\nagain",
    );
  });
});
