import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import { allCredentials, findCredentials, registryAuthFor, registryKey } from "./credentials.ts";
import { eraseCredentials, storeCredentials } from "./store-credentials.ts";

const auth = Buffer.from("me:pa:ss").toString("base64");

describe("findCredentials", () => {
  it.each([
    [{ auths: { "reg.example": { auth } } }, "reg.example", { username: "me", password: "pa:ss" }],
    [{ auths: { "https://reg.example/v1/": { auth } } }, "reg.example", { username: "me", password: "pa:ss" }],
    [{ auths: { "reg.example": { identitytoken: "t" } } }, "reg.example", { identitytoken: "t" }],
    [{ auths: { "reg.example": { username: "me", password: "x" } } }, "reg.example", { username: "me", password: "x" }],
  ])("reads %j", async (config, key, expected) => {
    expect(await findCredentials(config, key)).toEqual({ ...expected, serveraddress: key });
  });

  it.each<ConfigFile>([
    {},
    { auths: { "other.example": { auth } } },
    { auths: { "reg.example": { auth: "bm9jb2xvbg==" } } },
  ])("finds nothing for the registry in %j", async (config) => {
    expect(await findCredentials(config, "reg.example")).toBeUndefined();
  });

  it("calls Docker Hub by its old name", () => {
    expect(registryKey("docker.io")).toBe("https://index.docker.io/v1/");
  });
});

const fileIn = (configFolder: string) => ({ config: readConfigFile({ configFolder }) });

describe("the credentials file and helpers", () => {
  let folder = "";
  const path = process.env.PATH;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tdock-credentials-"));
    process.env.PATH = `${folder}:${path}`;
  });
  afterEach(async () => {
    process.env.PATH = path;
    await rm(folder, { recursive: true });
  });

  it("keeps what else is in the file, and is for its owner alone", async () => {
    await storeCredentials({ configFolder: folder }, { username: "me", password: "x", serveraddress: "reg.example" });
    const file = join(folder, "config.json");
    await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, "utf8")), psFormat: "json" }));

    await eraseCredentials({ configFolder: folder }, ["reg.example"]);

    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({ auths: {}, psFormat: "json" });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it("gives the engine's header from a helper program", async () => {
    const helper = join(folder, "docker-credential-test");
    await writeFile(
      helper,
      '#!/bin/sh\nread -r server\necho "{\\"Username\\":\\"$server\\",\\"Secret\\":\\"s?>\\"}"\n',
    );
    await chmod(helper, 0o755);
    await writeFile(join(folder, "config.json"), JSON.stringify({ credHelpers: { "reg.example": "test" } }));

    const header = await registryAuthFor(fileIn(folder), "reg.example/a/b:1");

    expect(header).not.toMatch(/[+/]/);
    expect(JSON.parse(Buffer.from(header ?? "", "base64url").toString())).toEqual({
      username: "reg.example",
      password: "s?>",
      serveraddress: "reg.example",
    });
  });

  it.each([
    ['echo \'{"reg.example":"me"}\'', ["reg.example", "other.example"]],
    ["exit 1", ["other.example"]],
  ])("gives builds all that a helper lists: %s", async (list, expected) => {
    const helper = join(folder, "docker-credential-test");
    const get = 'read -r server\necho "{\\"Username\\":\\"$server\\",\\"Secret\\":\\"s\\"}"\n';
    await writeFile(helper, `#!/bin/sh\nif [ "$1" = list ]; then ${list}; exit; fi\n${get}`, { mode: 0o755 });

    const found = await allCredentials({ auths: { "other.example": {} }, credsStore: "test" });

    expect(Object.values(found)).toEqual(
      expected.map((username) => ({ username, password: "s", serveraddress: username })),
    );
  });

  it("shows nothing of an answer that it cannot read", async () => {
    const helper = join(folder, "docker-credential-test");
    await writeFile(helper, "#!/bin/sh\necho S3CR3T\n");
    await chmod(helper, 0o755);
    await writeFile(join(folder, "config.json"), JSON.stringify({ credsStore: "test" }));

    await expect(registryAuthFor(fileIn(folder), "reg.example/a")).rejects.toThrow(
      /^error getting credentials - err: the answer of docker-credential-test is not JSON$/,
    );
  });

  it("says what a helper program could not do", async () => {
    const helper = join(folder, "docker-credential-test");
    await writeFile(helper, "#!/bin/sh\necho the store is locked\nexit 3\n");
    await chmod(helper, 0o755);
    await writeFile(join(folder, "config.json"), JSON.stringify({ credsStore: "test" }));
    const auth = { username: "me", password: "x", serveraddress: "reg.example" };

    await expect(storeCredentials({ configFolder: folder }, auth)).rejects.toThrow(
      "error storing credentials - err: exit status 3, out: `the store is locked`",
    );
  });

  it("says when a helper program is missing", async () => {
    await writeFile(join(folder, "config.json"), JSON.stringify({ credsStore: "missing" }));

    await expect(registryAuthFor(fileIn(folder), "reg.example/a")).rejects.toThrow(
      'exec: "docker-credential-missing": executable file not found in $PATH',
    );
  });
});
