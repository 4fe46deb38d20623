import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { join } from "node:path";
import { TdockError } from "@tdock/errors/error";
import { pino } from "pino";
import { openBuilds } from "./build/builds.ts";
import { recoverBuilds } from "./build/recover.ts";
import { type Config, readConfig, usage } from "./config.ts";
import { isAlive } from "./containers/container.ts";
import { ExecStore } from "./containers/exec-store.ts";
import { followRun } from "./containers/follow-run.ts";
import { LiveState } from "./containers/live-state.ts";
import { monitorTasks } from "./containers/monitor.ts";
import { followRunning, recoverContainers, startByPolicy } from "./containers/recover.ts";
import { ContainerStore } from "./containers/store.ts";
import type { Engine } from "./engine.ts";
import { EventHistory } from "./events/history.ts";
import { EventHub } from "./events/hub.ts";
import { readFileIfExists, writeFileAtomic } from "./host/atomic-file.ts";
import { isFirstAfterBoot } from "./host/boot.ts";
import { holdReserve } from "./host/disk-reserve.ts";
import { lockFolder } from "./host/folder-lock.ts";
import { makeFolder } from "./host/make-folder.ts";
import { elapsed } from "./host/timer.ts";
import { createImageServer } from "./http/distribution/image-server.ts";
import { listen, listenForReaders, refuseServedSockets } from "./http/listen.ts";
import { buildRoutes } from "./http/routes/build.ts";
import { containerRoutes } from "./http/routes/containers.ts";
import { execRoutes } from "./http/routes/exec.ts";
import { imageRoutes } from "./http/routes/images.ts";
import { networkRoutes } from "./http/routes/networks.ts";
import { registryRoutes } from "./http/routes/registry.ts";
import { systemRoutes } from "./http/routes/system.ts";
import { unsupportedRoutes } from "./http/routes/unsupported.ts";
import { volumeRoutes } from "./http/routes/volumes.ts";
import { createApiServer } from "./http/server.ts";
import { followUse } from "./images/follow-use.ts";
import { forgetLostImages } from "./images/forget-lost-images.ts";
import { openImages } from "./images/open-images.ts";
import { keepNetworksHealthy } from "./networks/heal.ts";
import { openNetworks } from "./networks/networks.ts";
import { recoverNetworks, recoverSandboxes } from "./networks/recover.ts";
import { runContainerd } from "./runtime/containerd-process.ts";
import { runKeeper } from "./runtime/keeper-process.ts";
import { SecurityResolver } from "./runtime/security.ts";
import { keepMemoryTidy } from "./runtime/tidy-memory.ts";
import { tdockVersion } from "./system/version.ts";
import { recoverVolumes } from "./volumes/recover.ts";
import { VolumeStore } from "./volumes/store.ts";

const routes = [
  ...systemRoutes,
  ...containerRoutes,
  ...execRoutes,
  ...networkRoutes,
  ...volumeRoutes,
  ...imageRoutes,
  ...registryRoutes,
  ...buildRoutes,
  ...unsupportedRoutes,
];

await main().catch((thrown) => {
  process.stderr.write(`tdockd: ${TdockError.from(thrown).message}\n`);
  process.exit(1);
});

async function main(): Promise<void> {
  const config = readConfig(process.argv.slice(2), process.env);
  if (config === "help") return void process.stdout.write(usage);
  if (config === "version") return void process.stdout.write(`tdockd version ${tdockVersion}\n`);
  if (process.getuid?.() !== 0) throw new TdockError("forbidden", "has to be run as root");
  await serve(config);
}

async function serve(config: Config): Promise<void> {
  await makeFolder(config.dataRoot, 0o710);
  await makeFolder(config.execRoot, 0o711);
  using locks = new DisposableStack();
  for (const folder of new Set([config.dataRoot, config.execRoot])) locks.use(lockFolder(folder));
  await refuseServedSockets(config);
  holdReserve(join(config.dataRoot, "reserve"));
  const log = pino({ level: config.logLevel, base: null });
  const stopping = new AbortController();
  const engine = await createEngine(config, log);
  await recover(engine);
  const monitoring = monitorTasks(engine, stopping.signal);
  const following = engine.images.follow(stopping.signal);
  const noting = followUse(engine, stopping.signal);
  const servers = [...(await listen(config, createApiServer.bind(undefined, engine, routes)))];
  if (config.serveImages !== undefined) {
    servers.push(await listenForReaders(createImageServer(engine), config.serveImages));
  }
  engine.live.onStart = (container) => followRun(engine, container);
  followRunning(engine);
  startByPolicy(engine);
  keepNetworksHealthy(engine, stopping.signal);
  keepMemoryTidy(stopping.signal);
  log.info({ hosts: config.hosts }, "tdockd is ready");

  await signalled();
  log.info({}, "tdockd is stopping; containers run on");
  stopping.abort();
  await Promise.all([monitoring, following, noting, close(servers)]);
  engine.live.stop();
  await engine.live.allSettled();
  await engine.events.written();
  process.exit(0);
}

async function recover(engine: Engine): Promise<void> {
  await recoverBuilds(engine);
  await forgetLostImages(engine);
  await recoverNetworks(engine);
  await recoverContainers(engine, { afterBoot: await isFirstAfterBoot(engine.config.execRoot) });
  const isRunning = (id: string) => {
    const container = engine.containers.find(id);
    return container !== undefined && isAlive(container);
  };
  await recoverSandboxes(engine, isRunning);
  await recoverVolumes(engine, isRunning);
}

async function createEngine(config: Config, log: Engine["log"]): Promise<Engine> {
  const now = () => new Date();
  // Before anything is started that would be left behind: the bridge may be another tdockd's, a file may be missing.
  const [networks, security] = await Promise.all([openNetworks(config, log), SecurityResolver.load(config)]);
  const [containerd, keeper, containers, execs, volumes, history, id] = await Promise.all([
    runContainerd(config, log),
    runKeeper(config, log),
    ContainerStore.open(join(config.dataRoot, "containers"), log),
    ExecStore.open(join(config.execRoot, "execs")),
    VolumeStore.open(join(config.dataRoot, "volumes"), log),
    EventHistory.open(join(config.dataRoot, "events.jsonl")),
    engineId(join(config.dataRoot, "engine-id")),
  ]);
  const images = await openImages(containerd, config, { log, now });
  const builds = await openBuilds(config.dataRoot, log);
  const parts = {
    id,
    config,
    log,
    now,
    containerd,
    keeper,
    security,
    containers,
    execs,
    networks,
    volumes,
    builds,
    ...images,
  };
  return { ...parts, live: new LiveState(), events: new EventHub(now, history) };
}

async function engineId(path: string): Promise<string> {
  const known = await readFileIfExists(path);
  if (known !== undefined && known !== "") return known.trim();
  const id = randomUUID();
  await writeFileAtomic(path, id);
  return id;
}

function signalled(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGTERM", () => resolve());
    process.once("SIGINT", () => resolve());
  });
}

/**
 * Stops accepting; requests under way get a few seconds. What is open then, streams and attached clients, ends with the
 * process: an exec whose connection we closed before that would be taken for one whose client has gone.
 */
async function close(servers: readonly Server[]): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  for (const server of servers) server.closeIdleConnections();
  await Promise.race([Promise.all(closed), elapsed(3000)]);
}
