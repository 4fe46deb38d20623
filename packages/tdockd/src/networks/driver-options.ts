import { isIPv4 } from "node:net";
import { TdockError } from "@tdock/errors/error";
import { gatewayModes } from "./gateway-mode.ts";
import { hostFirewallOption } from "./host-firewall/host-firewall.ts";
import type { NetworkDriver } from "./network.ts";

type Check = (value: string) => boolean;

const isBoolean: Check = (value) => ["true", "false", "1", "0"].includes(value.toLowerCase());
const isMtu: Check = (value) =>
  /^\d{1,5}$/.test(value) && (value === "0" || (Number(value) >= 68 && Number(value) <= 65535));
const isDevice: Check = (value) => /^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/.test(value);
const isOneOf =
  (...values: string[]): Check =>
  (value) =>
    values.includes(value);

const common: Readonly<Record<string, Check>> = {
  "com.docker.network.driver.mtu": isMtu,
  "com.docker.network.container_iface_prefix": (value) => /^[a-z][a-z0-9]{0,9}$/.test(value),
};

/** Options of each driver that have an effect; every other is refused, for it would silently have none. */
const known: Readonly<Record<"bridge" | "macvlan" | "ipvlan", Readonly<Record<string, Check>>>> = {
  bridge: {
    ...common,
    [hostFirewallOption]: isOneOf("obey", "ignore"),
    "com.docker.network.bridge.name": isDevice,
    "com.docker.network.bridge.enable_ip_masquerade": isBoolean,
    "com.docker.network.bridge.enable_icc": isBoolean,
    "com.docker.network.bridge.host_binding_ipv4": isIPv4,
    "com.docker.network.bridge.inhibit_ipv4": isBoolean,
    "com.docker.network.bridge.gateway_mode_ipv4": isOneOf(...gatewayModes),
    "com.docker.network.bridge.gateway_mode_ipv6": isOneOf(...gatewayModes),
  },
  macvlan: { ...common, parent: isDevice, macvlan_mode: isOneOf("bridge", "vepa", "private", "passthru") },
  ipvlan: { ...common, parent: isDevice, ipvlan_mode: isOneOf("l2", "l3", "l3s"), ipvlan_flag: isOneOf("bridge") },
};

/** Throws `invalid-argument` for a driver that networks cannot be made with. */
export function driverOf(name: string): "bridge" | "macvlan" | "ipvlan" {
  if (Object.hasOwn(known, name)) return name as "bridge" | "macvlan" | "ipvlan";
  if (name === "host" || name === "null") {
    throw new TdockError("forbidden", `only one instance of "${name}" network is allowed`);
  }
  throw new TdockError("invalid-argument", `could not find plugin ${name} in v1 plugin registry: plugin not found`);
}

export interface DeviceRequest {
  readonly driver: NetworkDriver;
  readonly id: string;
  readonly options: Readonly<Record<string, string>>;
}

/** Checks a network's options and answers the device that it hangs on. Throws `invalid-argument`. */
export function deviceOf({ driver, id, options }: DeviceRequest): string {
  const checks = known[driver as keyof typeof known] ?? {};
  for (const [option, value] of Object.entries(options)) {
    const check = Object.hasOwn(checks, option) ? checks[option] : undefined;
    if (check === undefined) throw new TdockError("invalid-argument", `unknown option of driver ${driver}: ${option}`);
    if (!check(value))
      throw new TdockError("invalid-argument", `invalid value for ${option}: ${JSON.stringify(value)}`);
  }
  if (driver === "bridge") return options["com.docker.network.bridge.name"] ?? `br-${id.slice(0, 12)}`;
  if (options.parent !== undefined) return options.parent;
  throw new TdockError("invalid-argument", `a ${driver} network needs the option parent: a device of the host`);
}
