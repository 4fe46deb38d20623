import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent, request } from "undici";
import { expect, it } from "vitest";
import { busyboxImage } from "../harness/images/busybox.ts";
import { pushImage } from "../harness/images/push.ts";
import { type Registry, type RegistryOptions, startRegistry } from "../harness/registry/registry.ts";
import { systemSuite } from "../harness/suite.ts";

systemSuite("tdock pull from registries that ask who calls", (suite) => {
  const configFile = () => join(suite.tdockd.layout.root, ".docker/config.json");
  const logIn = async (host: string, username: string, password: string) => {
    await mkdir(join(suite.tdockd.layout.root, ".docker"), { recursive: true });
    await writeFile(configFile(), JSON.stringify({ auths: { [host]: { auth: btoa(`${username}:${password}`) } } }));
  };

  it("sends the credentials of config.json, and says when there are none or wrong ones", async () => {
    await using registry = await seeded({ auth: "basic" });
    const image = `${registry.host}/private/busybox`;

    await rm(configFile(), { force: true });
    const anonymous = await suite.tdock(["pull", image]);
    await logIn(registry.host, "anna", "wrong");
    const wrong = await suite.tdock(["pull", image]);
    await logIn(registry.host, registry.credentials.username, registry.credentials.password);
    const right = await suite.tdock(["pull", image]);

    expect([anonymous.exitCode, wrong.exitCode, right.exitCode]).toEqual([1, 1, 0]);
    expect(anonymous.stderr).toMatch(/unauthorized|authentication required/i);
    expect(await suite.tdockd.log()).not.toContain(registry.credentials.password);
  });

  it("only warns of a config.json that it cannot read, and login writes nothing over it", async () => {
    await mkdir(join(suite.tdockd.layout.root, ".docker"), { recursive: true });
    await writeFile(configFile(), '{"auths": {');

    const pulled = await suite.tdock(["pull", "-q", suite.busybox]);
    const login = await suite.tdock(["login", "-u", "anna", "--password-stdin", suite.registry.host], { stdin: "x" });

    const problem = `${configFile()}: .*JSON`;
    expect(pulled).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(new RegExp(`^WARNING: Error loading config file: .*${problem}.*\n$`)),
    });
    expect(login).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(problem) });
    expect(await readFile(configFile(), "utf8")).toBe('{"auths": {');
  });

  it("gets one token for all parts of an image", async () => {
    await using registry = await seeded({ auth: "token" });
    const before = registry.tokenServer?.granted() ?? 0;

    await suite.mustTdock(["pull", `${registry.host}/private/busybox`]);

    expect((registry.tokenServer?.granted() ?? 0) - before).toBe(1);
  });

  it("refuses a certificate it does not know, and takes the one in certs.d", async () => {
    await using registry = await seeded({ tls: true });
    const image = `${registry.host}/private/busybox`;

    const refused = await suite.tdock(["pull", image]);
    const folder = join("/etc/docker/certs.d", registry.host);
    await mkdir(folder, { recursive: true });
    try {
      await copyFile(registry.certificate?.certFile ?? "", join(folder, "ca.crt"));
      const taken = await suite.tdock(["pull", image]);

      expect([refused.exitCode, taken.exitCode]).toEqual([1, 0]);
      expect(refused.stderr).toMatch(/certificate/i);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

async function seeded(options: RegistryOptions): Promise<Registry> {
  const registry = await startRegistry(options);
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const authorization = await authorize(registry, options);
  await pushImage(
    { url: registry.url, dispatcher, ...(authorization && { authorization }) },
    "private/busybox:latest",
    await busyboxImage(),
  );
  return registry;
}

async function authorize(
  { credentials, tokenServer }: Registry,
  { auth }: RegistryOptions,
): Promise<string | undefined> {
  const basic = `Basic ${btoa(`${credentials.username}:${credentials.password}`)}`;
  if (!tokenServer) return auth && basic;
  const scope = "repository:private/busybox:pull,push";
  const answer = await request(`${tokenServer.realm}?service=registry&scope=${scope}`, {
    headers: { authorization: basic },
  });
  const { token } = (await answer.body.json()) as { token: string };
  return `Bearer ${token}`;
}
