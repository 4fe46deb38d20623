import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  bool,
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/global-flags.ts
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

// packages/cli/src/client/host.ts
var defaultHost = "unix:///run/tdock/tdock.sock";
function parseHost(text2) {
  const url = text2.startsWith("/") ? `unix://${text2}` : text2;
  const match = /^([a-z0-9+.-]+):\/\/(.*)$/i.exec(url);
  if (match === null) return parseTcp(`tcp://${url}`);
  const [, scheme, rest = ""] = match;
  if (scheme === "unix") {
    return rest === "" ? parseHost(defaultHost) : { kind: "unix", url, path: rest };
  }
  if (scheme === "tcp" || scheme === "http" || scheme === "https") return parseTcp(url);
  if (scheme === "ssh" || scheme === "npipe" || scheme === "fd") {
    throw new TdockError(
      "not-implemented",
      `engine address ${text2}: ${scheme}:// is not supported; use unix:// or tcp://`
    );
  }
  throw new TdockError("invalid-argument", `invalid bind address format: ${text2}`);
}
function parseTcp(url) {
  const match = /^\w+:\/\/(\[[0-9a-fA-F:.]+\]|[^:/]+)?(?::(\d{1,5}))?\/?$/.exec(url);
  const port = Number(match?.[2] ?? 2375);
  if (match === null || port > 65535) throw new TdockError("invalid-argument", `invalid bind address format: ${url}`);
  return { kind: "tcp", url, hostname: (match[1] ?? "localhost").replace(/^\[|\]$/g, ""), port };
}

// packages/cli/src/global-flags.ts
var globalFlagTable = {
  config: text("Location of client config files", { shownDefault: '"~/.docker"' }),
  context: text('Name of the context to use; tdock has only "default"', { short: "c" }),
  debug: bool("Enable debug mode", { short: "D" }),
  host: text("Daemon socket to connect to", { short: "H" }),
  "log-level": text('Set the logging level ("debug", "info", "warn", "error", "fatal")', { short: "l" }),
  tls: bool("Use TLS; implied by --tlsverify"),
  tlscacert: text("Trust certs signed only by this CA"),
  tlscert: text("Path to TLS certificate file"),
  tlskey: text("Path to TLS key file"),
  tlsverify: bool("Use TLS and verify the remote"),
  version: bool("Print version information and quit", { short: "v" })
};
function readGlobalFlags(values, env) {
  return {
    configFolder: values.config ?? (env.DOCKER_CONFIG || join(homedir(), ".docker")),
    apiVersion: env.DOCKER_API_VERSION?.replace(/^v/, "") || void 0,
    host: () => chooseHost(values, env),
    tls: () => readTls(values, env)
  };
}
function chooseHost(values, env) {
  const named = values.host ?? (env.TDOCK_HOST || env.DOCKER_HOST);
  const context = values.context ?? (named ? void 0 : env.DOCKER_CONTEXT);
  if (context !== void 0 && context !== "" && context !== "default") {
    throw new TdockError(
      "not-found",
      `context "${context}" not found: tdock has no contexts; name the engine with -H or DOCKER_HOST`
    );
  }
  return parseHost(named ?? defaultHost);
}
function readTls(values, env) {
  const verify = values.tlsverify || Boolean(env.DOCKER_TLS_VERIFY);
  if (!verify && !values.tls && !env.DOCKER_TLS) return void 0;
  const folder = env.DOCKER_CERT_PATH || readGlobalFlags(values, env).configFolder;
  const read = (named, name) => {
    try {
      return readFileSync(named ?? join(folder, name));
    } catch (thrown) {
      if (named === void 0 && thrown.code === "ENOENT") return void 0;
      throw TdockError.from(thrown);
    }
  };
  return {
    verify,
    ca: read(values.tlscacert, "ca.pem"),
    cert: read(values.tlscert, "cert.pem"),
    key: read(values.tlskey, "key.pem")
  };
}

