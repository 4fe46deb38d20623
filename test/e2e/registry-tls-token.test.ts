import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { busyboxImage } from "../harness/images/busybox.ts";
import { mustRun } from "../harness/program.ts";
import { type Registry, startRegistry } from "../harness/registry/registry.ts";
import { shortName, testRoot } from "../harness/scratch.ts";
import { systemSuite } from "../harness/suite.ts";

const certs = join(testRoot, `certs-${shortName()}`);

/** The tests build on each other: what the first one pushes, the others use. */
systemSuite(
  "a registry with TLS of its own authority, and tokens from a server with the same",
  (suite) => {
    let registry: Registry;
    const name = (text: string) => `${registry.host}/private/${text}`;
    const skopeo = (command: readonly string[], reference: string) => {
      const { username, password } = registry.credentials;
      const trusted = [`--cert-dir=${certs}/skopeo`, `--creds=${username}:${password}`];
      return mustRun("skopeo", [...command, ...trusted, `docker://${reference}`]);
    };
    const logIn = () => {
      const { username, password } = registry.credentials;
      return suite.tdock(["login", "-u", username, "--password-stdin", registry.host], { stdin: password });
    };

    beforeAll(async () => {
      registry = await startRegistry({ tls: true, auth: "token" });
      const folder = join(certs, registry.host.replace(/:(.*)$/, "_$1_"));
      const { certFile = "" } = registry.certificate ?? {};
      await mkdir(folder, { recursive: true });
      await mkdir(join(certs, "skopeo"));
      await mustRun("cp", [certFile, join(certs, "skopeo/ca.crt")]);
      await writeFile(join(folder, "hosts.toml"), `server = "${registry.url}"\nca = "${certFile}"\n`);
    });
    afterAll(async () => {
      await registry[Symbol.asyncDispose]();
      await rm(certs, { recursive: true });
    });

    it("takes pushes of who is logged in, of one tag and of all, and of nobody else", async () => {
      for (const tag of ["1", "2"]) await suite.mustTdock(["tag", suite.busybox, name(`app:${tag}`)]);

      const anonymous = await suite.tdock(["push", name("app:1")]);
      const wrong = await suite.tdock(["login", "-u", "anna", "--password-stdin", registry.host], { stdin: "wrong" });
      const login = await logIn();
      await suite.mustTdock(["push", "-a", name("app")]);

      expect(anonymous).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/unauthorized|denied/) });
      expect(wrong).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("incorrect username or password") });
      expect(login).toMatchObject({ exitCode: 0, stdout: "Login Succeeded\n" });
      const { manifest } = await busyboxImage();
      const { Digest, RepoTags } = JSON.parse(await skopeo(["inspect"], name("app:1")));
      expect([Digest, RepoTags.toSorted()]).toEqual([manifest.digest, ["1", "2"]]);
    });

    it("gives images by tag, by digest, and all tags", async () => {
      const { manifest } = await busyboxImage();
      const clear = () => suite.mustTdock(["rmi", "-f", name("app:1"), name("app:2")]);
      await clear();

      await suite.mustTdock(["pull", "-q", name(`app@${manifest.digest}`)]);
      await suite.mustTdock(["rmi", name(`app@${manifest.digest}`)]);
      await suite.mustTdock(["pull", "-q", "-a", name("app")]);

      const tags = await suite.mustTdock(["images", "--format", "{{.Tag}}", name("app")]);
      expect(tags.split("\n").toSorted()).toEqual(["1", "2"]);
      expect(await suite.mustTdock(["run", "--rm", name("app:2"), "echo", "runs"])).toBe("runs");
    });

    it("has its images copied, indexed, described and locked", async () => {
      const { manifest } = await busyboxImage();
      const folder = suite.tdockd.layout.root;
      await writeFile(join(folder, "Dockerfile"), `FROM ${name("app:1")}\n`);

      const copied = await suite.mustTdock(["image", "copy", name("app:1"), name("copy:1")]);
      await suite.mustTdock(["manifest", "create", name("list:1"), name("app:1"), name("copy:1")]);
      await suite.mustTdock(["manifest", "push", "--purge", name("list:1")]);
      const list = JSON.parse(await suite.mustTdock(["manifest", "inspect", name("list:1")]));
      await suite.mustTdock(["lock", "--folder", folder, name("app:1")]);

      expect(copied).toContain("Mounted from private/app");
      expect(list.manifests).toMatchObject([{ digest: manifest.digest }, { digest: manifest.digest }]);
      expect(JSON.parse(await skopeo(["inspect", "--raw"], name("list:1")))).toEqual(list);
      expect(await mustRun("cat", [join(folder, "tdock.lock")])).toContain(manifest.digest);
      expect(await suite.tdock(["pull", "-q", "--locked", name("app:1")], { cwd: folder })).toMatchObject({
        exitCode: 0,
      });
    });

    it("takes what is built and pushed at once, converted to zstd", async () => {
      const dockerfile = `FROM ${name("app:1")}\nRUN echo made > /made\n`;
      await suite.mustTdock(["build", "-q", "-t", name("built:1"), "-"], { stdin: dockerfile });
      await suite.mustTdock(["image", "convert", "-q", name("built:1"), name("built:zstd")]);

      for (const tag of ["1", "zstd"]) await suite.mustTdock(["push", "-q", name(`built:${tag}`)]);

      const types = async (tag: string) =>
        JSON.parse(await skopeo(["inspect", "--raw"], name(`built:${tag}`))).layers.map(
          ({ mediaType }: { mediaType: string }) => mediaType.split("+").at(-1),
        );
      expect([await types("1"), await types("zstd")]).toEqual([
        ["gzip", "gzip"],
        ["zstd", "zstd"],
      ]);
    });

    it("takes nothing more of who has logged out, and keeps no password here", async () => {
      const { password } = registry.credentials;
      await suite.mustTdock(["logout", registry.host]);

      const refused = await suite.tdock(["push", name("app:1")]);

      expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/unauthorized|denied/) });
      expect(await suite.tdockd.log()).not.toContain(password);
    });
  },
  { flags: [`--certs-dir=${certs}`] },
);
