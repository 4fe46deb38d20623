/** What is asked for, in words, and how. */
type Row = readonly [name: string, asked: object];

/** Settings of a host configuration that no container may have, or that mean nothing. */
export const refusedHostConfigs: readonly Row[] = [
  ...[
    "/dev",
    "/dev/null",
    "/dev/console",
    "/dev/pts",
    "/proc",
    "/proc/self",
    "/proc/sys/kernel",
    "/sys",
    "//proc/",
    "/tmp/../proc",
  ].map((place) => [`a bind over ${place}`, { Binds: [`/tmp:${place}`] }] as const),
  ["memory over /proc", { Tmpfs: { "/proc": "" } }],
  ["a mount over /sys", { Mounts: [{ Type: "tmpfs", Target: "/sys" }] }],
  ["a sysctl of the host", { Sysctls: { "kernel.core_pattern": "|/x" } }],
  ["a sysctl with another behind it", { Sysctls: { "net.ipv4.ip_forward": "1+kernel.core_pattern=x" } }],
  ["a sysctl with a newline", { Sysctls: { "net.ipv4.ip_forward": "1\nkernel.core_pattern=x" } }],
  ["a cgroup parent that climbs", { CgroupParent: "../../x" }],
  ["a log option that is a path", { LogConfig: { Type: "json-file", Config: { path: "/etc/x" } } }],
  ["a user namespace mode that is not there", { UsernsMode: "private" }],
  ["a label of SELinux", { SecurityOpt: ["label=type:x"] }],
  ["a profile of AppArmor", { SecurityOpt: ["apparmor=other"] }],
  ["a security option that is not known", { SecurityOpt: ["magic=on"] }],
  ["a seccomp profile that is none", { SecurityOpt: ["seccomp={"] }],
  ["a capability that is not there", { CapAdd: ["EVERYTHING"] }],
  ["an address of a DNS server with a newline", { Dns: ["1.1.1.1\nsearch evil"] }],
  ["a host with a newline", { ExtraHosts: ["a\n1.2.3.4 b:1.2.3.4"] }],
  ["a search domain with a newline", { DnsSearch: ["a\nnameserver 1.2.3.4"] }],
  ["a memory limit below the least", { Memory: 1 }],
  ["a memory limit beyond 2^53", { Memory: 2 ** 63 }],
  ["more processors than there are", { NanoCpus: 1e15 }],
  ["processors that are not there", { CpusetCpus: "0-99999" }],
  ["processors that are no list", { CpusetCpus: "0;1" }],
  ["a weight out of range", { BlkioWeight: 5000 }],
  ["an OOM score out of range", { OomScoreAdj: 5000 }],
  ["a size of shared memory below zero", { ShmSize: -1 }],
  ["a limit that is not known", { Ulimits: [{ Name: "luck", Soft: 1, Hard: 1 }] }],
  ["a soft limit above the hard one", { Ulimits: [{ Name: "nofile", Soft: 9, Hard: 1 }] }],
  ["a port out of range", { PortBindings: { "80/tcp": [{ HostPort: "70000" }] } }],
  ["a port that is no number", { PortBindings: { "http/tcp": [{ HostPort: "80" }] } }],
  ["a runtime that is not there", { Runtime: "/tmp/evil" }],
  [
    "a device that is not there",
    { Devices: [{ PathOnHost: "/dev/nowhere", PathInContainer: "/dev/x", CgroupPermissions: "rwm" }] },
  ],
];

/** Members of a create request beside its host configuration that cannot be. */
export const refusedBodies: readonly Row[] = [
  ["a host name with a newline", { Hostname: "a\n1.2.3.4 b" }],
  ["a domain name with a newline", { Domainname: "a\n1.2.3.4 b" }],
  ["a host name that is too long", { Hostname: "a".repeat(300) }],
  ["a MAC address that is none", { MacAddress: "02:zz" }],
  ["a stop signal that is none", { StopSignal: "SIGNOTHING" }],
  ["no command at all", { Cmd: [], Entrypoint: [""] }],
  ["a command with a NUL byte", { Cmd: ["echo", "a\0b"] }],
];