// packages/cli/src/registry/entry.ts
function entry(summary, load3) {
  return { summary, load: load3 };
}
function hidden(one) {
  return { ...one, hidden: true };
}
function own(table, name) {
  return Object.hasOwn(table, name) ? table[name] : void 0;
}

// packages/cli/src/registry/containers.ts
var rm = entry("Remove one or more containers", async () => (await import("./rm-QQ3NERXC.js")).rm);
var containerCommands = {
  attach: entry(
    "Attach local standard input, output, and error streams to a running container",
    async () => (await import("./attach-4MX6OTOC.js")).attach
  ),
  commit: entry(
    "Create a new image from a container's changes",
    async () => (await import("./commit-P27IOFHV.js")).commit
  ),
  cp: entry(
    "Copy files/folders between a container and the local filesystem",
    async () => (await import("./cp-OEWZB7C4.js")).cp
  ),
  create: entry("Create a new container", async () => (await import("./create-HL7DWA26.js")).create),
  diff: entry(
    "Inspect changes to files or directories on a container's filesystem",
    async () => (await import("./diff-Q4EFROV5.js")).diff
  ),
  exec: entry("Execute a command in a running container", async () => (await import("./exec-BBU5GVYL.js")).exec),
  export: entry(
    "Export a container's filesystem as a tar archive",
    async () => (await import("./export-2EAKST77.js")).exportContainer
  ),
  kill: entry("Kill one or more running containers", async () => (await import("./kill-EAK72UFQ.js")).kill),
  logs: entry("Fetch the logs of a container", async () => (await import("./logs-MIHXQ3E2.js")).logs),
  pause: entry(
    "Pause all processes within one or more containers",
    async () => (await import("./pause-B22BBQRE.js")).pause
  ),
  port: entry(
    "List port mappings or a specific mapping for the container",
    async () => (await import("./port-TR5JC7SS.js")).port
  ),
  rename: entry("Rename a container", async () => (await import("./rename-UIX4VWQV.js")).rename),
  restart: entry("Restart one or more containers", async () => (await import("./restart-XMQFGMPQ.js")).restart),
  rm,
  run: entry("Create and run a new container from an image", async () => (await import("./run-WKWTK24G.js")).run),
  start: entry("Start one or more stopped containers", async () => (await import("./start-QGNE2XI4.js")).start),
  stats: entry(
    "Display a live stream of container(s) resource usage statistics",
    async () => (await import("./stats-NG6XR2U2.js")).stats
  ),
  stop: entry("Stop one or more running containers", async () => (await import("./stop-LDM543BB.js")).stop),
  top: entry("Display the running processes of a container", async () => (await import("./top-LGCYPCOK.js")).top),
  unpause: entry(
    "Unpause all processes within one or more containers",
    async () => (await import("./pause-B22BBQRE.js")).unpause
  ),
  update: entry(
    "Update configuration of one or more containers",
    async () => (await import("./update-TJWJVEIY.js")).update
  ),
  wait: entry(
    "Block until one or more containers stop, then print their exit codes",
    async () => (await import("./wait-73NQVTRO.js")).wait
  )
};
var ps = entry("List containers", async () => (await import("./ps-CUTASMZ7.js")).ps);
var containerGroupCommands = {
  inspect: entry(
    "Display detailed information on one or more containers",
    async () => (await import("./inspect-MT5L34EO.js")).containerInspectCommand
  ),
  prune: entry(
    "Remove all stopped containers",
    async () => (await import("./prune-THB7EN2G.js")).containerPruneCommand
  )
};

// packages/cli/src/registry/images.ts
var imageCommands = {
  build: entry("Build an image from a Dockerfile", async () => (await import("./build-WCUQYBV7.js")).build),
  history: entry("Show the history of an image", async () => (await import("./history-PYNVEGXI.js")).history),
  pull: entry("Download an image from a registry", async () => (await import("./pull-QY2PPWH6.js")).pull),
  tag: entry(
    "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
    async () => (await import("./tag-I723JFCE.js")).tag
  )
};
var images = entry("List images", async () => (await import("./images-OQNHXIOE.js")).images);
var rmi = entry("Remove one or more images", async () => (await import("./rmi-DKCBBKB4.js")).rmi);
var imageGroupCommands = {
  inspect: entry(
    "Display detailed information on one or more images",
    async () => (await import("./inspect-MT5L34EO.js")).imageInspectCommand
  ),
  prune: entry("Remove unused images", async () => (await import("./prune-THB7EN2G.js")).imagePruneCommand)
};

