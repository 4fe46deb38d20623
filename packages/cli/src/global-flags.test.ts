import { describe, expect, it } from "vitest";
import { parseArguments } from "./flags/parse-arguments.ts";
import { globalFlagTable, readGlobalFlags } from "./global-flags.ts";

describe("readGlobalFlags", () => {
  const hostOf = (words: readonly string[], env: Record<string, string>) =>
    readGlobalFlags(parseArguments(globalFlagTable, words, { stopAtOperand: true }).flags, env).host().url;

  it.each([
    [[], {}, "unix:///run/tdock/tdock.sock"],
    [["-H", ""], {}, "unix:///run/tdock/tdock.sock"],
    [["-H", ""], { DOCKER_HOST: "unix:///a.sock" }, "unix:///a.sock"],
    [["-H", "unix:///b.sock"], { DOCKER_HOST: "unix:///a.sock" }, "unix:///b.sock"],
    [[], { DOCKER_HOST: "unix:///a.sock", TDOCK_HOST: "unix:///c.sock" }, "unix:///c.sock"],
  ])("%j under %j names %s", (words, env, url) => {
    expect(hostOf(words, env)).toBe(url);
  });

  it.each([
    [["-H", "unix:///b.sock", "-c", "far"], {}, "cannot specify both --host and --context"],
    [["-c", "far"], { DOCKER_HOST: "unix:///a.sock" }, 'context "far" not found: open /nowhere/contexts/meta/'],
    [[], { DOCKER_CONTEXT: "far" }, 'context "far" not found: open /nowhere/contexts/meta/'],
  ])("%j under %j is refused: %s", (words, env, message) => {
    expect(() => hostOf(words, { DOCKER_CONFIG: "/nowhere", ...env })).toThrow(message);
  });

  it.each([
    [["-c", "default"], { DOCKER_HOST: "unix:///a.sock" }],
    [[], { DOCKER_HOST: "unix:///a.sock", DOCKER_CONTEXT: "far" }],
  ])("%j under %j looks for no context", (words, env) => {
    expect(hostOf(words, { DOCKER_CONFIG: "/nowhere", ...env })).toBe("unix:///a.sock");
  });
});
