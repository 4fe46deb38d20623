import { expect, it } from "vitest";
import type { Suite } from "../../harness/suite.ts";
import { attempt } from "./attempt.ts";

const EPERM = 1;
const ENOSYS = 38;
const newUserNamespace = 0x10000000;

/** By their numbers on x86-64; with zeros for arguments unless they say otherwise. */
const refused: Readonly<Record<string, readonly [number: number, ...args: number[]]>> = {
  ...{ acct: [163], add_key: [248], bpf: [321], clock_settime: [227], create_module: [174], delete_module: [176] },
  ...{ finit_module: [313], fsconfig: [431], fsmount: [432], fsopen: [430], fspick: [433], get_kernel_syms: [177] },
  ...{ get_mempolicy: [239], init_module: [175], io_uring_enter: [426], io_uring_register: [427] },
  ...{ io_uring_setup: [425], ioperm: [173], iopl: [172], kexec_file_load: [320], kexec_load: [246], keyctl: [250] },
  ...{ lookup_dcookie: [212], mbind: [237], mount: [165], mount_setattr: [442], move_mount: [429] },
  ...{ move_pages: [279], name_to_handle_at: [303], nfsservctl: [180], open_by_handle_at: [304], open_tree: [428] },
  ...{ perf_event_open: [298], pivot_root: [155], query_module: [178], quotactl: [179], reboot: [169] },
  ...{ request_key: [249], set_mempolicy: [238], setns: [308], settimeofday: [164], swapoff: [168], swapon: [167] },
  ...{ sysctl: [156], sysfs: [139], syslog: [103], umount2: [166], uselib: [134], userfaultfd: [323], ustat: [136] },
  ...{ vhangup: [153], "unshare of a user namespace": [272, newUserNamespace] },
  ...{ "clone into a user namespace": [56, newUserNamespace | 17], "personality of another kind": [135, 0x1234] },
  ...{ "socket AF_ALG": [41, 38, 5], "socket AF_VSOCK": [41, 40, 1] },
};

const allowed: typeof refused = {
  ...{ getpid: [39], getuid: [102], sched_yield: [24], umask: [95, 0o22], "socket AF_INET": [41, 2, 1] },
  ...{ "socket AF_UNIX": [41, 1, 1], "personality of Linux": [135, 0], "clone of a process": [56, 17] },
};

/** Row E6: what no container may ask the kernel for, whatever the distribution's profile says. */
export function systemCallTests(suite: Suite): void {
  it.runIf(process.arch === "x64")("are refused where Docker refuses them, and only there", async () => {
    expect(await errnosOf(refused)).toEqual(Object.fromEntries(Object.keys(refused).map((name) => [name, EPERM])));
    expect(await errnosOf(allowed)).toEqual(Object.fromEntries(Object.keys(allowed).map((name) => [name, 0])));
    // So that a C library falls back to clone.
    expect(await errnosOf({ clone3: [435] })).toEqual({ clone3: ENOSYS });
  });

  it("are filtered in what is run, executed and built", async () => {
    const look = ["grep", "Seccomp:", "/proc/self/status"];
    await suite.mustTdock(["run", "-d", "--name=filtered", suite.busybox, "sleep", "600"]);
    const dockerfile = `FROM ${suite.busybox}\nRUN ${look.join(" ")} > /seen\n`;
    await suite.mustTdock(["build", "-q", "-t", "filtered", "-"], { stdin: dockerfile });

    for (const args of [
      ["run", "--rm", suite.busybox, ...look],
      ["exec", "filtered", ...look],
      ["run", "--rm", "filtered", "cat", "/seen"],
    ]) {
      expect(await suite.mustTdock(args)).toMatch(/^Seccomp:\s+2$/);
    }
    await suite.mustTdock(["rm", "-f", "filtered"]);
    await suite.mustTdock(["rmi", "filtered"]);
  });

  /** What a container is told by each call: 0 where it succeeds. */
  async function errnosOf(calls: typeof refused): Promise<Record<string, number>> {
    const { output, exitCode } = await attempt(suite, {
      Image: suite.image("syscalls"),
      Cmd: ["/usr/bin/perl", "-e", callEach, ...Object.entries(calls).map(([name, call]) => [name, ...call].join(","))],
    });
    expect(exitCode).toBe(0);
    const lines = output.trimEnd().split("\n");
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
    );
  }
}

/** A clone that succeeds returns twice: the copy ends itself. */
const callEach = `
  $| = 1;
  for (@ARGV) {
    my ($name, $number, @args) = split /,/;
    $_ += 0 for $number, @args;
    push @args, 0 while @args < 6;
    my $result = syscall($number, @args);
    my $errno = $result == -1 ? $! + 0 : 0;
    kill 9, syscall(39) if $name =~ /^clone/ && $result == 0;
    print "$name $errno\n";
  }
`;
