import { expect, it } from "vitest";
import { hasBlobFile } from "../harness/images/blob-file.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { imageOf, indexOf, layerOf } from "../harness/images/oci-image.ts";
import { pushIndex } from "../harness/images/push.ts";
import { file } from "../harness/images/tar-layer.ts";
import { systemSuite } from "../harness/suite.ts";

const s390x = { os: "linux", architecture: "s390x" };

systemSuite("tdock rmi --platform", (suite) => {
  /** Pulls both images of an index under two names: this machine's and one for s390x, which share a layer. */
  async function pullBoth(name: string) {
    const { layers } = await busyboxImage();
    const config = { Labels: { name } };
    const extra = await layerOf([file(`only-in-${name}`, name)]);
    const images = [
      imageOf({ layers, config }),
      imageOf({ layers: [...layers, extra], config, platform: s390x }),
    ] as const;
    await pushIndex(suite.registry, name, indexOf(images), images);
    await suite.mustTdock(["pull", "-q", suite.image(name)]);
    await suite.mustTdock(["pull", "-q", "--platform=linux/s390x", suite.image(name)]);
    await suite.mustTdock(["tag", suite.image(name), `other-${name}`]);
    return { images, extra, own: `linux/${images[0].platform.architecture}` };
  }

  const available = async (name: string) => {
    const { Manifests } = (await suite.api("GET", `/images/${name}/json?manifests=1`)).body;
    return Manifests.map(({ Available }: { Available: boolean }) => Available);
  };
  const architecture = (name: string) => suite.mustTdock(["inspect", "-f", "{{.Architecture}}", name]);

  it("takes what is here for the platform, its layers and bytes, and leaves the others", async () => {
    const { images, extra } = await pullBoth("apart");
    const name = suite.image("apart");

    const { exitCode, stdout, stderr } = await suite.tdock(["rmi", "-f", "--platform=linux/s390x", name]);

    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `Deleted: ${images[1].manifest.digest}\n`,
      stderr: "",
    });
    for (const { digest } of [images[1].manifest, images[1].config, extra])
      expect(await hasBlobFile(suite.tdockd, digest)).toBe(false);
    for (const one of [name, "other-apart"]) {
      expect(await available(one)).toEqual([true, false]);
      expect(await architecture(one)).toBe(images[0].platform.architecture);
    }
    expect(await suite.mustTdock(["run", "--rm", "other-apart", "echo", "runs"])).toBe("runs");
    await suite.mustTdock(["pull", "-q", "--platform=linux/s390x", name]);
    expect(await available(name)).toEqual([true, true]);
  });

  it("wants force, as every name of the content loses it, and takes nothing that a container uses", async () => {
    const { own } = await pullBoth("held");
    const user = await suite.mustTdock(["create", "--platform", own, suite.image("held"), "true"]);

    expect(await suite.tdock(["rmi", "--platform=linux/s390x", suite.image("held")])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("Content will be removed from all images referencing this variant."),
    });
    expect(await suite.tdock(["rmi", "-f", "--platform", own, suite.image("held")])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`it is being used by container ${user.slice(0, 12)}`),
    });
    expect(await suite.tdock(["rmi", "-f", "--platform=linux/riscv64", suite.image("held")])).toMatchObject({
      exitCode: 0, // As with Docker, force does not mind what is not there.
      stderr: expect.stringContaining("does not provide the specified platform (linux/riscv64)"),
    });
    expect(await available(suite.image("held"))).toEqual([true, true]);
    await suite.mustTdock(["rm", user]);
  });

  it("takes the names with the last platform that is here", async () => {
    const { images, own } = await pullBoth("whole");

    const both = ["--platform", `linux/s390x,${own}`];
    const removed = (await suite.mustTdock(["rmi", "-f", ...both, suite.image("whole")])).split("\n");

    expect(removed.toSorted()).toEqual(
      [
        ...images.map(({ manifest }) => `Deleted: ${manifest.digest}`),
        `Untagged: ${suite.image("whole")}:latest`,
        "Untagged: other-whole:latest",
      ].toSorted(),
    );
    expect((await suite.api("GET", "/images/other-whole/json")).status).toBe(404);
    expect(await hasBlobFile(suite.tdockd, images[0].config.digest)).toBe(false);
  });
});
