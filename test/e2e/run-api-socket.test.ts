import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { busyboxConfig, busyboxEntries, busyboxImage } from "../harness/images/busybox.ts";
import { hostProgramEntries } from "../harness/images/host-program.ts";
import { imageOf, layerOf } from "../harness/images/oci-image.ts";
import { pushImage } from "../harness/images/push.ts";
import { type Registry, startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite(
  "tdock run --use-api-socket",
  (suite) => {
    const docker = (flags: readonly string[], ...command: string[]) =>
      suite.tdock(["run", "--rm", "--use-api-socket", ...flags, suite.image("docker"), ...command]);
    const folder = () => join(suite.tdockd.layout.root, ".docker");

    it("lets a docker client in the container use this engine, with the caller's credentials", async () => {
      await using registry = await startRegistry({ auth: "basic" });
      const image = await pushPrivate(registry);
      await logIn(folder(), registry);

      const listed = await docker(["--name=inner"], "docker", "ps", "--format={{.Names}}");
      const pulled = await docker([], "docker", "pull", "-q", image);
      const asUser = await docker(["--user=4242"], "sh", "-c", "ls -ln $DOCKER_CONFIG; cat $DOCKER_CONFIG/config.json");
      await rm(folder(), { recursive: true });
      const withoutCredentials = await docker([], "docker", "pull", "-q", image);

      expect(listed).toMatchObject({ exitCode: 0, stdout: "inner\n" });
      expect(pulled).toMatchObject({ exitCode: 0, stdout: `${image}\n` });
      expect(asUser.stdout).toMatch(/^-rw------- +1 4242 /m);
      expect(asUser.stdout).toContain(`{"auths":{"${registry.host}":{"auth":"${authOf(registry)}"}}}`);
      expect(withoutCredentials.exitCode).toBe(1);
    });

    it("leaves a container alone that has credentials of its own, and makes none that cannot get any", async () => {
      await using registry = await startRegistry({ auth: "basic" });
      await logIn(folder(), registry);

      const own = await docker(["-e", "DOCKER_CONFIG=/mine"], "sh", "-c", "echo $DOCKER_CONFIG; ls /run/secrets");
      const flags = ["--name=refused", "--use-api-socket", "--read-only"];
      const refused = await suite.tdock(["create", ...flags, suite.image("docker")]);
      await rm(folder(), { recursive: true });

      expect(own.stdout).toBe("/mine\n");
      expect(refused).toMatchObject({ exitCode: 1, stdout: "" });
      expect((await suite.api("GET", "/containers/refused/json")).status).toBe(404);
    });
  },
  {
    images: async () => {
      const entries = [...(await busyboxEntries()), ...(await hostProgramEntries("/usr/bin/docker"))];
      return { docker: imageOf({ layers: [await layerOf(entries)], config: busyboxConfig }) };
    },
  },
);

function authOf({ credentials }: Registry): string {
  return btoa(`${credentials.username}:${credentials.password}`);
}

async function pushPrivate(registry: Registry): Promise<string> {
  const target = { url: registry.url, authorization: `Basic ${authOf(registry)}` };
  await pushImage(target, "private/busybox:latest", await busyboxImage());
  return `${registry.host}/private/busybox:latest`;
}

async function logIn(folder: string, registry: Registry): Promise<void> {
  await mkdir(folder, { recursive: true });
  const auths = { [registry.host]: { auth: authOf(registry) } };
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
}
