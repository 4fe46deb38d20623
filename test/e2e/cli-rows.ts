/** A flag or command of the command line, and the test that proves it. */
export interface CliRow {
  readonly row: string;
  /** Path from test/. */
  readonly file: string;
  /** The test's name as it stands in the file; of a table of tests, the name of the whole or of one row. */
  readonly test: string;
}

const flags = "e2e/run-flags.test.ts";
const run = "e2e/run.test.ts";
const commands = "e2e/container-commands.test.ts";
const containers = "e2e/cli-containers.test.ts";
const terminal = "e2e/run-terminal.test.ts";
const security = "e2e/security-defaults.test.ts";
const networks = "e2e/network.test.ts";
const volumes = "e2e/volume.test.ts";
const logs = "e2e/logs.test.ts";

const process = "set groups, names and limits of the process";
const limits = "set what the kernel gives of processors, memory and disks";
const many = "takes environment, folder, user, name, host name, entry point and labels from flags";
const names = "gives containers of one network each other's names, aliases and addresses";
const addresses = "gives the addresses that are asked for, and refuses those that cannot be";
const limitFlags = "e2e/run-limits.test.ts";
const deviceFlags = "e2e/run-devices.test.ts";
const initHealth = "e2e/run-init-health.test.ts";
const memory = "reserve memory, and steer swapping and the OOM killer where the kernel can";
const resolver = "write resolv.conf and hosts";
const health = "check a container's health";

function rows(file: string, test: string, ...names: readonly string[]): CliRow[] {
  return names.map((row) => ({ row, file, test }));
}

