import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { parseArguments } from "../flags/parse-arguments.ts";
import { buildFlags } from "./flags.ts";
import { readOutputs } from "./output-requests.ts";

const read = (...words: string[]) => readOutputs(parseArguments(buildFlags, words, { stopAtOperand: false }).flags);

describe("readOutputs", () => {
  it.each([
    [["-o", "out"], [{ type: "local", names: [], dest: "out" }]],
    [["-o", "-"], [{ type: "tar", names: [], dest: "-" }]],
    [["-o", "type=docker"], [{ type: "docker", names: [] }]],
    [["-o", `type=oci,dest=${tmpdir()}/x`], [{ type: "oci", names: [], dest: `${tmpdir()}/x` }]],
    [["-o", "type=image,name=a/b,push=true"], [{ type: "registry", names: ["a/b"] }]],
    [["-o", 'type=image,"name=a,b",push=false'], [{ type: "image", names: ["a", "b"] }]],
    [["-t", "a/b", "--push"], [{ type: "registry", names: [] }]],
  ])("reads %j", async (words, expected) => {
    expect(await read(...words)).toEqual(expected);
  });

  it.each([
    [["--push"], "the image has no name"],
    [["-o", "type=registry"], "the image has no name"],
    [["-o", "type=lcoal,dest=x"], 'unknown type "lcoal"'],
    [["-o", "dest=x"], 'unknown type ""'],
    [["-o", "type=local"], "dest is required"],
    [["-o", "type=tar,dest=/nonexistent/x"], 'directory "/nonexistent" does not exist'],
    [["-o", "/etc/passwd"], "/etc/passwd is a file, not a folder"],
    [["-o", "type=image,compression=zstd"], "compression is not offered"],
  ])("refuses %j before anything is built", async (words, message) => {
    await expect(read(...words)).rejects.toThrow(message);
  });
});
