import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "../engine.ts";
import { deleteLink, listLinks } from "../host/netlink/links.ts";
import { NetlinkSocket } from "../host/netlink/socket.ts";
import { listNamespaces, removeNamespace } from "../host/netns.ts";
import { writeSysctl } from "../host/sysctl.ts";
import { defaultGateway } from "./addresses.ts";
import { chooseSubnet, networkRanges } from "./choose-subnet.ts";
import { parseCidr } from "./cidr.ts";
import { closeSandbox } from "./close-sandbox.ts";
import { bridgeMark, ensureNetworkBridge } from "./devices.ts";
import { isHostDeviceName } from "./endpoint-plan.ts";
import { hostRanges } from "./host-ranges.ts";
import type { Network, NetworkDriver } from "./network.ts";
import type { Networks } from "./networks.ts";
import { rebuildFirewall } from "./rebuild-firewall.ts";

type RecoverEngine = Pick<Engine, "config" | "events" | "networks" | "now" | "log">;

/**
 * At start-up: makes the predefined networks, their bridges and the nftables table, whatever an earlier tdockd left of
 * them. Then `recoverSandboxes` settles the containers. Idempotent.
 */
export async function recoverNetworks(engine: RecoverEngine): Promise<void> {
  const { records, sandboxes, ports } = engine.networks;
  writeSysctl("net/ipv4/ip_forward", 1);
  mkdirSync(join(engine.config.execRoot, "netns"), { recursive: true, mode: 0o711 });
  await ensurePredefined(engine);
  for (const network of records.list()) {
    if (network.driver !== "bridge" || network.isConfigOnly) continue;
    try {
      ensureNetworkBridge(engine.config, network);
    } catch (err) {
      engine.log.error({ err, network: network.name }, "the bridge of this network could not be made");
    }
    if (network.hasIpv6) writeSysctl("net/ipv6/conf/all/forwarding", 1);
  }
  engine.networks.claim.hold();
  await removeStrayBridges(engine);
  await rebuildFirewall(engine.networks);
  // What is found changed later was changed since now.
  engine.networks.firewall.inspect();
  await syncHostFirewall(engine);
  for (const sandbox of sandboxes.list()) {
    const lost = ports.adopt(sandbox.containerId, sandbox.ports);
    if (lost.length > 0)
      engine.log.warn({ container: sandbox.containerName, ports: lost }, "taken by others meanwhile");
  }
  // After all ports: one that has port 53 goes before this server.
  for (const sandbox of sandboxes.list()) await engine.networks.nameServer.serve(sandbox);
}

/** Those of networks whose removal was cut short. */
async function removeStrayBridges({ config, networks }: RecoverEngine): Promise<void> {
  using socket = new NetlinkSocket();
  const known = new Set(networks.records.list().map(({ id }) => bridgeMark(config, id)));
  const strays = listLinks(socket).filter(
    ({ kind, alias }) => kind === "bridge" && alias.startsWith(bridgeMark(config, "")) && !known.has(alias),
  );
  for (const { name } of strays) await deleteLink(socket, name);
}

async function syncHostFirewall({ config, log, networks }: RecoverEngine): Promise<void> {
  await networks.hostFirewall.sync().catch((err) => log.error({ err }, "the host's firewall is not obeyed"));
  const chains = networks.hostFirewall.chainsAgainst({ device: config.bridge });
  if (chains.length > 0) log.warn({ chains }, "the host's firewall passes nothing on to containers or from them");
}

/** Keeps the networks of the containers that run; takes down the others' and everything of ours that no record claims. */
export async function recoverSandboxes(
  engine: RecoverEngine,
  isRunning: (containerId: string) => boolean,
): Promise<void> {
  const { sandboxes } = engine.networks;
  for (const { containerId } of sandboxes.list()) {
    if (!isRunning(containerId)) await closeSandbox(engine, containerId);
  }
  const folder = join(engine.config.execRoot, "netns");
  for (const { name } of listNamespaces(folder)) {
    if (sandboxes.get(name) === undefined) removeNamespace(join(folder, name));
  }
  await removeStrayDevices(engine.networks);
}

/** Ports of our bridges that bear our name and belong to nobody; a foreign device on our bridge is left alone. */
async function removeStrayDevices({ records, sandboxes }: Networks): Promise<void> {
  using socket = new NetlinkSocket();
  const claimed = new Set(sandboxes.list().flatMap(({ endpoints }) => endpoints.map(({ hostDevice }) => hostDevice)));
  const bridgeNames = new Set(records.list().flatMap(({ driver, device }) => (driver === "bridge" ? [device] : [])));
  const links = listLinks(socket);
  const bridges = new Set(links.filter(({ name }) => bridgeNames.has(name)).map(({ index }) => index));
  const strays = links.filter(
    ({ name, masterIndex }) => bridges.has(masterIndex) && isHostDeviceName(name) && !claimed.has(name),
  );
  // They may already be going with the namespace that was removed a moment ago.
  for (const { name } of strays) await deleteLink(socket, name).catch(() => {});
}

async function ensurePredefined(engine: RecoverEngine): Promise<void> {
  const { records } = engine.networks;
  if (records.find("host") === undefined) await records.create(builtIn(engine, "host", "host"));
  if (records.find("none") === undefined) await records.create(builtIn(engine, "none", "null"));
  const bridge = records.find("bridge");
  const wanted = engine.config.bridgeSubnet;
  if (bridge === undefined) await records.create(defaultBridge(engine));
  else if (wanted !== undefined && bridge.subnets[0]?.subnet !== wanted) {
    await records.replace({ ...bridge, subnets: defaultBridge(engine).subnets });
  }
}

function defaultBridge(engine: RecoverEngine): Network {
  const { bridge, bridgeSubnet, addressPools } = engine.config;
  const used = [...networkRanges(engine.networks.records.list()), ...hostRanges(bridge)];
  const subnet =
    bridgeSubnet === undefined
      ? chooseSubnet(addressPools, 24, used)
      : {
          subnet: bridgeSubnet,
          ipRange: undefined,
          gateway: defaultGateway(parseCidr(bridgeSubnet)),
          auxiliaryAddresses: {},
        };
  return {
    ...builtIn(engine, "bridge", "bridge"),
    subnets: [subnet],
    device: bridge,
    options: {
      "com.docker.network.bridge.default_bridge": "true",
      "com.docker.network.bridge.enable_icc": "true",
      "com.docker.network.bridge.enable_ip_masquerade": "true",
      "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
      "com.docker.network.bridge.name": bridge,
      "com.docker.network.driver.mtu": "1500",
    },
  };
}

function builtIn(engine: RecoverEngine, name: string, driver: NetworkDriver): Network {
  return {
    id: randomBytes(32).toString("hex"),
    name,
    createdAt: engine.now().toISOString(),
    driver,
    isInternal: false,
    isAttachable: false,
    hasIpv4: true,
    hasIpv6: false,
    ipamDriver: "default",
    ipamOptions: {},
    subnets: [],
    hasOwnSubnets: false,
    options: {},
    labels: {},
    isConfigOnly: false,
    configFrom: "",
    device: "",
  };
}
