import { describe, expect, it } from "vitest";
import { formatPlatform, parsePlatform, plainPlatform, platformScore } from "./platform.ts";

describe("parsePlatform", () => {
  it.each([
    ["linux/amd64", "linux/amd64"],
    ["linux/x86_64", "linux/amd64"],
    ["Linux/ARM64", "linux/arm64/v8"],
    ["linux/aarch64", "linux/arm64/v8"],
    ["linux/arm", "linux/arm/v7"],
    ["linux/arm/6", "linux/arm/v6"],
    ["s390x", "linux/s390x"],
  ])("reads %s as %s", (text, expected) => {
    expect(formatPlatform(parsePlatform(text))).toBe(expected);
  });

  it.each(["", "linux/", "a/b/c/d", "linux/amd64;x", "linux/../x"])("refuses %j", (text) => {
    expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });
});

describe("plainPlatform", () => {
  it.each([
    ["arm64", "linux/arm64"],
    ["linux/arm64/v9", "linux/arm64/v9"],
    ["linux/arm", "linux/arm/v7"],
    ["linux/amd64/v3", "linux/amd64/v3"],
    ["x86_64", "linux/amd64"],
  ])("writes %s as %s", (text, plain) => {
    expect(formatPlatform(plainPlatform(parsePlatform(text)))).toBe(plain);
  });
});

describe("platformScore", () => {
  it.each([
    ["linux/arm/v7", "linux/arm/v6", true],
    ["linux/arm/v6", "linux/arm/v7", false],
    ["linux/amd64", "linux/arm64", false],
    ["linux/arm64", "linux/arm64/v8", true],
    ["linux/amd64", "windows/amd64", false],
  ])("on %s, %s runs: %s", (wanted, offered, runs) => {
    expect(platformScore(parsePlatform(wanted), parsePlatform(offered)) > 0).toBe(runs);
  });

  it("prefers the nearest variant", () => {
    const wanted = parsePlatform("linux/arm/v7");

    expect(platformScore(wanted, parsePlatform("linux/arm/v7"))).toBeGreaterThan(
      platformScore(wanted, parsePlatform("linux/arm/v6")),
    );
  });
});