// packages/cli/src/registry/networks.ts
var load = () => import("./network-ADMJIZNN.js");
var ls = entry("List networks", async () => (await load()).networkLs);
var rm2 = entry("Remove one or more networks", async () => (await load()).networkRm);
var networkCommands = {
  connect: entry("Connect a container to a network", async () => (await load()).networkConnectCommand),
  create: entry("Create a network", async () => (await import("./network-create-FE6FBJ66.js")).networkCreateCommand),
  disconnect: entry("Disconnect a container from a network", async () => (await load()).networkDisconnectCommand),
  inspect: entry(
    "Display detailed information on one or more networks",
    async () => (await load()).networkInspectCommand
  ),
  ls,
  list: hidden(ls),
  prune: entry("Remove all unused networks", async () => (await import("./prune-THB7EN2G.js")).networkPruneCommand),
  rm: rm2,
  remove: hidden(rm2)
};

// packages/cli/src/registry/system.ts
var systemCommands = {
  events: entry("Get real time events from the server", async () => (await import("./events-IZ6EVA56.js")).events),
  info: entry("Display system-wide information", async () => (await import("./info-VTXFXKWJ.js")).info)
};
var plainCommands = {
  inspect: entry(
    "Return low-level information on objects",
    async () => (await import("./inspect-MT5L34EO.js")).inspect
  ),
  version: entry("Show the version information", async () => (await import("./version-7BRNKR7J.js")).version),
  "--version": hidden(
    entry("Print version information and quit", async () => (await import("./version-7BRNKR7J.js")).shortVersion)
  )
};

// packages/cli/src/registry/volumes.ts
var load2 = () => import("./volume-NNOER42L.js");
var ls2 = entry("List volumes", async () => (await load2()).volumeLs);
var rm3 = entry("Remove one or more volumes", async () => (await load2()).volumeRm);
var volumeCommands = {
  clone: entry("Create a volume with the files of another", async () => (await load2()).volumeCloneCommand),
  create: entry("Create a volume", async () => (await load2()).volumeCreateCommand),
  export: entry("Write a volume's files as a tar archive", async () => (await load2()).volumeExportCommand),
  import: entry("Unpack a tar archive into a volume", async () => (await load2()).volumeImportCommand),
  inspect: entry(
    "Display detailed information on one or more volumes",
    async () => (await import("./inspect-MT5L34EO.js")).volumeInspectCommand
  ),
  ls: ls2,
  list: hidden(ls2),
  prune: entry("Remove unused local volumes", async () => (await import("./prune-THB7EN2G.js")).volumePruneCommand),
  rm: rm3,
  remove: hidden(rm3)
};

// packages/cli/src/registry/registry.ts
var topCommands = {
  ...containerCommands,
  ps,
  ...imageCommands,
  images,
  rmi,
  ...systemCommands,
  ...plainCommands
};
var groups = {
  container: {
    summary: "Manage containers",
    commands: {
      ...containerCommands,
      ...containerGroupCommands,
      ls: ps,
      list: hidden(ps),
      ps: hidden(ps),
      remove: hidden(rm)
    }
  },
  image: {
    summary: "Manage images",
    commands: {
      ...imageCommands,
      ...imageGroupCommands,
      ls: images,
      list: hidden(images),
      rm: rmi,
      remove: hidden(rmi)
    }
  },
  network: { summary: "Manage networks", commands: networkCommands },
  volume: { summary: "Manage volumes", commands: volumeCommands },
  system: { summary: "Manage tdock", commands: systemCommands }
};

export {
  globalFlagTable,
  readGlobalFlags,
  own,
  topCommands,
  groups
};
