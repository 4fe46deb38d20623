import { describe, expect, it } from "vitest";
import { readOutput } from "./build-output.ts";

const session = "session";
const read = (type: string, Attrs: object = {}, request: object = { session }) =>
  readOutput({ outputs: [{ Type: type, Attrs }], ...request }, 1);

describe("readOutput", () => {
  it.each([
    ["moby", { name: "a,b:2", push: "true" }, { result: "image", names: ["a", "b:2"] }],
    ["image", { name: "a", unpack: "true" }, { result: "image", names: ["a"] }],
    ["docker", {}, { result: "image-or-archive", names: [] }],
    ["oci", { tar: "true" }, { result: "image-archive", names: [] }],
    ["cacheonly", {}, { result: "cache", names: [] }],
    ["tar", { dest: "x.tar" }, { result: "archive", names: [] }],
    ["local", {}, { result: "files", names: [] }],
  ])("reads %s %j", (type, attributes, expected) => {
    expect(read(type, attributes)).toEqual(expected);
  });

  it("gives an image to who has no session, but no files", () => {
    expect(readOutput({}, 1)).toEqual({ result: "image", names: [] });
    expect(read("docker", {}, {})).toEqual({ result: "image", names: [] });
    expect(() => read("oci", {}, {})).toThrow("needs a session");
  });

  it.each([
    ["docker", { dest: "x.tar" }, "dest=x.tar is not offered"],
    ["image", { push: "true" }, "pushed with a request of its own"],
    ["oci", { tar: "false" }, "tar=false is not offered"],
    ["oci", { compression: "zstd" }, "compression=zstd is not offered"],
    ["moby", { "annotation.a": "b" }, "annotation.a=b is not offered"],
    ["toString", {}, "outputs: toString is not offered"],
  ])("refuses %s %j", (type, attributes, message) => {
    expect(() => read(type, attributes)).toThrow(message);
  });
});