/** `docker run` and `docker create`: every flag that is not of Windows or legacy. */
export const runFlagRows: readonly CliRow[] = [
  ...rows(run, "passes stdin on and ends it", "-i, --interactive"),
  ...rows(terminal, "is a shell that can be typed at, and exits with its code", "-t, --tty"),
  ...rows(flags, "choose which streams are attached", "-a, --attach"),
  ...rows(run, "prints the id with -d, and the container runs", "-d, --detach", "--name"),
  ...rows(terminal, "detaches with ctrl-p ctrl-q and leaves the container running", "--detach-keys"),
  ...rows(terminal, "forwards %s to a container without a terminal", "--sig-proxy"),
  ...rows(run, many, "--entrypoint", "-e, --env", "-w, --workdir", "-u, --user", "-h, --hostname", "-l, --label"),
  ...rows(run, "reads environment files", "--env-file"),
  ...rows(flags, process, "--group-add", "--domainname", "--oom-score-adj", "--ulimit", "--shm-size", "--sysctl"),
  ...rows(flags, "write the container's id and labels down", "--cidfile", "--label-file", "--annotation"),
  ...rows("e2e/pull.test.ts", "chooses this machine's platform from an index, or the one asked for", "--platform"),
  ...rows(run, "refuses to pull with --pull never", "--pull"),
  ...rows(run, "pulls an image that is not there yet", "-q, --quiet"),
  ...rows("e2e/build.test.ts", "says where it failed, and opens the state that the step left", "--from-step"),
  ...rows("e2e/image-lock.test.ts", "lets pull, run, create and build have only what it records", "--locked"),
  ...rows(flags, "share the namespaces of the host and of other containers", "--pid", "--uts", "--ipc"),
  ...rows(flags, "put a container under a cgroup of one's own, which stays", "--cgroup-parent", "--cgroupns"),
  ...rows(flags, "a user namespace", "--userns"),
  ...rows(flags, "an isolation of Windows", "--isolation"),
  ...rows(flags, limits, "--cpu-period", "--cpu-quota", "--cpuset-cpus", "--memory-swap"),
  ...rows(limitFlags, "weigh processors and name memory nodes", "-c, --cpu-shares", "--cpuset-mems"),
  ...rows(
    limitFlags,
    "give real time as far as the group above has some, and else say why not",
    ...["--cpu-rt-period", "--cpu-rt-runtime"],
  ),
  ...rows(limitFlags, memory, "--memory-reservation", "--memory-swappiness", "--oom-kill-disable"),
  ...rows(limitFlags, "weigh disks where the kernel has weights, and warn where it has none", "--blkio-weight"),
  ...rows(limitFlags, "weigh one disk, or name the file that refuses it", "--blkio-weight-device"),
  ...rows(
    limitFlags,
    "throttle a disk's bytes and operations",
    ...["--device-read-bps", "--device-write-bps", "--device-read-iops", "--device-write-iops"],
  ),
  ...rows(deviceFlags, "are GPUs for --gpus: all, some, by name", "--gpus"),
  ...rows(
    deviceFlags,
    "bring nodes, mounts, variables, groups and hooks, what all devices share once",
    "--device vendor/class=name",
  ),
  ...rows(initHealth, "puts tini before the command, which then collects orphans and passes signals on", "--init"),
  ...rows(
    initHealth,
    "asks more often within the start period, with --health-start-interval",
    "--health-start-interval",
  ),
  ...rows(initHealth, "does not ask an image's health with --no-healthcheck", "--no-healthcheck"),
  ...rows(security, "keeps the limits that flags name", "--cpus", "-m, --memory", "--pids-limit"),
  ...rows(networks, names, "--network", "--network-alias"),
  ...rows(networks, addresses, "--ip", "--mac-address"),
  ...rows(networks, "gives IPv6 and link-local addresses that are asked for", "--ip6", "--link-local-ip"),
  ...rows("e2e/egress.test.ts", "controls what a container sends out", "--egress"),
  ...rows(networks, "publishes ports on 127.0.0.1 and tells where", "-p, --publish"),
  ...rows(flags, "publish all exposed ports", "-P, --publish-all", "--expose"),
  ...rows(flags, resolver, "--dns", "--dns-search", "--dns-option", "--add-host"),
  ...rows(run, "mounts folders of the host, writable and read-only", "-v, --volume"),
  ...rows(flags, "carry mounts of the host on into a bind with propagation %s", "-v …:rslave", "-v …:rprivate"),
  ...rows(flags, "carry mounts of a privileged container out with propagation rshared", "-v …:rshared"),
  ...rows(volumes, "fills a new volume with the image's files, owners and modes, once", "-v …:nocopy"),
  ...rows(volumes, "makes a missing source of -v a folder, and refuses one of --mount", "--mount type=bind"),
  ...rows(volumes, "mounts a path inside a volume, and never one outside of it", "--mount type=volume"),
  ...rows(volumes, "mounts memory with a limit", "--mount type=tmpfs", "--tmpfs"),
  ...rows(volumes, "mounts an image's files, read-only", "--mount type=image"),
  ...rows(
    volumes,
    "shows the owner of a folder of the host as root, and stores what root makes as the owner's",
    "-v …:idmap",
  ),
  ...rows(volumes, "makes volumes with the driver that is named, and knows one", "--volume-driver"),
  ...rows(volumes, "takes the volumes of another container", "--volumes-from"),
  ...rows(flags, "a storage option", "--storage-opt"),
  ...rows(run, "keeps the root read-only with --read-only", "--read-only"),
  ...rows(flags, "hand devices over, with rules of one's own", "--device", "--device-cgroup-rule"),
  ...rows(
    "e2e/run-api-socket.test.ts",
    "lets a docker client in the container use this engine, with the caller's credentials",
    "--use-api-socket",
  ),
  ...rows(security, "gains and loses the capabilities that flags name", "--privileged", "--cap-add", "--cap-drop"),
  ...rows(
    "faults/hostile-containers/requests.ts",
    "does not let a set-user-ID program raise what no-new-privileges holds down",
    "--security-opt",
  ),
  ...rows(flags, "a runtime that is not there", "--runtime"),
  ...rows(run, "removes the container with --rm, also when it was detached", "--rm"),
  ...rows(flags, "start a container again as often as its policy says", "--restart"),
  ...rows(flags, "end a container with a signal and within a time of one's own", "--stop-signal", "--stop-timeout"),
  ...rows(logs, "has nothing to show with driver none, and says so", "--log-driver"),
  ...rows(logs, "rotates: a container that prints more than its log may hold keeps the latest", "--log-opt"),
  ...rows(flags, health, "--health-cmd", "--health-interval", "--health-timeout", "--health-retries"),
  ...rows(flags, health, "--health-start-period"),
  ...rows(commands, "run --health-on-failure kill ends a container that turns unhealthy", "--health-on-failure"),
  ...rows(commands, "run --replace takes the place of a container with the same name", "--replace"),
  ...rows(
    containers,
    "run --timeout kills what runs too long, over a restart of tdockd too, and --rmi takes the image along",
    ...["--timeout", "--rmi"],
  ),
  ...rows(
    containers,
    "wait and run --wait wait until a container runs, is healthy, answers at a port, or has printed a line",
    "--wait",
  ),
];

