import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostileRegistry, startHostileRegistry } from "../harness/hostile/hostile-registry.ts";
import { serving } from "../harness/hostile/serving.ts";
import { answer, startUploadRegistry, type UploadBehaviour } from "../harness/hostile/upload-registry.ts";
import { blobFile } from "../harness/images/blob-file.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { distributionSets } from "../harness/images/distribution-sets.ts";
import { type Blob, descriptorOf, digestOf, imageOf, jsonBlob, type OciImage } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

const { "digests by sha512": bySha512, ...kept } = await distributionSets();
const sets = Object.entries(kept);
/** What docker-registry takes as it is: it wants all of an index, and to be told where a foreign layer is. */
const pushable = sets.filter(([name]) => !/most of which|must not be pushed/.test(name));
const repositoryOf = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");

systemSuite("content that the distribution specification allows", (suite) => {
  let registry: HostileRegistry;
  const reference = (name: string) => `${registry.host}/${repositoryOf(name)}:1`;
  const raw = (name: string) => mustRun("skopeo", ["inspect", "--tls-verify=false", "--raw", `docker://${name}`]);

  beforeAll(async () => {
    const image = await busyboxImage();
    const entries = sets.map(([name, { top, others }]) => [
      repositoryOf(name),
      { image, behaviour: serving(top, others) },
    ]);
    registry = await startHostileRegistry(Object.fromEntries(entries));
  });
  afterAll(() => registry[Symbol.asyncDispose]());

  describe.each(sets)("%s", (name, { top, config, text }) => {
    it("is pulled, kept to the last byte, and runs", async () => {
      const { exitCode, stderr } = await suite.tdock(["pull", "-q", reference(name)]);

      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const { body } = await suite.api("GET", `/images/${reference(name)}/json`);
      expect(body).toMatchObject({
        Id: config.digest,
        RepoDigests: [`${registry.host}/${repositoryOf(name)}@${top.digest}`],
      });
      expect((await readFile(blobFile(suite.tdockd, top.digest))).equals(top.content)).toBe(true);
      if (text !== undefined) expect(await suite.mustTdock(["run", "--rm", reference(name), "cat", "/f"])).toBe(text);
    });
  });

  it("is shown with what is in its indexes", async () => {
    const [nested, often] = ["an index in an index", "indexes that name the same a thousand times"].map(reference);

    const { body } = await suite.api("GET", "/images/json?manifests=1");
    const manifestsOf = (name = "") =>
      body.find(({ RepoTags }: { RepoTags: string[] }) => RepoTags.includes(name))?.Manifests;

    expect(manifestsOf(nested)).toMatchObject([{ Kind: "image", Available: true }]);
    expect(manifestsOf(often)).toHaveLength(1000);
    expect(await suite.api("GET", "/system/df")).toMatchObject({ status: 200 });
  });

  it.each(pushable)("is pushed as it was pulled: %s", async (name, { top }) => {
    const target = suite.image(`pushed/${repositoryOf(name)}:1`);
    await suite.mustTdock(["pull", "-q", reference(name)]);
    await suite.mustTdock(["tag", reference(name), target]);

    const said = await suite.mustTdock(["push", target]);

    expect(said).toContain(`digest: ${top.digest} size: ${top.size}`);
    expect(digestOf(Buffer.from(await raw(target)))).toBe(top.digest);
  });

  it("is put into the list of its subject's referrers, once, where the registry keeps none", async () => {
    const [first, second] = await Promise.all([referring("one", { artifactType: "text/plain" }), referring("two", {})]);
    const tag = `sha256-${first.subject.slice(7)}`;

    for (const [name, { image }] of Object.entries({ first, second, again: first })) {
      await pushImage(suite.registry, `source/${name}:1`, image);
      await suite.mustTdock(["image", "copy", suite.image(`source/${name}:1`), suite.image("referrers:1")]);
    }

    const { manifests, mediaType } = JSON.parse(await raw(suite.image(`referrers:${tag}`)));
    expect(mediaType).toBe("application/vnd.oci.image.index.v1+json");
    expect(manifests).toEqual([
      { ...descriptorOf(first.image.manifest), artifactType: "text/plain", annotations: { name: "one" } },
      {
        ...descriptorOf(second.image.manifest),
        artifactType: first.image.config.mediaType,
        annotations: { name: "two" },
      },
    ]);
  });

  it("leaves the list of referrers to a registry that keeps one", async () => {
    const { image, subject } = await referring("kept", {});
    const says: UploadBehaviour = ({ step, response }) => {
      if (step === "manifest") answer(response, 201, { "oci-subject": subject });
      return step === "manifest";
    };
    await using target = await startUploadRegistry(says);
    await pushImage(suite.registry, "source/kept:1", image);

    await suite.mustTdock(["image", "copy", suite.image("source/kept:1"), `${target.host}/app:1`]);

    expect(target.requests.filter((line) => line.includes("/manifests/"))).toEqual(["PUT /v2/app/manifests/1"]);
  });

  it("says that it cannot keep what is named by sha512", async () => {
    const behaviour = serving(bySha512?.top as Blob, bySha512?.others ?? []);
    await using source = await startHostileRegistry({ sha512: { image: await busyboxImage(), behaviour } });

    const { exitCode, stderr } = await suite.tdock(["pull", "-q", `${source.host}/sha512:1`]);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining("stores content by sha256 only"),
    });
  });

  it("says that an artifact is no image, and copies it from registry to registry", async () => {
    const layer = jsonBlob("text/plain", { any: "thing" });
    const config = jsonBlob("application/vnd.oci.empty.v1+json", {});
    const mediaType = "application/vnd.oci.image.manifest.v1+json";
    const parts = { artifactType: "text/plain", config: descriptorOf(config), layers: [descriptorOf(layer)] };
    const artifact = jsonBlob(mediaType, { schemaVersion: 2, mediaType, ...parts });
    const behaviour = serving(artifact, [config, layer]);
    await using source = await startHostileRegistry({ artifact: { image: await busyboxImage(), behaviour } });

    const pulled = await suite.tdock(["pull", `${source.host}/artifact:1`]);
    await suite.mustTdock(["image", "copy", `${source.host}/artifact:1`, suite.image("artifact:1")]);

    expect(pulled).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("not a container image") });
    expect(digestOf(Buffer.from(await raw(suite.image("artifact:1"))))).toBe(artifact.digest);
  });

  it("takes tags of 128 characters, and asks nobody for longer ones", async () => {
    const tag = "t".repeat(128);
    await pushImage(suite.registry, `tags:${tag}`, await busyboxImage());

    await suite.mustTdock(["pull", "-q", suite.image(`tags:${tag}`)]);
    await suite.mustTdock(["push", "-q", suite.image(`tags:${tag}`)]);
    const before = registry.requests.length;
    const longer = await suite.tdock(["pull", `${registry.host}/no-layers:${tag}t`]);

    expect(longer).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("invalid reference format") });
    expect(registry.requests.length).toBe(before);
  });
});

/** An image that refers to a subject which is nowhere. */
async function referring(name: string, extra: object): Promise<{ readonly image: OciImage; readonly subject: string }> {
  const { layers } = await busyboxImage();
  const image = imageOf({ layers });
  const subject = { mediaType: image.manifest.mediaType, digest: digestOf(Buffer.from("nowhere")), size: 7 };
  const manifest = { ...JSON.parse(image.manifest.content.toString()), ...extra, subject, annotations: { name } };
  return { image: { ...image, manifest: jsonBlob(image.manifest.mediaType, manifest) }, subject: subject.digest };
}
