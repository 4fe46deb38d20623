import type { CliRow } from "./cli-rows.ts";

const networks = "e2e/network.test.ts";
const networkFlags = "e2e/network-flags.test.ts";
const volumes = "e2e/volume.test.ts";
const volumeOptions = "e2e/volume-options.test.ts";
const parity = "e2e/docker-parity.test.ts";
const drivers = "../packages/tdockd/src/networks/drivers.itg.test.ts";

const shaped = "make a network as they say, which inspect and its containers show";
const addressed = "gives the addresses that are asked for, and refuses those that cannot be";
const template = "take a configuration from a network that is only that";
const lists = "of ls and prune choose by name, label, driver, kind and age, and rm -f passes over what is not there";
const joins = "of connect give addresses, names and the way out";
const leaves = "of disconnect take a stopped container off, and one that is gone with -f";
const volumeLists = "of ls and prune choose by name, label, driver and use";
const copies = "copies a volume, and brings it out and in as an archive";

/** Flags of one command, all proved by one test. */
function rows(command: string, [file, test]: readonly [file: string, test: string], ...names: string[]): CliRow[] {
  return names.map((name) => ({ row: `${command} ${name}`, file, test }));
}

/** Every flag of the commands on networks and volumes, and what their help does not show. */
export const networkFlagRows: readonly CliRow[] = [
  ...rows("network create", [networkFlags, shaped], "--attachable", "--ipam-driver", "--label", "--opt"),
  ...rows("network create", [networks, addressed], "--aux-address", "--gateway", "--ip-range", "--subnet"),
  ...rows("network create", [networkFlags, template], "--config-from", "--config-only"),
  ...rows("network create", [networks, "gives an internal network no way out and no way in"], "--internal"),
  ...rows("network create", [networkFlags, "leave IPv4 out"], "--ipv4"),
  ...rows("network create", [networks, "carries IPv6, with names and published ports"], "--ipv6"),
  ...rows("network create", [networks, "an unknown driver"], "--driver"),
  ...rows("network create", [networks, "an IPAM option that there is not"], "--ipam-opt"),
  ...rows("network create", [drivers, "puts containers beside the host on the parent's own network"], "-d ipvlan"),
  ...rows(
    "network create",
    [
      drivers,
      "puts containers on the parent's own network with its hardware address, where the kernel has such devices",
    ],
    "-d macvlan",
  ),
  ...rows("network create", [networks, "a network of a swarm's entrance"], "--ingress"),
  ...rows("network create", [networks, "a network of a swarm"], "--scope"),
  ...rows(
    "network connect",
    [networkFlags, joins],
    ...["--alias", "--driver-opt", "--gw-priority", "--ip", "--ip6", "--link-local-ip"],
  ),
  ...rows("network disconnect", [networkFlags, leaves], "--force"),
  ...rows("network ls", [networkFlags, lists], "--filter", "--format", "--no-trunc", "--quiet"),
  ...rows("network inspect", [networkFlags, shaped], "--format", "--verbose"),
  ...rows("network rm", [networkFlags, lists], "--force"),
  ...rows("network prune", [networkFlags, lists], "--filter", "--force"),
  ...rows("volume create", [volumeOptions, "a driver that there is not"], "--driver"),
  ...rows("volume create", [volumeOptions, volumeLists], "--label"),
  ...rows("volume create", [volumeOptions, "make a volume of memory, empty again for each run"], "--opt"),
  ...rows("volume ls", [volumeOptions, volumeLists], "--filter", "--quiet"),
  ...rows("volume ls", [parity, "volume ls --format raw"], "--format"),
  ...rows("volume ls", [volumes, "tells sizes and users"], "--size"),
  ...rows("volume inspect", [parity, "volume inspect -f {{.Name}}{{.Status}} kept-files"], "--format"),
  ...rows("volume rm", [volumeOptions, volumeLists], "--force"),
  ...rows("volume prune", [volumeOptions, volumeLists], "--all", "--filter", "--force"),
  ...rows("volume export", [volumes, copies], "--output"),
  ...rows("volume import", [volumes, "goes out and comes in by a pipe"], "-"),
];

/** Commands whose flags all stand in the table. */
export const networkCommands: readonly string[] = [
  ...new Set(networkFlagRows.map(({ row }) => row.replace(/ -.*/, ""))),
  "volume clone",
];
