import { describe, expect, it } from "vitest";
import { parseRunMount } from "./run-mount.ts";

const parse = (value: string) => parseRunMount(value, (word) => word.replace("$X", "x"));

describe("parseRunMount", () => {
  it.each([
    ["target=/a", { type: "bind", from: "", source: "", target: "/a", readOnly: true }],
    ["type=bind,src=b,dst=/a,rw", { type: "bind", source: "b", target: "/a", readOnly: false }],
    [
      "type=cache,target=/c,sharing=locked,mode=0700",
      { type: "cache", sharing: "locked", mode: 0o700, readOnly: false },
    ],
    ["type=tmpfs,target=/t,size=64m", { type: "tmpfs", target: "/t", sizeBytes: 64 * 1024 * 1024 }],
    ["type=secret,id=s", { type: "secret", id: "s", target: "/run/secrets/s", env: "" }],
    ["type=secret,id=s,env=S", { type: "secret", target: "", env: "S" }],
    ["type=secret,target=/k/key,required", { type: "secret", id: "key", target: "/k/key", required: true }],
    ["type=ssh", { type: "ssh", id: "default" }],
    ['type=bind,"source=a,b",target=/$X', { source: "a,b", target: "/x" }],
  ])("reads %s", (value, expected) => {
    expect(parse(value)).toMatchObject(expected);
  });

  it.each([
    ["type=binf,target=/a", 'unsupported mount type "binf" (did you mean bind?)'],
    ["targt=/a", "unexpected key 'targt'"],
    ["type=bind,target=/a,size=1", "unexpected key 'size' for mount type 'bind'"],
    ["type=cache,target=/a,sharing=x", 'unsupported sharing value "x"'],
    ["type=tmpfs,target=/a,size=x", "invalid value for size: x"],
    ["type=bind,from=$X,target=/a", "'from' doesn't support variable expansion"],
    ["type=secret", "one of source, target required"],
    ["target", "must be a key=value pair"],
  ])("refuses %s", (value, message) => {
    expect(() => parse(value)).toThrow(message);
  });
});
