import { expect, it } from "vitest";
import { startHostileRegistry } from "../harness/hostile/hostile-registry.ts";
import { busyboxImage } from "../harness/images/busybox.ts";
import { layeredFiles, layeredGone, layeredImage } from "../harness/images/layered-image.ts";
import { imageOf, indexOf } from "../harness/images/oci-image.ts";
import { pushIndex } from "../harness/images/push.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite(
  "tdock pull",
  (suite) => {
    const remove = (image: string) => suite.tdock(["rmi", "-f", image]);

    it("says what it did, line by line in a pipe, and that nothing was to do the second time", async () => {
      await remove(suite.busybox);

      const first = await suite.mustTdock(["pull", suite.busybox]);
      const second = await suite.mustTdock(["pull", suite.busybox]);

      expect(first).toMatch(/Using default tag: latest\nlatest: Pulling from busybox\n/);
      expect(first).toMatch(/\nDigest: sha256:[0-9a-f]{64}\n/);
      expect(first).toContain(`Status: Downloaded newer image for ${suite.busybox}:latest\n${suite.busybox}:latest`);
      expect(second).toContain(`Status: Image is up to date for ${suite.busybox}:latest`);
    });

    it("prints the reference alone with -q", async () => {
      expect(await suite.mustTdock(["pull", "-q", suite.busybox])).toBe(`${suite.busybox}:latest`);
    });

    it("pulls by digest", async () => {
      const { manifest } = await busyboxImage();
      await remove(suite.busybox);

      await suite.mustTdock(["pull", `${suite.busybox}@${manifest.digest}`]);

      const digests = await suite.mustTdock([
        "inspect",
        "-f",
        "{{json .RepoDigests}}",
        `${suite.busybox}@${manifest.digest}`,
      ]);
      expect(JSON.parse(digests)).toEqual([`${suite.busybox}@${manifest.digest}`]);
    });

    it("pulls all tags of a repository with -a", async () => {
      await suite.mustTdock(["pull", "-a", suite.image("tagged")]);

      const tags = await suite.mustTdock(["images", "--format", "{{.Tag}}", suite.image("tagged")]);
      expect(tags.split("\n").toSorted()).toEqual(["one", "two"]);
    });

    it.each(["layered", "layered-docker"])(
      "unpacks whiteouts, links, owners and all compressions as Docker does (%s)",
      async (name) => {
        const image = suite.image(name);
        await suite.mustTdock(["pull", image]);

        for (const [path, text] of Object.entries(layeredFiles)) {
          expect(await suite.tdock(["run", "--rm", image, "cat", path])).toMatchObject({ stdout: text });
        }
        const gone = layeredGone.map((path) => `! [ -e '${path}' ]`).join(" && ");
        expect(await suite.tdock(["run", "--rm", image, "sh", "-c", gone])).toMatchObject({ exitCode: 0 });
        const facts =
          "stat -c '%a %u %g' /owned /set-user-id; stat -c %h /links/one; readlink /links/soft; stat -c %a /sticky";
        expect(await suite.mustTdock(["run", "--rm", image, "sh", "-c", facts])).toBe(
          "640 1234 5678\n4755 0 0\n2\none\n1777",
        );
      },
    );

    it("chooses this machine's platform from an index, or the one asked for", async () => {
      const { layers } = await busyboxImage();
      const images = [imageOf({ layers }), imageOf({ layers, platform: { os: "linux", architecture: "s390x" } })];
      for (const name of ["multi:1", "multi:other"]) await pushIndex(suite.registry, name, indexOf(images), images);

      await suite.mustTdock(["pull", suite.image("multi:1")]);
      const own = await suite.mustTdock(["inspect", "-f", "{{.Architecture}}", suite.image("multi:1")]);
      await suite.mustTdock(["pull", "--platform=linux/s390x", suite.image("multi:other")]);
      const other = await suite.mustTdock(["inspect", "-f", "{{.Architecture}}", suite.image("multi:other")]);

      expect([own, other]).toEqual([images[0]?.platform.architecture, "s390x"]);
    });

    it("says that an index has nothing for a platform", async () => {
      const { exitCode, stderr } = await suite.tdock(["pull", "--platform=linux/mips64le", suite.image("multi:1")]);

      expect(exitCode).toBe(1);
      expect(stderr).toContain("no matching manifest for linux/mips64le");
    });

    it.each([
      ["an image that does not exist", "absent:1", /not found|manifest unknown/],
      ["a tag that does not exist", "busybox:absent", /not found|manifest unknown/],
      ["a reference that is none", "UPPER case", /invalid reference format/],
    ])("names %s", async (_, name, message) => {
      const { exitCode, stderr } = await suite.tdock(["pull", suite.image(name)]);

      expect(exitCode).toBe(1);
      expect(stderr).toMatch(message);
    });

    it("names a registry that refuses the connection, and one that has no address", async () => {
      const refused = await suite.tdock(["pull", "127.0.0.1:1/busybox"]);
      const unknown = await suite.tdock(["pull", "registry.invalid/busybox"]);

      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("127.0.0.1:1") });
      expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/registry\.invalid(?!.*gave up)/) });
    });

    it("asks for no blob when all of the image is here under another name", async () => {
      await using registry = await startHostileRegistry({ present: { image: await layeredImage() } });
      const name = `${registry.host}/present`;
      await suite.mustTdock(["pull", "-q", name]);
      await suite.mustTdock(["tag", name, "kept:1"]);
      await suite.mustTdock(["rmi", name]);
      const before = registry.requests.length;

      await suite.mustTdock(["pull", "-q", name]);

      const paths = registry.requests.slice(before).map(({ path }) => path);
      expect(paths).toContainEqual(expect.stringContaining("/manifests/"));
      expect(paths.filter((path) => path.includes("/blobs/"))).toEqual([]);
      await suite.mustTdock(["rmi", name, "kept:1"]);
    });

    it("downloads once for two pulls of one image at the same time", async () => {
      await remove(suite.image("layered"));

      const pulls = await Promise.all([1, 2, 3].map(() => suite.tdock(["pull", "-q", suite.image("layered")])));

      expect(pulls.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    });
  },
  {
    images: async () => {
      const layered = await layeredImage();
      const [busybox] = layered.layers;
      const docker = imageOf({ layers: (await layeredImage(["gzip", "gzip", "none"])).layers, docker: true });
      const tagged = imageOf({ layers: busybox ? [busybox] : [] });
      return { layered, "layered-docker": docker, "tagged:one": tagged, "tagged:two": tagged };
    },
  },
);
