import { join } from "node:path";
import { expect, it } from "vitest";
import { hasBlobFile } from "../harness/images/blob-file.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { descriptorOf, imageOf, indexOf, jsonBlob, layerOf } from "../harness/images/oci-image.ts";
import { pushImage, pushIndex, pushManifest } from "../harness/images/push.ts";
import { file, tarOf } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

const s390x = { os: "linux", architecture: "s390x" };

systemSuite("images of several platforms", (suite) => {
  const archive = () => join(suite.tdockd.layout.root, "saved.tar");
  const other = process.arch === "x64" ? "arm64" : "amd64";

  /** Pushes an index over this machine's image and one for s390x, which share a layer, and pulls both. */
  async function pullBoth(name: string) {
    const { layers } = await busyboxImage();
    const extra = await layerOf([file("only-s390x", "here")]);
    const config = { Labels: { name } };
    const other = imageOf({ layers: [...layers, extra], config, platform: s390x });
    const images = [imageOf({ layers, config }), other] as const;
    const index = indexOf(images);
    await pushIndex(suite.registry, name, index, images);
    await suite.mustTdock(["pull", "-q", "--platform=linux/s390x", suite.image(name)]);
    await suite.mustTdock(["pull", "-q", suite.image(name)]);
    return { index, images };
  }

  const tree = async (reference: string) =>
    (await suite.mustTdock(["images", "--tree", reference])).split("\n").map((line) => line.trimEnd());

  it.each([
    ["inspect", (image: string, platform: string) => ["image", "inspect", "--platform", platform, image]],
    ["history", (image: string, platform: string) => ["history", "--platform", platform, image]],
    ["push", (image: string, platform: string) => ["push", "--platform", platform, image]],
    ["save", (image: string, platform: string) => ["save", "--platform", platform, "-o", archive(), image]],
  ])("%s refuses a platform that an image is not for, and takes its own", async (_, command) => {
    const own = `linux/${imageOf({ layers: [] }).platform.architecture}`;

    const refused = await suite.tdock(command(`${suite.busybox}:latest`, `linux/${other}`));

    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(
        `image with reference ${suite.busybox}:latest was found but does not provide the specified platform (linux/${other})`,
      ),
    });
    expect(await suite.tdock(command(`${suite.busybox}:latest`, own))).toMatchObject({ exitCode: 0 });
  });

  it("pushes and saves the manifest of the platform that is asked for, without the index", async () => {
    const { images } = await pullBoth("apart:1");
    await suite.mustTdock(["tag", suite.image("apart:1"), suite.image("alone:1")]);

    await suite.mustTdock(["push", "--platform", "linux/s390x", suite.image("alone:1")]);
    await suite.mustTdock(["save", "--platform", "linux/s390x", "-o", archive(), suite.image("apart:1")]);

    const pushed = await mustRun("skopeo", [
      "inspect",
      "--raw",
      "--tls-verify=false",
      `docker://${suite.image("alone:1")}`,
    ]);
    expect(pushed).toBe(images[1].manifest.content.toString());
    const config = await mustRun("skopeo", ["inspect", "--config", "--raw", `docker-archive:${archive()}`]);
    expect(config).toBe(images[1].config.content.toString());
  });

  it("pushes and saves the whole index where no platform is asked for", async () => {
    const { index } = await pullBoth("whole:1");
    await suite.mustTdock(["tag", suite.image("whole:1"), suite.image("copied:1")]);

    await suite.mustTdock(["push", suite.image("copied:1")]);
    await suite.mustTdock(["save", "-o", archive(), suite.image("whole:1")]);

    const pushed = await mustRun("skopeo", [
      "inspect",
      "--raw",
      "--tls-verify=false",
      `docker://${suite.image("copied:1")}`,
    ]);
    expect(pushed).toBe(index.content.toString());
    expect(await mustRun("skopeo", ["inspect", "--raw", `oci-archive:${archive()}`])).toBe(index.content.toString());
  });

  it("means by an index's name the platform that was pulled last, also when nothing is to be fetched", async () => {
    const { images } = await pullBoth("meant:1");
    const meant: string[] = [];

    for (const flags of [[], ["--platform=linux/s390x"], [], ["--platform=linux/s390x"]]) {
      await suite.mustTdock(["pull", "-q", ...flags, suite.image("meant:1")]);
      meant.push(await suite.mustTdock(["inspect", "-f", "{{.Architecture}}", suite.image("meant:1")]));
    }

    const own = images[0].platform.architecture;
    expect(meant).toEqual([own, "s390x", own, "s390x"]);
  });

  it("loads all platforms of an index that was saved, to the last byte, or the one that is asked for", async () => {
    const { index, images } = await pullBoth("loaded:1");
    const name = suite.image("loaded:1");
    await suite.mustTdock(["save", "-o", archive(), name]);
    const available = async () => {
      const { Manifests } = (await suite.api("GET", `/images/${name}/json?manifests=1`)).body;
      return Manifests.map(({ Available }: { Available: boolean }) => Available);
    };

    await suite.mustTdock(["rmi", name]);
    await suite.mustTdock(["load", "--platform=linux/s390x", "-i", archive()]);
    const one = await available();
    await suite.mustTdock(["rmi", name]);
    await suite.mustTdock(["load", "-i", archive()]);
    const all = await available();

    expect([one, all]).toEqual([
      [false, true],
      [true, true],
    ]);
    await suite.mustTdock(["tag", name, suite.image("loaded-and-pushed:1")]);
    await suite.mustTdock(["push", suite.image("loaded-and-pushed:1")]);
    const source = `docker://${suite.image("loaded-and-pushed:1")}`;
    expect(await mustRun("skopeo", ["inspect", "--raw", "--tls-verify=false", source])).toBe(index.content.toString());
    const copy = `dir:${suite.tdockd.layout.root}/copy`;
    await mustRun("skopeo", ["copy", "--all", "--src-tls-verify=false", source, copy]);
    const other = ["inspect", "--platform=linux/s390x", "-f", "{{.Id}}", name];
    expect(await suite.mustTdock(["image", ...other])).toBe(images[1].config.digest);
  });

  it.each([
    ["an index", "unloaded:1"],
    ["an image", "busybox:latest"],
  ])("loads nothing of %s that is not for the platform that is asked for", async (_, image) => {
    await pullBoth("unloaded:1");
    await suite.mustTdock(["save", "-o", archive(), suite.image(image)]);
    const before = await suite.mustTdock(["images", "-q"]);

    const { exitCode, stderr } = await suite.tdock(["load", "--platform=linux/mips64le", "-i", archive()]);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining("requested platform(s) ([linux/mips64le]) not found"),
    });
    expect(await suite.mustTdock(["images", "-q"])).toBe(before);
  });

  it("refuses an archive with another platform's layer that is not what its digest says, and loads nothing", async () => {
    const [own, foreign] = await Promise.all(["own", "foreign"].map((text) => layerOf([file("f", text)])));
    const images = [
      imageOf({ layers: own ? [own] : [] }),
      imageOf({ layers: foreign ? [foreign] : [], platform: s390x }),
    ];
    const index = indexOf(images);
    const blobs = [index, ...images.flatMap(({ manifest, config, layers }) => [manifest, config, ...layers])];
    const lie = (digest: string, content: Buffer) =>
      digest === foreign?.digest ? Buffer.alloc(content.length) : content;
    const annotations = { "io.containerd.image.name": "docker.io/library/lying:1" };
    const entries = [
      file("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" })),
      ...blobs.map(({ digest, content }) => file(`blobs/sha256/${digest.slice(7)}`, lie(digest, content))),
      file("index.json", JSON.stringify({ schemaVersion: 2, manifests: [{ ...descriptorOf(index), annotations }] })),
    ];

    const { status, body } = await suite.api("POST", "/images/load", await tarOf(entries));

    expect({ status, body }).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("has other content") },
    });
    expect((await suite.api("GET", "/images/lying:1/json")).status).toBe(404);
    expect(await hasBlobFile(suite.tdockd, foreign?.digest ?? "")).toBe(false);
  });

  it("saves all tags of a repository that is named without one", async () => {
    for (const tag of ["one", "two"]) await suite.mustTdock(["tag", suite.busybox, `several:${tag}`]);
    await suite.mustTdock(["save", "-o", archive(), "several"]);
    await suite.mustTdock(["rmi", "several:one", "several:two"]);

    const loaded = await suite.mustTdock(["load", "-i", archive()]);

    expect(loaded.split("\n").toSorted()).toEqual(["Loaded image: several:one", "Loaded image: several:two"]);
  });

  it("saves for one platform at a time", async () => {
    const both = ["--platform", "linux/s390x", "--platform", "linux/arm64"];

    expect(await suite.tdock(["save", ...both, "-o", archive(), suite.busybox])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("images are saved for one platform, or for all"),
    });
  });

  it("images --tree shows names, sizes, and each platform with what uses it", async () => {
    const { images } = await pullBoth("tree:1");
    await suite.mustTdock(["tag", suite.image("tree:1"), suite.image("tree:2")]);
    const user = await suite.mustTdock(["create", suite.image("tree:1"), "true"]);

    const lines = await tree(suite.image("tree"));

    const size = "[\\d.]+[kMG]?B";
    const row = (label: string, digest: string) =>
      expect.stringMatching(new RegExp(`^${label} +${digest.slice(7, 19)} +${size} +${size}(   U)?$`));
    expect(lines).toEqual([
      expect.stringMatching(/^IMAGE +ID +DISK USAGE +CONTENT SIZE +EXTRA$/),
      suite.image("tree:1"),
      row(suite.image("tree:2"), images[0].config.digest),
      row(`├─ linux/${images[0].platform.architecture}`, images[0].manifest.digest),
      row("└─ linux/s390x", images[1].manifest.digest),
    ]);
    expect(lines.map((line) => line.endsWith("U"))).toEqual([false, false, true, true, false]);
    await suite.mustTdock(["rm", user]);
  });

  it("images --tree names what has no name, and takes filters", async () => {
    const image = imageOf({ layers: (await busyboxImage()).layers, config: { Labels: { shown: "yes" } } });
    await pushImage(suite.registry, "nameless:1", image);
    await suite.mustTdock(["pull", "-q", suite.image("nameless:1")]);
    await suite.mustTdock(["tag", suite.busybox, suite.image("nameless:1")]);

    const lines = await suite.mustTdock(["images", "--tree", "--filter", "label=shown=yes"]);

    expect(lines.split("\n")).toHaveLength(3);
    expect(lines).toContain(`\n<untagged>`);
    expect(lines).toContain(image.config.digest.slice(7, 19));
  });

  it.each(["-q", "--no-trunc", "--digests", "--format=json"])("images --tree refuses %s", async (flag) => {
    expect(await suite.tdock(["images", "--tree", flag])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("is not supported with --tree"),
    });
  });

  it("tells over the API of every manifest of an index: what is here, what is not, and attestations", async () => {
    const { layers } = await busyboxImage();
    const config = { Labels: { attested: "yes" } };
    const images = [imageOf({ layers, config }), imageOf({ layers, config, platform: s390x })] as const;
    const [own, foreign] = images;
    const attestation = imageOf({ layers: [], platform: { os: "unknown", architecture: "unknown" } });
    const annotations = {
      "vnd.docker.reference.type": "attestation-manifest",
      "vnd.docker.reference.digest": own.manifest.digest,
    };
    const mediaType = "application/vnd.oci.image.index.v1+json";
    const index = jsonBlob(mediaType, {
      schemaVersion: 2,
      mediaType,
      manifests: [
        ...images.map(({ manifest, platform }) => ({ ...descriptorOf(manifest), platform })),
        { ...descriptorOf(attestation.manifest), platform: attestation.platform, annotations },
      ],
    });
    for (const one of [...images, attestation]) {
      await pushImage(suite.registry, `attested:${one.manifest.digest}`, one);
    }
    await pushManifest(suite.registry, "attested", "1", index);
    await suite.mustTdock(["pull", "-q", suite.image("attested:1")]);
    const id = await suite.mustTdock(["create", suite.image("attested:1"), "true"]);

    const { body: listed } = await suite.api("GET", "/images/json?manifests=1");
    const { body: inspected } = await suite.api("GET", `/images/${suite.image("attested:1")}/json?manifests=1`);

    const { Manifests, Size } = listed.find(({ Id }: { Id: string }) => Id === own.config.digest);
    const content = [own.manifest, own.config, ...own.layers].reduce((sum, one) => sum + one.size, 0);
    expect(Manifests).toEqual([
      {
        ID: own.manifest.digest,
        Descriptor: { ...descriptorOf(own.manifest), platform: own.platform },
        Available: true,
        Size: { Content: content, Total: expect.any(Number) },
        Kind: "image",
        ImageData: { Platform: own.platform, Containers: [id], Size: { Unpacked: expect.any(Number) } },
      },
      expect.objectContaining({
        ID: foreign.manifest.digest,
        Available: false,
        Size: { Content: 0, Total: 0 },
        ImageData: { Platform: s390x, Containers: [], Size: { Unpacked: 0 } },
      }),
      expect.objectContaining({ Kind: "attestation", AttestationData: { For: own.manifest.digest } }),
    ]);
    expect(Manifests[0].Size.Total).toBe(content + Manifests[0].ImageData.Size.Unpacked);
    expect(Size).toBe(Manifests[0].Size.Total + index.size);
    await suite.mustTdock(["rm", id]);
    await suite.mustTdock(["rmi", suite.image("attested:1")]);
    const layout = join(suite.tdockd.layout.root, "layout.tar");
    await mustRun("skopeo", [
      ...["copy", "--all", "--src-tls-verify=false"],
      ...[`docker://${suite.image("attested:1")}`, `oci-archive:${layout}:attested:2`],
    ]);
    await suite.mustTdock(["load", "-i", layout]);
    const { body: whole } = await suite.api("GET", "/images/attested:2/json?manifests=1");
    expect(whole.Manifests).toMatchObject([
      { Available: true },
      { Available: true },
      { Kind: "attestation", Available: true, Size: { Content: attestation.manifest.size + attestation.config.size } },
    ]);
    expect(inspected.Manifests).toEqual(Manifests);
  });

  it("does not inspect for a platform and with all manifests at once", async () => {
    const path = `/images/${suite.busybox}/json?manifests=1&platform=linux/amd64`;

    expect(await suite.api("GET", path)).toMatchObject({
      status: 400,
      body: { message: "conflicting options: manifests and platform options cannot both be set" },
    });
  });

  it("counts every platform that is here of an index that is not here as a whole", async () => {
    const { layers } = await busyboxImage();
    const big = await layerOf([file("random", Buffer.alloc(3 << 20, "tdock"))], "none");
    const images = [imageOf({ layers }), imageOf({ layers: [big], platform: s390x })] as const;
    const absent = imageOf({ layers, platform: { os: "linux", architecture: "riscv64" } });
    await pushIndex(suite.registry, "partial:1", indexOf([...images, absent]), [...images, absent]);
    const usage = async () => (await suite.api("GET", "/system/df")).body;
    const before = (await usage()).LayersSize;

    await suite.mustTdock(["pull", "-q", suite.image("partial:1")]);
    await suite.mustTdock(["pull", "-q", "--platform=linux/s390x", suite.image("partial:1")]);

    const { LayersSize, Images } = await usage();
    const mine = Images.find(({ RepoTags }: { RepoTags: string[] }) => RepoTags.includes(suite.image("partial:1")));
    expect(LayersSize - before).toBeGreaterThan(2 * (3 << 20));
    expect(mine.Size - mine.SharedSize).toBe(LayersSize - before);
  });
});
