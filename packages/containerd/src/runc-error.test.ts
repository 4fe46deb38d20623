import { describe, expect, it } from "vitest";
import { meaningOf } from "./runc-error.ts";

const created = (text: string) =>
  `failed to create shim task: OCI runtime create failed: runc create failed: ${text}: unknown`;
const started = (text: string) => created(`unable to start container process: ${text}`);
const inInit = (text: string) => started(`error during container init: ${text}`);
const executed = (text: string) =>
  `OCI runtime exec failed: exec failed: unable to start container process: ${text}: unknown`;

describe("meaningOf", () => {
  it.each([
    [started('exec: "nope": executable file not found in $PATH'), "command-not-found"],
    [started('exec: "/nope": stat /nope: no such file or directory'), "command-not-found"],
    [started('exec: "": executable file not found in $PATH'), "command-not-found"],
    [executed('exec: "nope": executable file not found in $PATH'), "command-not-found"],
    [created("args must not be empty"), "command-not-found"],
    [started('exec: "/etc/text": permission denied'), "not-executable"],
    [started('exec: "/etc": is a directory'), "not-executable"],
    [started('exec: "/x": exec format error'), "not-executable"],
    [started('chdir to cwd ("/x") set in config.json failed: no such file or directory'), "working-directory"],
    [started('chdir to cwd ("/x") set in config.json failed: permission denied'), "working-directory-forbidden"],
    [inInit("mkdir /etc/text: not a directory"), "working-directory"],
    [inInit('error mounting "/no" to rootfs at "/x": stat /no: no such file or directory'), "mount-source-missing"],
    [
      inInit('error mounting "/tmp" to rootfs at "/etc/text": mount /tmp:/etc/text, flags: 0x5000: not a directory'),
      "mount-type-mismatch",
    ],
    [inInit('error mounting "none" to rootfs at "/x": mount none:/x: no such device'), "mount-failed"],
    [inInit('error mounting "tmpfs" to rootfs at "/x": mkdir /x: no space left on device'), "no-space"],
    [inInit("error setting rlimits for ready process: error setting rlimit type 7: operation not permitted"), "rlimit"],
    [
      inInit(
        "error setting cgroup config for procHooks process: unable to set memory limit to 4096 (current usage: 9, peak usage: 9)",
      ),
      "memory-limit",
    ],
    [
      started(
        'unable to apply cgroup configuration: failed to write "99": write /sys/fs/cgroup/cpuset/x/cpuset.cpus: numerical result out of range',
      ),
      "cgroup-limit",
    ],
    [
      created("unable to create new parent process: namespace path: lstat /no/netns: no such file or directory"),
      "namespace-missing",
    ],
    [created('sysctl "kernel.nope" is not in a separate kernel namespace'), "sysctl"],
    [created('sysctl "net.foo" not allowed in host network namespace'), "sysctl"],
    [inInit("open /proc/sys/net/ipv4/nope: no such file or directory"), "sysctl"],
    [inInit("error creating device nodes: cannot mkdev() device with wildcards"), "device"],
    [
      'failed to create shim task: OCI runtime create failed: unable to retrieve OCI runtime error (open /x/log.json: no such file or directory): exec: "runc": executable file not found in $PATH: unknown',
      "runtime-missing",
    ],
    [
      'failed to start shim: failed to resolve runtime path: runtime "io.containerd.x.v9" binary not installed "containerd-shim-x-v9": file does not exist',
      "runtime-missing",
    ],
    ["ttrpc: closed: unknown", "shim-gone"],
    ["failed to create shim task: cannot start a stopped process: unknown", "wrong-state"],
    ["cannot exec in a paused state: unknown", "wrong-state"],
    ["OCI runtime pause failed: container not running: unknown", "wrong-state"],
    ["OCI runtime exec failed: exec failed: container does not exist: unknown", "wrong-state"],
    [
      "unknown error after kill: runc did not terminate successfully: exit status 1: unable to signal init: invalid argument\n: unknown",
      "signal",
    ],
    ["mkdir /var/lib/x/snapshots/new-1: no space left on device: unknown", "no-space"],
    ["write /var/lib/x/ingest/data: disk quota exceeded", "no-space"],
  ])("reads %j", (text, reason) => {
    expect(meaningOf(text)?.reason).toBe(reason);
  });

  it("does not take a command's name for runc's words", () => {
    const text = started('exec: "no space left on device": executable file not found in $PATH');

    expect(meaningOf(text)?.reason).toBe("command-not-found");
  });

  it.each(["", "connection refused", started("can't get final child's PID from pipe: EOF")])(
    "makes nothing of %j",
    (text) => {
      expect(meaningOf(text)).toBeUndefined();
    },
  );
});
