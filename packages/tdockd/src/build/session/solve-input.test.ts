import type { SolveOrder } from "@tdock/buildkit/control";
import { describe, expect, it } from "vitest";
import { solveInput } from "./solve-input.ts";

const order: SolveOrder = {
  ref: "ref",
  session: "session",
  frontend: "dockerfile.v0",
  options: {},
  exporters: [{ type: "moby", attributes: { name: "a,b:2" } }],
  entitlements: ["network.host"],
  cacheExports: [],
  hasDefinition: false,
};

describe("solveInput", () => {
  it.each([
    ["build-arg:A", "1=2", { buildargs: { A: "1=2" } }],
    ["label:org.x", "v", { labels: { "org.x": "v" } }],
    ["context:base", "docker-image://x", { contexts: { base: "docker-image://x" } }],
    ["hostname", "builder", { buildargs: { BUILDKIT_SANDBOX_HOSTNAME: "builder" } }],
    ["filename", "deep/Dockerfile", { dockerfile: "deep/Dockerfile" }],
    ["context", "https://example.org/x.git", { remote: "https://example.org/x.git" }],
    ["no-cache", "", { nocache: true, nocachefilter: [] }],
    ["no-cache", "one,two", { nocache: false, nocachefilter: ["one", "two"] }],
    ["image-resolve-mode", "pull", { pull: "1" }],
    ["image-resolve-mode", "local", { pull: "" }],
    ["force-network-mode", "sandbox", { networkmode: "" }],
    ["force-network-mode", "host", { networkmode: "host" }],
    ["add-hosts", "a=1.2.3.4,b=::1", { extrahosts: ["a:1.2.3.4", "b:::1"] }],
    ["shm-size", "1048576", { shmsize: 1_048_576 }],
    ["memswap", "-1", { memswap: -1 }],
    [
      "ulimit",
      "nofile=1:2,core=0",
      {
        ulimits: [
          { Name: "nofile", Soft: 1, Hard: 2 },
          { Name: "core", Soft: 0, Hard: 0 },
        ],
      },
    ],
    ["cache-from", "x,y", { cachefrom: ["x", "y"] }],
    ["cache-imports", '[{"Type":"registry","Attrs":{"ref":"x"}},{"Type":"gha"}]', { cachefrom: ["x"] }],
    ["multi-platform", "true", { buildargs: { BUILDKIT_MULTI_PLATFORM: "true" } }],
    ["platform", "linux/amd64,linux/arm64", { platform: "linux/amd64,linux/arm64" }],
    ["attest:provenance", "mode=min,disabled=true", {}],
    ["vcs:source", "https://example.org", {}],
  ])("reads %s=%s", (name, value, expected) => {
    expect(solveInput(order, { options: { [name]: value } })).toMatchObject(expected);
  });

  it("reads names, entitlements and where results go", () => {
    const cacheExports = [{ type: "registry", attributes: { ref: "r/c", mode: "max" } }];

    expect(solveInput({ ...order, cacheExports }, { options: {} })).toMatchObject({
      session: "session",
      remote: "client-session",
      outputs: [{ Type: "moby", Attrs: { name: "a,b:2" } }],
      allow: ["network.host"],
      cacheto: ['type=registry,"ref=r/c",mode=max'],
    });
  });

  it.each([
    ["attest:sbom", "true"],
    ["source", "docker/dockerfile:1"],
    ["contextkey", "other"],
    ["constructor", "x"],
  ])("refuses %s=%s", (name, value) => {
    expect(() => solveInput(order, { options: { [name]: value } })).toThrow("not offered");
  });

  it.each([
    ["memory", "1g"],
    ["ulimit", "nofile"],
    ["cache-imports", "["],
  ])("says what is wrong with %s=%s", (name, value) => {
    expect(() => solveInput(order, { options: { [name]: value } })).toThrow(`${name}: wanted`);
  });
});
