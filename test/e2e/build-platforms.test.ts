import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildContext } from "../harness/build-context.ts";
import { busyboxConfig, busyboxEntries } from "../harness/images/busybox.ts";
import { imageOf, indexOf, layerOf, machinePlatform } from "../harness/images/oci-image.ts";
import { pushIndex } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { mustRun, runProgram } from "../harness/program.ts";
import { systemSuite } from "../harness/suite.ts";

const own = `linux/${machinePlatform.architecture}`;
const foreign = machinePlatform.architecture === "arm64" ? "amd64" : "arm64";
const both = `--platform=${own},linux/${foreign}`;

/** Made on this machine for all platforms, copied into each one's own base. */
const cross = `FROM --platform=$BUILDPLATFORM BASE AS make
RUN echo made > /once
ARG TARGETARCH
RUN echo "for $TARGETARCH" > /for
FROM MULTI
COPY --from=make /once /for /
ARG TARGETPLATFORM
LABEL platform=$TARGETPLATFORM
`;

interface Document {
  readonly mediaType: string;
  readonly manifests: readonly { readonly digest: string; readonly platform: object }[];
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string; readonly mediaType: string }[];
  readonly architecture: string;
}

systemSuite("tdock build for several platforms", (suite) => {
  const contextOf = (dockerfile: string) =>
    buildContext(suite, { Dockerfile: dockerfile.replaceAll("MULTI", suite.image("multi")), f: "file\n" });
  const build = async (dockerfile: string, ...flags: string[]) =>
    suite.tdock(["build", "--progress=plain", ...flags, await contextOf(dockerfile)]);
  const fromRegistry = async (name: string, kind: "manifests" | "blobs", reference: string): Promise<Document> => {
    const accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json";
    return (
      await fetch(`${suite.registry.url}/v2/${name}/${kind}/${reference}`, { headers: { accept } })
    ).json() as never;
  };
  /** What a file of an image for one platform holds, without running anything. */
  const contents = async (name: string, platform: string, path: string) => {
    const id = await suite.mustTdock(["create", `--platform=${platform}`, name, "x"]);
    const archive = await suite.tdock(["cp", `${id}:${path}`, "-"]);
    await suite.mustTdock(["rm", id]);
    return mustRun("tar", ["-xO"], { stdin: archive.stdout });
  };

  beforeAll(async () => {
    const images = await Promise.all(
      [machinePlatform.architecture, foreign].map(async (architecture) =>
        imageOf({
          platform: { os: "linux", architecture },
          config: busyboxConfig,
          layers: [await layerOf([...(await busyboxEntries()), file("arch", `${architecture}\n`)])],
        }),
      ),
    );
    await pushIndex(suite.registry, "multi", indexOf(images), images);
  });

  afterAll(() => suite.mustTdock(["builder", "prune", "-a", "-f"]));

  it("makes an index, does what is the same for all once, and pushes all of it", async () => {
    const name = suite.image("app");

    const { exitCode, stderr } = await build(cross, "-t", name, both, "--push");

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr.match(/ RUN echo made/g)).toHaveLength(1);
    expect(stderr).toContain(`[${own}->${foreign} make 3/3] RUN echo "for`);
    const index = await fromRegistry("app", "manifests", "latest");
    expect(index.mediaType).toBe("application/vnd.oci.image.index.v1+json");
    expect(index.manifests.map(({ platform }) => platform)).toEqual([
      { os: "linux", architecture: machinePlatform.architecture },
      { os: "linux", architecture: foreign },
    ]);
    for (const [at, architecture] of [machinePlatform.architecture, foreign].entries()) {
      const manifest = await fromRegistry("app", "manifests", index.manifests[at]?.digest ?? "");
      expect((await fromRegistry("app", "blobs", manifest.config.digest)).architecture).toBe(architecture);
      expect(manifest.layers.every(({ mediaType }) => mediaType.endsWith("gzip"))).toBe(true);
    }
  });

  it("runs this machine's image, and gives the files of the other, here and where it was pushed to", async () => {
    const name = suite.image("app");
    const seen = async () => [
      await suite.mustTdock(["run", "--rm", name, "cat", "/for", "/arch", "/once"]),
      await contents(name, `linux/${foreign}`, "/for"),
      await contents(name, `linux/${foreign}`, "/arch"),
    ];
    const expected = [
      `for ${machinePlatform.architecture}\n${machinePlatform.architecture}\nmade`,
      `for ${foreign}\n`,
      `${foreign}\n`,
    ];
    expect(await seen()).toEqual(expected);
    await suite.mustTdock(["rmi", "-f", name]);
    await suite.mustTdock(["builder", "prune", "-a", "-f"]);

    await suite.mustTdock(["pull", "-q", `--platform=linux/${foreign}`, name]);
    await suite.mustTdock(["pull", "-q", name]);

    expect(await seen()).toEqual(expected);
  });

  it("leaves a base image's name to mean this machine's image", async () => {
    await build("FROM MULTI\nCOPY f /\n", `--platform=linux/${foreign}`, "-t", "foreign");

    expect(await suite.mustTdock(["run", "--rm", suite.image("multi"), "cat", "/arch"])).toBe(
      machinePlatform.architecture,
    );
    const { exitCode } = await build("FROM MULTI\nRUN true\n", "--no-cache");
    expect(exitCode).toBe(0);
  });

  it("saves the index as a layout of all its images, which loads again", async () => {
    const archive = join(suite.tdockd.layout.root, "app.tar");
    await build(cross, "-t", "saved", both, "-o", `type=oci,dest=${archive}`);
    await suite.mustTdock(["rmi", "-f", "saved"]);

    await suite.mustTdock(["load", "-q", "-i", archive, `--platform=linux/${foreign}`]);
    await suite.mustTdock(["load", "-q", "-i", archive]);

    const { manifests } = JSON.parse(await mustRun("tar", ["-xOf", archive, "index.json"]));
    expect(manifests[0].mediaType).toBe("application/vnd.oci.image.index.v1+json");
    expect(await suite.mustTdock(["run", "--rm", "saved", "cat", "/for"])).toBe(`for ${machinePlatform.architecture}`);
    expect(await contents("saved", `linux/${foreign}`, "/for")).toBe(`for ${foreign}\n`);
  });

  it("counts what the images of all platforms take", async () => {
    const size = async () => ((await suite.api("GET", "/system/df")).body as { LayersSize: number }).LayersSize;
    const before = await size();

    await build(
      `FROM --platform=$BUILDPLATFORM BASE AS make
ARG TARGETARCH
RUN test $TARGETARCH = ${foreign} && head -c 3000000 /dev/urandom > /f || echo > /f
FROM scratch
COPY --from=make /f /
`,
      ...["-t", "sized", both],
    );

    expect((await size()) - before).toBeGreaterThan(3_000_000);
    await suite.mustTdock(["rmi", "sized"]);
    expect(await size()).toBe(before);
  });

  it("keeps an index that a container of another platform was made from", async () => {
    await build("FROM scratch\nCOPY f /\nLABEL used=yes\n", "-t", "used", both);
    const id = await suite.mustTdock(["create", `--platform=linux/${foreign}`, "used", "x"]);

    const removed = await suite.tdock(["rmi", "used"]);
    await suite.mustTdock(["image", "prune", "-a", "-f", "--filter=label=used=yes"]);

    expect(removed.stderr).toContain(`container ${id.slice(0, 12)} is using its referenced image`);
    expect(await suite.mustTdock(["images", "-q", "used"])).not.toBe("");
    await suite.mustTdock(["rm", id]);
    await suite.mustTdock(["rmi", "used"]);
  });

  it("hands out the files of each platform in a folder of its own", async () => {
    const out = join(suite.tdockd.layout.root, "out");
    const built = await build(cross, both, "-o", out);
    const refused = await build(cross, both, "-o", `type=tar,dest=${out}.tar`);

    expect(built.exitCode).toBe(0);
    expect(await readFile(join(out, `linux_${foreign}`, "for"), "utf8")).toBe(`for ${foreign}\n`);
    expect(await readFile(join(out, own.replace("/", "_"), "arch"), "utf8")).toBe(`${machinePlatform.architecture}\n`);
    expect(refused.stderr).toContain("type=tar takes one platform");
  });

  it("builds from nothing for machines that nobody here has, and says so in the image", async () => {
    const { exitCode } = await build("FROM scratch\nCOPY f /\n", "-t", "rare", "--platform=linux/s390x,linux/arm/v6");

    expect(exitCode).toBe(0);
    const [image] = JSON.parse(await suite.mustTdock(["image", "inspect", "--platform=linux/arm/v6", "rare"]));
    expect(image).toMatchObject({ Os: "linux", Architecture: "arm", Variant: "v6" });
  });

  it("is the same again with SOURCE_DATE_EPOCH, and an index of one with BUILDKIT_MULTI_PLATFORM", async () => {
    const metadata = join(suite.tdockd.layout.root, "metadata.json");
    const digestOf = async (...flags: string[]) => {
      await build(cross, "--no-cache", "--build-arg=SOURCE_DATE_EPOCH=1", "--metadata-file", metadata, ...flags);
      return JSON.parse(await readFile(metadata, "utf8"))["containerimage.digest"];
    };

    const first = await digestOf(both);
    const one = await digestOf();

    expect(await digestOf(both)).toBe(first);
    expect(await digestOf("--build-arg=BUILDKIT_MULTI_PLATFORM=1")).not.toBe(one);
  });

  it("says which step needs another machine, and what can be done", async () => {
    const { exitCode, stderr } = await build("FROM scratch\nCOPY f /\nRUN true\n", "--platform=linux/zilog80");

    expect(exitCode).toBe(1);
    expect(stderr).toContain(`RUN needs linux/zilog80, and this machine runs ${own}`);
    expect(stderr).toContain("FROM --platform=$BUILDPLATFORM");
    expect(stderr).toContain("Dockerfile:3");
  });

  it.each(["0", "1"])("serves Debian's docker with DOCKER_BUILDKIT=%s", async (buildkit) => {
    const folder = await contextOf(cross.replaceAll("BASE", suite.busybox));
    const name = `docker-${buildkit}`;

    const { exitCode, stderr } = await runProgram("/usr/bin/docker", ["build", both, "-t", name, folder], {
      env: { DOCKER_HOST: `unix://${suite.tdockd.layout.socket}`, DOCKER_BUILDKIT: buildkit },
    });

    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(await contents(name, `linux/${foreign}`, "/for")).toBe(`for ${foreign}\n`);
  });
});
