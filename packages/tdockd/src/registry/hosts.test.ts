import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeFileAtomic } from "../host/atomic-file.ts";
import { configuredHosts } from "./hosts.ts";

describe("configuredHosts", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tdock-hosts-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const hostsOf = (domain: string) => configuredHosts(domain, [folder], async () => `http://own.${domain}`);
  const write = async (name: string, files: Readonly<Record<string, string>>) => {
    await mkdir(join(folder, name), { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFileAtomic(join(folder, name, file), text);
  };

  it("says nothing of a registry that has no folder", async () => {
    expect(await hostsOf("nowhere.example")).toBeUndefined();
  });

  it("lists mirrors in the file's order, then the registry itself", async () => {
    await write("docker.io", {
      "hosts.toml": `
server = "https://registry-1.docker.io"
[host."https://mirror.example"]
  capabilities = ["pull", "resolve"]
  [host."https://mirror.example".header]
    x-key = ["a", "b"]
[host."https://cache.example/docker"]
  override_path = true
  skip_verify = true
`,
    });

    expect(await hostsOf("docker.io")).toEqual([
      expect.objectContaining({
        origin: "https://mirror.example",
        path: "/v2",
        isOrigin: false,
        capabilities: new Set(["pull", "resolve"]),
        headers: { "x-key": "a, b" },
      }),
      expect.objectContaining({
        origin: "https://cache.example",
        path: "/docker",
        tls: expect.objectContaining({ skipVerify: true }),
      }),
      expect.objectContaining({ origin: "https://registry-1.docker.io", isOrigin: true }),
    ]);
  });

  it("finds a registry with a port under both of containerd's names, and Docker's certificates", async () => {
    await write("one.example_5000_", { "hosts.toml": 'server = "http://one.example:5000"' });
    await write("two.example:5000", { "ca.crt": "AUTHORITY", "client.cert": "CERT", "client.key": "KEY" });

    expect(await hostsOf("one.example:5000")).toMatchObject([{ origin: "http://one.example:5000" }]);
    expect(await hostsOf("two.example:5000")).toMatchObject([
      {
        origin: "http://own.two.example:5000",
        tls: { ca: ["AUTHORITY"], cert: "CERT", key: "KEY", skipVerify: false },
      },
    ]);
  });

  it("asks for the address of a registry of which only mirrors are known", async () => {
    await write("mirrored.example", { "hosts.toml": '[host."https://mirror.example"]' });

    expect(await hostsOf("mirrored.example")).toMatchObject([
      { origin: "https://mirror.example", isOrigin: false },
      { origin: "http://own.mirrored.example", isOrigin: true },
    ]);
  });

  it("takes what the registry itself may be asked for from the top of the file", async () => {
    await write("pulled.example", { "hosts.toml": 'server = "https://x.example"\ncapabilities = ["pull", "resolve"]' });

    expect(await hostsOf("pulled.example")).toMatchObject([{ capabilities: new Set(["pull", "resolve"]) }]);
  });

  it.each(["server = [", 'server = "ftp://x.example"', '[host."https://x.example"]\ncapabilities = ["fly"]'])(
    "refuses %j, naming what is wrong",
    async (text) => {
      await write("broken.example", { "hosts.toml": text });

      await expect(hostsOf("broken.example")).rejects.toMatchObject({ code: "invalid-argument" });
    },
  );
});
