import { describe, expect, it } from "vitest";
import type { OciSeccomp } from "./oci.ts";
import { resolveSeccomp, type SeccompProfile } from "./seccomp.ts";

const machine = { architecture: "amd64", kernel: "6.1", hasX32: true };
const profile: SeccompProfile = {
  defaultAction: "SCMP_ACT_ERRNO",
  defaultErrnoRet: 38,
  archMap: [{ architecture: "SCMP_ARCH_X86_64", subArchitectures: ["SCMP_ARCH_X86", "SCMP_ARCH_X32"] }],
  syscalls: [
    { names: ["read", "keyctl", "mount", "clone", "clone3", "socket", "syslog"], action: "SCMP_ACT_ALLOW" },
    { names: ["bpf"], action: "SCMP_ACT_ALLOW", includes: { caps: ["CAP_SYS_ADMIN"] } },
    { names: ["arm_fadvise64_64"], action: "SCMP_ACT_ALLOW", includes: { arches: ["arm64"] } },
    { names: ["new_call"], action: "SCMP_ACT_ALLOW", includes: { minKernel: "6.2" } },
    { names: ["personality"], action: "SCMP_ACT_ALLOW", args: [{ index: 0, value: 8, op: "SCMP_CMP_EQ" }] },
  ],
};

function allowed(seccomp: OciSeccomp, name: string): boolean {
  return seccomp.syscalls.some(({ names, action }) => action === "SCMP_ACT_ALLOW" && names.includes(name));
}

describe("resolveSeccomp", () => {
  const plain = resolveSeccomp(profile, ["CAP_CHOWN"], machine, { tighten: true });
  const admin = resolveSeccomp(profile, ["CAP_SYS_ADMIN"], machine, { tighten: true });

  it.each([
    ["read", true, true],
    ["keyctl", false, false],
    ["mount", false, true],
    ["clone3", false, true],
    ["bpf", false, true],
    ["syslog", false, false],
    ["arm_fadvise64_64", false, false],
    ["new_call", false, false],
    ["personality", true, true],
  ])("%s: allowed %s, with CAP_SYS_ADMIN %s", (name, withoutAdmin, withAdmin) => {
    expect([allowed(plain, name), allowed(admin, name)]).toEqual([withoutAdmin, withAdmin]);
  });

  it("answers EPERM to what it does not know and ENOSYS to clone3, so that libc falls back to clone", () => {
    expect(plain.defaultErrnoRet).toBe(1);
    expect(plain.syscalls).toContainEqual({ names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: 38 });
  });

  it("lets clone make no namespaces", () => {
    const rule = plain.syscalls.find(({ names }) => names.includes("clone"));

    expect(rule?.args).toEqual([{ index: 0, value: 0x7e020000, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }]);
  });

  it("keeps the families AF_ALG and AF_VSOCK from socket", () => {
    const values = plain.syscalls
      .filter(({ names }) => names.includes("socket"))
      .flatMap(({ args }) => args?.map(({ op, value }) => `${op} ${value}`));

    expect(values).toEqual(["SCMP_CMP_LT 38", "SCMP_CMP_EQ 39", "SCMP_CMP_GT 40"]);
  });

  it("leaves a user's own profile as it is", () => {
    const own = resolveSeccomp(profile, [], machine, { tighten: false });

    expect([allowed(own, "keyctl"), own.defaultErrnoRet]).toEqual([true, 38]);
  });

  it("spares a kernel without x32 the rules for it", () => {
    const { architectures } = resolveSeccomp(profile, [], { ...machine, hasX32: false }, { tighten: true });

    expect(plain.architectures).toEqual(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]);
    expect(architectures).toEqual(["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]);
  });
});
