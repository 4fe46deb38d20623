import { parseByteRate, parseDeviceCgroupRule, parseIoRate, parseWeightDevice } from "./device.ts";
import { parseDuration } from "./duration.ts";
import { parseEnv, parseLabel } from "./environment.ts";
import { bool, type FlagValues, int, list, optionalBool, parsed, parsedList, text } from "./flag.ts";
import { parseGpus } from "./gpus.ts";
import { parseMount } from "./mount.ts";
import { parseIp, parseIpv4, parseIpv6, parseMac, parseNetwork } from "./network.ts";
import { parseRestartPolicy } from "./restart-policy.ts";
import { parseSize, parseSwapSize } from "./size.ts";
import { parseUlimit } from "./ulimit.ts";
import {
  parseAttach,
  parseCpus,
  parseDnsSearch,
  parseDnsServer,
  parseExtraHost,
  parseHealthAction,
  parseLink,
  parseStorageOption,
  parseSysctl,
} from "./values.ts";

const bytes = { label: "bytes" };
const duration = { label: "duration" };
const ulimit = { label: "ulimit" };
const network = { label: "network" };

const processFlags = {
  attach: parsedList("Attach to STDIN, STDOUT or STDERR", parseAttach, { short: "a" }),
  entrypoint: text("Overwrite the default ENTRYPOINT of the image"),
  env: parsedList("Set environment variables", parseEnv, { short: "e" }),
  "env-file": list("Read in a file of environment variables"),
  "group-add": list("Add additional groups to join"),
  hostname: text("Container host name", { short: "h" }),
  domainname: text("Container NIS domain name"),
  init: optionalBool("Run an init inside the container that forwards signals and reaps processes"),
  interactive: bool("Keep STDIN open even if not attached", { short: "i" }),
  tty: bool("Allocate a pseudo-TTY", { short: "t" }),
  user: text("Username or UID (format: <name|uid>[:<group|gid>])", { short: "u" }),
  workdir: text("Working directory inside the container", { short: "w" }),
  "stop-signal": text("Signal to stop the container"),
  "stop-timeout": int("Timeout (in seconds) to stop a container"),
  timeout: int("Seconds that the container may run before it is killed (default 0, for ever)"),
};

const metadataFlags = {
  annotation: list("Add an annotation to the container (passed through to the OCI runtime)", { label: "map" }),
  cidfile: text("Write the container ID to the file"),
  label: parsedList("Set meta data on a container", parseLabel, { short: "l" }),
  "label-file": list("Read in a line delimited file of labels"),
};

const namespaceFlags = {
  "cgroup-parent": text("Optional parent cgroup for the container"),
  cgroupns: text("Cgroup namespace to use (host|private)"),
  ipc: text("IPC mode to use"),
  isolation: text("Container isolation technology"),
  pid: text("PID namespace to use"),
  runtime: text("Runtime to use for this container"),
  userns: text("User namespace to use"),
  uts: text("UTS namespace to use"),
};

const resourceFlags = {
  "blkio-weight": int("Block IO (relative weight), between 10 and 1000, or 0 to disable (default 0)", {
    label: "uint16",
  }),
  "blkio-weight-device": parsedList("Block IO weight (relative device weight)", parseWeightDevice),
  "cpu-period": int("Limit CPU CFS (Completely Fair Scheduler) period"),
  "cpu-quota": int("Limit CPU CFS (Completely Fair Scheduler) quota"),
  "cpu-rt-period": int("Limit CPU real-time period in microseconds"),
  "cpu-rt-runtime": int("Limit CPU real-time runtime in microseconds"),
  "cpu-shares": int("CPU shares (relative weight)", { short: "c" }),
  cpus: parsed("Number of CPUs", parseCpus, { label: "decimal" }),
  "cpuset-cpus": text("CPUs in which to allow execution (0-3, 0,1)"),
  "cpuset-mems": text("MEMs in which to allow execution (0-3, 0,1)"),
  "device-cgroup-rule": parsedList("Add a rule to the cgroup allowed devices list", parseDeviceCgroupRule),
  "device-read-bps": parsedList("Limit read rate (bytes per second) from a device", parseByteRate),
  "device-read-iops": parsedList("Limit read rate (IO per second) from a device", parseIoRate),
  "device-write-bps": parsedList("Limit write rate (bytes per second) to a device", parseByteRate),
  "device-write-iops": parsedList("Limit write rate (IO per second) to a device", parseIoRate),
  gpus: parsedList("GPU devices to add to the container ('all' to pass all GPUs)", parseGpus, { label: "gpu-request" }),
  memory: parsed("Memory limit", parseSize, { short: "m", ...bytes }),
  "memory-reservation": parsed("Memory soft limit", parseSize, bytes),
  "memory-swap": parsed("Swap limit equal to memory plus swap: '-1' to enable unlimited swap", parseSwapSize, bytes),
  "memory-swappiness": int("Tune container memory swappiness (0 to 100)", { shownDefault: "-1" }),
  "oom-kill-disable": bool("Disable OOM Killer"),
  "oom-score-adj": int("Tune host's OOM preferences (-1000 to 1000)"),
  "pids-limit": int("Tune container pids limit (set -1 for unlimited)"),
  "shm-size": parsed("Size of /dev/shm", parseSize, bytes),
  ulimit: parsedList("Ulimit options", parseUlimit, { ...ulimit, shownDefault: "[]" }),
};

