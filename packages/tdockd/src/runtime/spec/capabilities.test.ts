import { describe, expect, it } from "vitest";
import { capabilityList, defaultCapabilities, processCapabilities } from "./capabilities.ts";

const available = 0x1ff_ffff_ffffn;
const none = { add: [], drop: [], privileged: false, available };

describe("capabilityList", () => {
  it("gives Docker's fourteen by default", () => {
    expect([...capabilityList(none)].sort()).toEqual([...defaultCapabilities].sort());
    expect(defaultCapabilities).toHaveLength(14);
  });

  it.each([
    [{ add: ["NET_ADMIN"] }, "CAP_NET_ADMIN", true],
    [{ add: ["cap_sys_time"] }, "CAP_SYS_TIME", true],
    [{ drop: ["CHOWN"] }, "CAP_CHOWN", false],
    [{ drop: ["ALL"], add: ["KILL"] }, "CAP_KILL", true],
    [{ drop: ["ALL"], add: ["KILL"] }, "CAP_CHOWN", false],
    [{ add: ["ALL"], drop: ["SYS_ADMIN"] }, "CAP_SYS_ADMIN", false],
    [{ add: ["ALL"] }, "CAP_BPF", true],
  ])("with %j: %s is held: %s", (change, name, held) => {
    expect(capabilityList({ ...none, ...change }).includes(name)).toBe(held);
  });

  it("leaves out of a privileged container what the engine itself lacks", () => {
    const lacking = available & ~(1n << 24n);

    expect(capabilityList({ ...none, privileged: true, available: lacking })).not.toContain("CAP_SYS_RESOURCE");
  });

  it("names a capability that does not exist", () => {
    expect(() => capabilityList({ ...none, add: ["FLY"] })).toThrow('invalid CapAdd: unknown capability: "CAP_FLY"');
  });
});

describe("processCapabilities", () => {
  it("has no inheritable and no ambient set", () => {
    expect(Object.keys(processCapabilities(defaultCapabilities, 0)).sort()).toEqual([
      "bounding",
      "effective",
      "permitted",
    ]);
  });

  it("gives a user other than root nothing in effect", () => {
    expect(processCapabilities(defaultCapabilities, 1000)).toMatchObject({ effective: [], permitted: [] });
  });
});