/** The other commands on containers. */
export const commandRows: readonly CliRow[] = [
  ...rows(commands, "ps finds containers by every filter", "ps"),
  ...rows(containers, "exec gives the command's output and exit code", "exec"),
  ...rows(commands, "attach joins a running container until its end", "attach"),
  ...rows(logs, "gives the last lines with --tail", "logs"),
  ...rows(commands, "start attaches, passes input on and exits with the container's code", "start"),
  ...rows(
    commands,
    "kill sends the signal that is asked for; restart and stop are told by the state",
    ...["stop", "restart", "kill"],
  ),
  ...rows(commands, "wait gives the exit codes of several containers in order", "wait"),
  ...rows(commands, "pause and unpause freeze and thaw", "pause", "unpause"),
  ...rows(
    containers,
    "top, stats, port, rename and update tell and change a running container",
    ...["top", "stats", "port", "rename", "update"],
  ),
  ...rows(commands, "rm refuses what runs, and takes anonymous volumes with -v", "rm"),
  ...rows(commands, "cp reads and writes archives on stdio, and follows links when told", "cp"),
  ...rows(commands, "diff and export show what a container changed", "diff", "export"),
  ...rows("e2e/commit.test.ts", "applies changes over the container's configuration, in Docker's way", "commit"),
  ...rows(
    containers,
    "wait and run --wait wait until a container runs, is healthy, answers at a port, or has printed a line",
    ...["wait --condition", "wait --timeout"],
  ),
  ...rows(containers, "ps and inspect take Go templates", "inspect"),
  ...rows(commands, "container prune takes what has ended, and only what its filter names", "container prune"),
];

const pull = "e2e/pull.test.ts";
const list = "e2e/image-list.test.ts";
const remove = "e2e/image-remove.test.ts";
const platforms = "e2e/image-platforms.test.ts";
const push = "e2e/image-push.test.ts";
const imageFlags = "e2e/image-flags.test.ts";
const transfer = "e2e/image-transfer.test.ts";
const registries = "e2e/image-registries.test.ts";
const search = "e2e/image-search.test.ts";
const login = "e2e/login.test.ts";
const convert = "e2e/image-convert.test.ts";
const manifestFlags = "e2e/manifest-flags.test.ts";
const usage = "e2e/disk-usage.test.ts";
const free = "e2e/image-free.test.ts";

const refusesPlatform = "%s refuses a platform that an image is not for, and takes its own";
const onePlatform = "pushes and saves the manifest of the platform that is asked for, without the index";
const loadsPlatform = "loads all platforms of an index that was saved, to the last byte, or the one that is asked for";
const savesSeveral =
  "save puts several images into one archive, what they share once; load takes all of them, and from a pipe";
const prunes = "image prune takes what has no tag, with -a what nothing uses, and only what its filters name";
const makesIndex = "makes an index of images of several repositories, annotated, which others read";

/** Commands whose flags all stand in {@link imageRows}, by their long or their short name. */
export const imageCommands = [
  ...["pull", "push", "images", "image inspect", "history", "tag", "rmi", "save", "load", "import", "image prune"],
  ...["search", "login", "logout", "image copy", "image convert", "lock", "pin", "unpin", "free", "system df"],
  ...["manifest create", "manifest annotate", "manifest push", "manifest inspect", "manifest rm"],
] as const;

