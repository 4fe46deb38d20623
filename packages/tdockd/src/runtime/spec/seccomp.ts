import { TdockError } from "@tdock/errors/error";
import type { OciSeccomp, OciSyscall } from "./oci.ts";

/** A profile in Docker's format: an OCI profile whose rules say on which machines and with which capabilities they hold. */
export interface SeccompProfile {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures?: readonly string[];
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures?: readonly string[] }[];
  readonly syscalls?: readonly ProfileRule[];
}

interface ProfileRule extends Omit<OciSyscall, "args" | "names"> {
  readonly name?: string;
  readonly names?: readonly string[];
  readonly args?: OciSyscall["args"] | null;
  readonly includes?: RuleCondition;
  readonly excludes?: RuleCondition;
}

interface RuleCondition {
  readonly caps?: readonly string[];
  readonly arches?: readonly string[];
  readonly minKernel?: string;
}

export interface Machine {
  /** Docker's name of the architecture: amd64, arm64 … */
  readonly architecture: string;
  /** `major.minor` of the running kernel. */
  readonly kernel: string;
  /** Whether the kernel runs programs of the x32 ABI. */
  readonly hasX32: boolean;
}

const EPERM = 1;
const ENOSYS = 38;

/** Never allowed in a container, whatever its capabilities; moby's default profile leaves them out. */
const neverAllowed = new Set([
  "add_key",
  "io_uring_enter",
  "io_uring_register",
  "io_uring_setup",
  "kexec_file_load",
  "kexec_load",
  "keyctl",
  "move_pages",
  "pivot_root",
  "request_key",
  "swapoff",
  "swapon",
  "userfaultfd",
]);

/** Allowed only with a capability: moby's profiles/seccomp/default_linux.go. The distribution's profile is laxer here. */
const needsCapability: Readonly<Record<string, string>> = {
  bpf: "CAP_SYS_ADMIN",
  clone3: "CAP_SYS_ADMIN",
  fsconfig: "CAP_SYS_ADMIN",
  fsmount: "CAP_SYS_ADMIN",
  fsopen: "CAP_SYS_ADMIN",
  fspick: "CAP_SYS_ADMIN",
  mount: "CAP_SYS_ADMIN",
  mount_setattr: "CAP_SYS_ADMIN",
  move_mount: "CAP_SYS_ADMIN",
  open_tree: "CAP_SYS_ADMIN",
  quotactl: "CAP_SYS_ADMIN",
  setns: "CAP_SYS_ADMIN",
  umount: "CAP_SYS_ADMIN",
  umount2: "CAP_SYS_ADMIN",
  unshare: "CAP_SYS_ADMIN",
  reboot: "CAP_SYS_BOOT",
  syslog: "CAP_SYSLOG",
  name_to_handle_at: "CAP_SYS_ADMIN",
  mbind: "CAP_SYS_NICE",
  get_mempolicy: "CAP_SYS_NICE",
  set_mempolicy: "CAP_SYS_NICE",
};

/** Every CLONE_NEW* flag: without CAP_SYS_ADMIN a clone must carry none. */
const namespaceFlags = 0x7e020000;
/** Address families refused to every container: AF_ALG (CVE-2026-31431) and AF_VSOCK. */
const afAlg = 38;
const afVsock = 40;

/**
 * The OCI profile for a container with these capabilities on this machine: rules that do not apply are dropped,
 * then the result is tightened to moby's list, whatever the distribution's profile allows.
 * Throws `invalid-argument` for a profile that names both its architectures and a map of them.
 */
export function resolveSeccomp(
  profile: SeccompProfile,
  capabilities: readonly string[],
  machine: Machine,
  options: { readonly tighten: boolean },
): OciSeccomp {
  const held = new Set(capabilities);
  const rules = (profile.syscalls ?? []).filter((rule) => applies(rule, held, machine)).map(toOci);
  return {
    defaultAction: profile.defaultAction,
    ...(profile.defaultAction === "SCMP_ACT_ERRNO" && {
      defaultErrnoRet: options.tighten ? EPERM : (profile.defaultErrnoRet ?? EPERM),
    }),
    architectures: architecturesOf(profile, machine),
    syscalls: options.tighten ? tighten(rules, held) : rules,
  };
}

