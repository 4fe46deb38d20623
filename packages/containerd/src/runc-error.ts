import type { ErrorCode } from "@tdock/errors/error";

/** What the text of an error means. */
export interface ErrorMeaning {
  readonly code: ErrorCode;
  readonly reason: ErrorReason;
}

/** The causes that are told apart among errors that reach containerd's clients as text only. */
export type ErrorReason =
  /** runc or the shim is not installed. */
  | "runtime-missing"
  /** The shim has ended, and with it what it ran. */
  | "shim-gone"
  | "command-not-found"
  /** The command is there, but is a folder, lacks the permission, or is in no known format. */
  | "not-executable"
  /** The working directory cannot be entered: missing, or not a folder. */
  | "working-directory"
  /** The working directory may not be entered. */
  | "working-directory-forbidden"
  | "mount-source-missing"
  /** A folder was to be mounted onto a file, or a file onto a folder. */
  | "mount-type-mismatch"
  | "mount-failed"
  | "namespace-missing"
  | "memory-limit"
  /** Another limit that the kernel does not take. */
  | "cgroup-limit"
  | "rlimit"
  | "sysctl"
  | "device"
  | "signal"
  | "no-space"
  /** The operation does not fit the process's state, e.g. pausing what is paused. */
  | "wrong-state";

/** In this order: the first that matches holds. The texts are those of runc 1.1.5 to 1.4 and containerd 1.6 to 2.1. */
const meanings: readonly (readonly [RegExp, ErrorCode, ErrorReason])[] = [
  [/: (no space left on device|disk quota exceeded)(: unknown)?\s*$/, "internal", "no-space"],
  [/unable to retrieve OCI runtime error .*: (fork\/exec|exec:) /, "unavailable", "runtime-missing"],
  [/^ttrpc: closed/, "not-found", "shim-gone"],
  [/failed to start shim: mkdir .*: file exists/, "conflict", "wrong-state"],
  [
    /failed to start shim: .*(executable file not found|binary not installed|no such file)/,
    "unavailable",
    "runtime-missing",
  ],
  [/exec: ".*": .*(permission denied|is a directory|exec format error)/, "invalid-argument", "not-executable"],
  [/exec: ".*": .*(executable file not found|no such file or directory)/, "invalid-argument", "command-not-found"],
  [/args must not be empty/, "invalid-argument", "command-not-found"],
  [/chdir to cwd .*: permission denied/, "invalid-argument", "working-directory-forbidden"],
  [
    /chdir to cwd |container init: mkdir .*: not a directory|Cwd must be an absolute path/,
    "invalid-argument",
    "working-directory",
  ],
  [/error mounting ".*: (l?stat|open) .*: no such file or directory/, "invalid-argument", "mount-source-missing"],
  [/error mounting ".*: not a directory/, "invalid-argument", "mount-type-mismatch"],
  [/error mounting "/, "invalid-argument", "mount-failed"],
  [/namespace path: /, "not-found", "namespace-missing"],
  [/unable to set memory limit/, "invalid-argument", "memory-limit"],
  [/error setting rlimit/, "forbidden", "rlimit"],
  [/sysctl ".*" (is )?not |container init: (open|write) \/proc\/sys\//, "invalid-argument", "sysctl"],
  [/error creating device nodes/, "invalid-argument", "device"],
  [
    /unable to apply cgroup configuration|error setting cgroup config|failed to write .*\/sys\/fs\/cgroup/,
    "invalid-argument",
    "cgroup-limit",
  ],
  [/unable to signal init: invalid argument/, "invalid-argument", "signal"],
  [
    /cannot (start|delete|exec|pause|resume|resize|update|checkpoint) .*(process|container|state)\b/,
    "conflict",
    "wrong-state",
  ],
  [/container (not (paused|running)|does not exist)/, "conflict", "wrong-state"],
];

/**
 * What the text of an error of runc, the shim or containerd means; undefined for any other text. This is the only
 * place that reads such texts, and it is asked only where the gRPC status says nothing (UNKNOWN and INTERNAL).
 */
export function meaningOf(message: string): ErrorMeaning | undefined {
  const found = meanings.find(([pattern]) => pattern.test(message));
  return found && { code: found[1], reason: found[2] };
}