/** Commands on images and registries, with their flags. */
export const imageRows: readonly CliRow[] = [
  ...rows(pull, "says what it did, line by line in a pipe, and that nothing was to do the second time", "pull"),
  ...rows(pull, "prints the reference alone with -q", "pull -q"),
  ...rows(pull, "pulls all tags of a repository with -a", "pull -a"),
  ...rows(pull, "chooses this machine's platform from an index, or the one asked for", "pull --platform"),
  ...rows("e2e/image-lock.test.ts", "lets pull, run, create and build have only what it records", "pull --locked"),
  ...rows("e2e/image-discard.test.ts", "run, and a second pull fetches nothing", "pull --discard-unpacked"),
  ...rows("faults/damaged-images.test.ts", "is mended by a pull that reads through what is here", "pull --verify"),
  ...rows(push, "pushes an image that other clients read, and sends nothing twice", "push"),
  ...rows(push, "pushes all tags of a repository with -a, and nothing else", "push -a"),
  ...rows(platforms, onePlatform, "push --platform", "save --platform"),
  ...rows(
    imageFlags,
    "push, image copy and image convert say only what they made with -q",
    ...["push -q", "image copy -q", "image convert -q"],
  ),
  ...rows(list, "lists by the filters %j", "images", "images --filter"),
  ...rows(
    list,
    "shows the columns that Docker shows, digests when asked to, and IDs alone",
    ...["images --digests", "images -q", "images --no-trunc", "images --format", "images -a"],
  ),
  ...rows(platforms, "images --tree shows names, sizes, and each platform with what uses it", "images --tree"),
  ...rows(platforms, refusesPlatform, "image inspect --platform", "history --platform"),
  ...rows(containers, "ps and inspect take Go templates", "image inspect --format"),
  ...rows(
    list,
    "tells what made each layer, newest first",
    ...["history", "history --format", "history --human", "history -q", "history --no-trunc"],
  ),
  ...rows(list, "moves a tag to another image, and keeps the one that had it", "tag"),
  ...rows(remove, "takes one name of several, and with the last one the image and its bytes", "rmi"),
  ...rows(remove, "by ID wants force for an image of several repositories", "rmi -f"),
  ...rows(
    "e2e/image-remove-platform.test.ts",
    "takes what is here for the platform, its layers and bytes, and leaves the others",
    "rmi --platform",
  ),
  ...rows(remove, "takes --no-prune, and leaves what the image was built on", "rmi --no-prune"),
  ...rows(transfer, "saves an archive and loads it again, the same to the last byte", "save -o", "load -i"),
  ...rows(imageFlags, savesSeveral, "save", "load", "load -q"),
  ...rows(platforms, loadsPlatform, "load --platform"),
  ...rows(transfer, "imports the root of a container with changes, and refuses a change that is none", "import -c"),
  ...rows("e2e/image-import-url.test.ts", "makes an image of %s", "import URL"),
  ...rows(imageFlags, "import takes a message and a platform", "import -m", "import --platform"),
  ...rows(imageFlags, prunes, "image prune", "image prune -a", "image prune --filter"),
  ...rows(imageFlags, "image prune asks first, and takes a no", "image prune -f"),
  ...rows(search, "asks the registry that stands in front of the term, and shows what it found as a table", "search"),
  ...rows(search, "shows only what the filter %s lets through", "search --filter", "search --format"),
  ...rows(search, "cuts long descriptions off, unless told otherwise", "search --no-trunc"),
  ...rows(search, "a limit that is too high", "search --limit"),
  ...rows(login, "keeps what the registry takes, uses it, and forgets it", "login", "login --password-stdin", "logout"),
  ...rows(login, "takes a token from who gives one, and says whose word is wrong", "login -u"),
  ...rows(login, "takes a password on the command line, and warns of it", "login -p"),
  ...rows(registries, makesIndex, "manifest create", "manifest annotate", "manifest push", "manifest inspect"),
  ...rows(registries, makesIndex, "manifest push --purge", "manifest inspect -v"),
  ...rows(
    manifestFlags,
    "manifest create --amend adds to a list, and manifest rm forgets it",
    ...["manifest create --amend", "manifest create --insecure", "manifest inspect --insecure", "manifest rm"],
  ),
  ...rows(
    manifestFlags,
    "manifest annotate sets all that an index says of a platform; without --purge a list stays",
    ...["--os", "--arch", "--variant", "--os-version", "--os-features"].map((flag) => `manifest annotate ${flag}`),
    "manifest push --insecure",
  ),
  ...rows(registries, "copies an index with all its platforms, and keeps nothing here", "image copy"),
  ...rows(
    convert,
    "makes a twin with %s that runs, and that others pull and unpack",
    "image convert",
    "image convert --compression",
  ),
  ...rows(convert, "compresses harder when asked to", "image convert --level"),
  ...rows(convert, "converts the image of the platform that is asked for", "image convert --platform"),
  ...rows("e2e/image-lock.test.ts", "is written and brought up to date by tdock lock", "lock"),
  ...rows("e2e/registry-tls-token.test.ts", "has its images copied, indexed, described and locked", "lock --folder"),
  ...rows("e2e/image-pin.test.ts", "stay when everything unused is pruned, until they are unpinned", "pin", "unpin"),
  ...rows(free, "shows what it would remove, and then removes just that", "free", "free --dry-run"),
  ...rows(
    free,
    "never removes what is in use, pinned, or was used in the time to keep, nor a volume",
    "free --keep-used-in",
  ),
  ...rows(
    usage,
    "names the owner of every byte: after pulls, builds, containers and volumes it agrees with du",
    ...["system df", "system df -v"],
  ),
  ...rows(usage, "hands sums and details to templates", "system df --format"),
];
