import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { busyboxConfig, busyboxImage } from "../harness/images/busybox.ts";
import { dockerArchive } from "../harness/images/docker-archive.ts";
import { digestOf, imageOf, jsonBlob, type Layer, layerOf } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { file, symlink, type TarEntry, tarOf } from "../harness/images/tar-layer.ts";
import { mustRun } from "../harness/program.ts";
import { startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("images on their way elsewhere", (suite) => {
  const archive = () => join(suite.tdockd.layout.root, "images.tar");
  const post = (path: string, body: Buffer) => suite.api("POST", path, body);

  it("saves an archive and loads it again, the same to the last byte", async () => {
    const before = await suite.mustTdock(["inspect", "-f", "{{.Id}} {{json .RootFS}}", suite.busybox]);
    await suite.mustTdock(["save", "-o", archive(), suite.busybox]);
    await suite.mustTdock(["rmi", "-f", before.split(" ")[0] ?? ""]);

    const loaded = await suite.mustTdock(["load", "-i", archive()]);

    expect(loaded).toContain(`Loaded image: ${suite.busybox}:latest`);
    expect(await suite.mustTdock(["inspect", "-f", "{{.Id}} {{json .RootFS}}", suite.busybox])).toBe(before);
    expect(await suite.mustTdock(["run", "--rm", suite.busybox, "echo", "runs"])).toBe("runs");
  });

  it("saves what skopeo reads as Docker's archive and as an OCI layout", async () => {
    await suite.mustTdock(["save", "-o", archive(), suite.busybox]);
    const { config } = await busyboxImage();

    for (const transport of ["docker-archive", "oci-archive"]) {
      const raw = await mustRun("skopeo", ["inspect", "--config", "--raw", `${transport}:${archive()}`]);
      expect(digestOf(Buffer.from(raw))).toBe(config.digest);
    }
  });

  it.each(["docker-archive", "oci-archive"])("loads what skopeo writes as %s", async (transport) => {
    const target = join(suite.tdockd.layout.root, `${transport}.tar`);
    const source = `docker://${suite.busybox}:latest`;
    const name = `example.test/${transport}:1`;
    await mustRun("skopeo", ["copy", "--src-tls-verify=false", source, `${transport}:${target}:${name}`]);

    const loaded = await suite.mustTdock(["load", "-i", target]);

    expect(loaded).toContain(`Loaded image: ${name}`);
    expect(await suite.mustTdock(["run", "--rm", name, "echo", "runs"])).toBe("runs");
  });

  const config = jsonBlob("", { architecture: "amd64", os: "linux", rootfs: { type: "layers", diff_ids: [] } });
  const manifest = (value: unknown) => file("manifest.json", JSON.stringify(value));
  const lies: Readonly<Record<string, readonly TarEntry[]>> = {
    "a configuration outside the archive": [manifest([{ Config: "../../etc/shadow", Layers: [] }])],
    "an absolute layer": [manifest([{ Config: "c.json", Layers: ["/etc/passwd"] }]), file("c.json", config.content)],
    "a layer that links to a file of the host": [
      manifest([{ Config: "c.json", Layers: ["layer.tar"] }]),
      file("c.json", config.content),
      symlink("layer.tar", "/etc/passwd"),
    ],
    "a member that is missing": [manifest([{ Config: "c.json", Layers: [] }])],
    "nothing that describes an image": [file("x", "y")],
    "a document that is too long": [file("manifest.json", " ".repeat(2 << 20))],
    "an index that is too long": [file("index.json", " ".repeat(5 << 20))],
    "layers by the hundred thousand": [
      file("c.json", "{}"),
      manifest([{ Config: "c.json", Layers: Array(100_000).fill("none") }]),
    ],
    "two files of one name, of which the last is none": [
      file("c.json", config.content),
      file("c.json", "none"),
      manifest([{ Config: "c.json", Layers: [] }]),
    ],
    "a blob with other content than its name says": [
      file("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" })),
      file(`blobs/sha256/${"0".repeat(64)}`, "{}"),
      file(
        "index.json",
        JSON.stringify({
          schemaVersion: 2,
          manifests: [
            { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: `sha256:${"0".repeat(64)}`, size: 2 },
          ],
        }),
      ),
    ],
  };

  it.each(Object.keys(lies))("refuses an archive with %s, and loads nothing", async (lie) => {
    const before = await suite.mustTdock(["images", "-aq"]);

    const { status, body } = await post("/images/load", await tarOf(lies[lie] ?? []));

    expect(status).toBe(400);
    expect(body).toMatchObject({ message: expect.stringMatching(/invalid|not in it/) });
    expect(await suite.mustTdock(["images", "-aq"])).toBe(before);
  });

  it("refuses an archive that is cut off", async () => {
    await suite.mustTdock(["save", "-o", archive(), suite.busybox]);
    const whole = await readFile(archive());

    for (const part of [0.1, 0.5, 0.9]) {
      const { status } = await post("/images/load", whole.subarray(0, Math.floor(whole.length * part)));
      expect(status).toBe(400);
    }
  });

  it("refuses layers whose content is not what the configuration states", async () => {
    const { layers } = await busyboxImage();
    const wrong = layers.map((layer) => ({ ...layer, diffId: `sha256:${"0".repeat(64)}` }));
    const image = imageOf({ layers: wrong });
    const entries = [image.config, ...image.layers].map(({ digest, content }) => file(digest.slice(7), content));
    const described = manifest([
      {
        Config: image.config.digest.slice(7),
        RepoTags: ["lie:1"],
        Layers: image.layers.map(({ digest }) => digest.slice(7)),
      },
    ]);

    const { status } = await post("/images/load", await tarOf([...entries, described]));

    expect(status).toBe(400);
    expect((await suite.api("GET", "/images/lie:1/json")).status).toBe(404);
  });

  it("lets no archive put other content into the place of another image's layers", async () => {
    const { layers } = await busyboxImage();
    const [own, foreign] = await Promise.all(["true", "false"].map((text) => layerOf([file("f", text)])));
    const image = imageOf({ layers: [...layers, own as Layer], config: busyboxConfig });
    const claimed = {
      ...image,
      layers: [...layers, { ...(own as Layer), content: foreign?.content ?? Buffer.alloc(0) }],
    };
    const { layers: content, rest } = await dockerArchive({ "claimed:1": claimed });
    await pushImage(suite.registry, "claimed:1", image);

    const { status } = await post("/images/load", Buffer.concat([content, rest]));

    expect(status).toBe(400);
    expect(await suite.mustTdock(["run", "--rm", "-q", suite.image("claimed:1"), "cat", "/f"])).toBe("true");
  });

  it("names digest and platforms of an image in its registry without pulling it", async () => {
    const image = await busyboxImage();

    const { body } = await suite.api("GET", `/distribution/${suite.busybox}:latest/json`);

    expect(body).toEqual({
      Descriptor: expect.objectContaining({ digest: image.manifest.digest, size: image.manifest.size }),
      Platforms: [expect.objectContaining({ os: "linux", architecture: image.platform.architecture })],
    });
  });

  it("checks a login, and tells a wrong password", async () => {
    await using other = await startRegistry({ auth: "basic" });
    const login = (password: string) =>
      suite.api("POST", "/auth", { username: other.credentials.username, password, serveraddress: other.host });

    expect(await login(other.credentials.password)).toMatchObject({ status: 200, body: { Status: "Login Succeeded" } });
    expect((await login("wrong")).status).toBe(401);
  });

  it("imports the root of a container with changes, and refuses a change that is none", async () => {
    await suite.mustTdock(["create", "--name", "rooted", suite.busybox]);
    await suite.mustTdock(["export", "-o", archive(), "rooted"]);
    await suite.mustTdock(["rm", "rooted"]);

    await suite.mustTdock([
      "import",
      "-c",
      "ENV KIND=imported",
      "-c",
      'CMD ["sh", "-c", "echo $KIND"]',
      archive(),
      "made:1",
    ]);
    const refused = await suite.tdock(["import", "-c", "RUN true", archive(), "made:2"]);

    expect(await suite.mustTdock(["run", "--rm", "made:1"])).toBe("imported");
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("RUN is not a valid change command"),
    });
  });

  it("names what takes space, kind by kind, what is shared counted once", async () => {
    await suite.mustTdock(["tag", suite.busybox, "twice:1"]);

    const { body } = await suite.api("GET", "/system/df");
    const alone = await suite.api("GET", "/system/df?type=volume");
    const unknown = await suite.api("GET", "/system/df?type=planet");

    const [image] = body.Images.filter(({ RepoTags }: { RepoTags: string[] }) => RepoTags.includes("twice:1"));
    expect(image.Size).toBeGreaterThan(1_000_000);
    expect(body.LayersSize).toBeGreaterThanOrEqual(image.Size);
    expect(Object.keys(alone.body)).toEqual(["Volumes"]);
    expect(unknown.status).toBe(400);
  });

  it("prunes images without a tag, and with -a those that nothing uses", async () => {
    await suite.mustTdock(["tag", suite.busybox, "kept:1"]);
    await suite.mustTdock(["create", "--name", "user", "kept:1"]);

    await suite.mustTdock(["image", "prune", "-a", "-f"]);

    const left = await suite.mustTdock(["images", "--format", "{{.Repository}}"]);
    expect(left.split("\n")).toContain("kept");
    await suite.mustTdock(["rm", "-f", "user"]);
  });
});
