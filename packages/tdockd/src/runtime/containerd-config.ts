import { join } from "node:path";
import type { Config } from "../config.ts";

/** Where the containerd of a tdockd keeps what it keeps. */
export interface ContainerdPaths {
  /** Images, snapshots, its database. */
  readonly root: string;
  /** Bundles of running tasks. */
  readonly state: string;
  readonly socket: string;
  readonly configFile: string;
  readonly log: string;
}

/** The paths that follow from the two roots. */
export function containerdPaths({ dataRoot, execRoot }: Pick<Config, "dataRoot" | "execRoot">): ContainerdPaths {
  const data = join(dataRoot, "containerd");
  const run = join(execRoot, "containerd");
  return {
    root: join(data, "root"),
    state: join(run, "state"),
    socket: join(run, "containerd.sock"),
    configFile: join(data, "config.toml"),
    log: join(data, "containerd.log"),
  };
}

/**
 * Plugins that are not loaded. `restart` acts on labels that images can carry, `opt` makes /opt/containerd, the task
 * monitors keep metrics that nobody reads; the rest is Kubernetes, tracing, and snapshotters that are not used.
 * Names that a version of containerd does not know are no error. `runtime.v1.linux` must stay: 1.6 has no tasks without.
 */
const disabledPlugins = [
  "io.containerd.cri.v1.images",
  "io.containerd.cri.v1.runtime",
  "io.containerd.grpc.v1.cri",
  "io.containerd.internal.v1.opt",
  "io.containerd.internal.v1.restart",
  "io.containerd.internal.v1.tracing",
  "io.containerd.monitor.task.v1.cgroups",
  "io.containerd.monitor.v1.cgroups",
  "io.containerd.nri.v1.nri",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.blockfile",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.erofs",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.tracing.processor.v1.otlp",
];

/** containerd's configuration file, version 2: the one that every containerd from 1.6 on reads. */
export function containerdConfig({ root, state, socket }: ContainerdPaths): string {
  // A JSON string is a TOML string, and a JSON array of strings a TOML array.
  const toml = JSON.stringify;
  return `# Written by tdockd at each start.
version = 2
root = ${toml(root)}
state = ${toml(state)}
disabled_plugins = ${toml(disabledPlugins)}

[grpc]
address = ${toml(socket)}

[ttrpc]
address = ${toml(`${socket}.ttrpc`)}

[debug]
level = "warn"

# By default the files of what was removed stay until a hundred changes have been made.
[plugins."io.containerd.gc.v1.scheduler"]
deletion_threshold = 1
schedule_delay = "100ms"
`;
}