const networkFlags = {
  egress: list("Control what the container sends out (deny, log, allow=HOST[:PORT])"),
  "add-host": parsedList("Add a custom host-to-IP mapping (host:ip)", parseExtraHost),
  dns: parsedList("Set custom DNS servers", parseDnsServer),
  "dns-opt": list("Set DNS options", { hidden: true }),
  "dns-option": list("Set DNS options"),
  "dns-search": parsedList("Set custom DNS search domains", parseDnsSearch),
  expose: list("Expose a port or a range of ports"),
  ip: parsed("IPv4 address (e.g., 172.30.100.104)", parseIpv4, { label: "ip" }),
  ip6: parsed("IPv6 address (e.g., 2001:db8::33)", parseIpv6, { label: "ip" }),
  link: parsedList("Add link to another container", parseLink),
  "link-local-ip": parsedList("Container IPv4/IPv6 link-local addresses", parseIp),
  "mac-address": parsed("Container MAC address (e.g., 92:d0:c6:0a:29:33)", parseMac),
  net: parsedList("Connect a container to a network", parseNetwork, { hidden: true, ...network }),
  "net-alias": list("Add network-scoped alias for the container", { hidden: true }),
  network: parsedList("Connect a container to a network", parseNetwork, network),
  "network-alias": list("Add network-scoped alias for the container"),
  publish: list("Publish a container's port(s) to the host", { short: "p" }),
  "publish-all": bool("Publish all exposed ports to random ports", { short: "P" }),
};

const storageFlags = {
  device: list("Add a host device to the container"),
  mount: parsedList("Attach a filesystem mount to the container", parseMount, { label: "mount" }),
  "read-only": bool("Mount the container's root filesystem as read only"),
  "storage-opt": parsedList("Storage driver options for the container", parseStorageOption),
  tmpfs: list("Mount a tmpfs directory"),
  volume: list("Bind mount a volume", { short: "v" }),
  "volume-driver": text("Optional volume driver for the container"),
  "volumes-from": list("Mount volumes from the specified container(s)"),
};

const securityFlags = {
  "cap-add": list("Add Linux capabilities"),
  "cap-drop": list("Drop Linux capabilities"),
  privileged: bool("Give extended privileges to this container"),
  "security-opt": list("Security Options"),
  sysctl: parsedList("Sysctl options", parseSysctl, { label: "map", shownDefault: "map[]" }),
};

const lifecycleFlags = {
  "health-cmd": text("Command to run to check health"),
  "health-interval": parsed("Time between running the check (ms|s|m|h) (default 0s)", parseDuration, duration),
  "health-on-failure": parsed("What to do when the container turns unhealthy", parseHealthAction, {
    shownDefault: '"none"',
  }),
  "health-retries": int("Consecutive failures needed to report unhealthy"),
  "health-start-interval": parsed(
    "Time between running the check during the start period (ms|s|m|h) (default 0s)",
    parseDuration,
    duration,
  ),
  "health-start-period": parsed(
    "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h) (default 0s)",
    parseDuration,
    duration,
  ),
  "health-timeout": parsed("Maximum time to allow one check to run (ms|s|m|h) (default 0s)", parseDuration, duration),
  "no-healthcheck": bool("Disable any container-specified HEALTHCHECK"),
  "log-driver": text("Logging driver for the container"),
  "log-opt": list("Log driver options"),
  restart: parsed("Restart policy to apply when a container exits", parseRestartPolicy, { shownDefault: '"no"' }),
  rm: bool("Automatically remove the container and its associated anonymous volumes when it exits"),
};

/** The flags that `run` and `create` share: what the container is to be. */
export const containerFlags = {
  ...processFlags,
  ...metadataFlags,
  ...namespaceFlags,
  ...resourceFlags,
  ...networkFlags,
  ...storageFlags,
  ...securityFlags,
  ...lifecycleFlags,
};

export type ContainerFlags = FlagValues<typeof containerFlags>;