function applies(rule: ProfileRule, held: ReadonlySet<string>, machine: Machine): boolean {
  const { includes = {}, excludes = {} } = rule;
  if (includes.arches?.length && !includes.arches.includes(machine.architecture)) return false;
  if (excludes.arches?.includes(machine.architecture)) return false;
  if (includes.caps?.some((cap) => !held.has(cap))) return false;
  if (excludes.caps?.some((cap) => held.has(cap))) return false;
  return includes.minKernel === undefined || isKernelAtLeast(machine.kernel, includes.minKernel);
}

function toOci(rule: ProfileRule): OciSyscall {
  return {
    names: rule.names ?? (rule.name === undefined ? [] : [rule.name]),
    action: rule.action,
    ...(rule.errnoRet !== undefined && { errnoRet: rule.errnoRet }),
    ...(rule.args?.length && { args: rule.args }),
  };
}

function tighten(rules: readonly OciSyscall[], held: ReadonlySet<string>): readonly OciSyscall[] {
  const isAdmin = held.has("CAP_SYS_ADMIN");
  const allowed = (name: string) => {
    if (neverAllowed.has(name) || name === "socket" || name === "clone") return false;
    const capability = Object.hasOwn(needsCapability, name) ? needsCapability[name] : undefined;
    return capability === undefined || held.has(capability);
  };
  const result: OciSyscall[] = [];
  for (const rule of rules) {
    // What is not allowed falls to the default; a rule that says so again only costs time at every start.
    if (rule.action !== "SCMP_ACT_ALLOW") continue;
    const names = rule.names.filter(allowed);
    if (names.length > 0) result.push({ ...rule, names });
  }
  result.push(...socketRules(), cloneRule(isAdmin));
  if (!isAdmin) result.push({ names: ["clone3"], action: "SCMP_ACT_ERRNO", errnoRet: ENOSYS });
  return result;
}

/** Below 38, 39, above 40: runc joins conditions on one argument with "or", so that "not 38 and not 40" reads like this. */
function socketRules(): OciSyscall[] {
  const rule = (op: string, value: number): OciSyscall => ({
    names: ["socket"],
    action: "SCMP_ACT_ALLOW",
    args: [{ index: 0, value, op }],
  });
  return [rule("SCMP_CMP_LT", afAlg), rule("SCMP_CMP_EQ", afAlg + 1), rule("SCMP_CMP_GT", afVsock)];
}

function cloneRule(isAdmin: boolean): OciSyscall {
  const rule: OciSyscall = { names: ["clone"], action: "SCMP_ACT_ALLOW" };
  return isAdmin
    ? rule
    : { ...rule, args: [{ index: 0, value: namespaceFlags, valueTwo: 0, op: "SCMP_CMP_MASKED_EQ" }] };
}

function architecturesOf(profile: SeccompProfile, machine: Machine): readonly string[] {
  if (profile.architectures?.length && profile.archMap?.length) {
    throw new TdockError("invalid-argument", "seccomp profile: both architectures and archMap are given");
  }
  if (profile.architectures?.length) return profile.architectures;
  const native = machine.architecture === "arm64" ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64";
  const entry = profile.archMap?.find(({ architecture }) => architecture === native);
  // libseccomp goes through all rules once for each of them, at every start: 4 ms for x32. Where the kernel has no x32,
  // a call of it ends the program by SIGSYS instead of being answered ENOSYS.
  const others = (entry?.subArchitectures ?? []).filter((name) => name !== "SCMP_ARCH_X32" || machine.hasX32);
  return [native, ...others];
}

function isKernelAtLeast(kernel: string, wanted: string): boolean {
  const [major = 0, minor = 0] = kernel.split(".").map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
