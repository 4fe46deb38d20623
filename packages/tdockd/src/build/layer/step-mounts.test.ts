import { expect, it } from "vitest";
import { readOnlyMounts, volatileMounts } from "./step-mounts.ts";

const overlay = { type: "overlay", source: "overlay", options: ["index=off", "upperdir=/u", "lowerdir=/l"] };
const bind = { type: "bind", source: "/u", options: ["rw", "rbind"] };

it("lets nobody write through read-only mounts", () => {
  const options = readOnlyMounts([overlay, bind]).map((mount) => mount.options);

  expect(options).toEqual([
    ["index=off", "upperdir=/u", "lowerdir=/l", "ro"],
    ["rbind", "ro"],
  ]);
});

it.each([
  ["6.1.0-13-amd64", true],
  ["5.10.0", true],
  ["5.9.16", false],
  ["4.19.0-27-cloud", false],
])("on Linux %s says whether overlays are volatile: %s", (kernel, expected) => {
  const [first, second] = volatileMounts([overlay, bind], kernel);

  expect(first?.options.includes("volatile")).toBe(expected);
  expect(second).toEqual(bind);
});
