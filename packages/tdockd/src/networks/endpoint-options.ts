import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import { TdockError } from "@tdock/errors/error";
import type { Network } from "./network.ts";

const deviceOption = "com.docker.network.endpoint.ifname";
const sysctlOption = "com.docker.network.endpoint.sysctls";

type Options = Pick<EndpointSettings, "DriverOpts">;

/**
 * Checks the driver options of a container's place in a network (docker/docs `network connect`, "driver-opt").
 * Throws `invalid-argument`, for unknown ones too: they would silently have no effect.
 */
export function checkEndpointOptions(settings: Options): void {
  for (const [name, value] of Object.entries(settings.DriverOpts ?? {})) {
    if (name === sysctlOption) parseSysctls(value);
    else if (name !== deviceOption) throw invalid(`unknown driver option of an endpoint: ${JSON.stringify(name)}`);
    else if (!/^(?!lo$|\.)[\w.-]{1,15}$/.test(value)) throw invalid(`invalid interface name: ${JSON.stringify(value)}`);
  }
}

/** Names of devices for places in networks: what is asked for, else the lowest number that is free. */
export class DeviceNames {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  /** Throws `conflict` for a name that another device of the container has. */
  take(settings: Options, { options }: Pick<Network, "options">): string {
    const wanted = settings.DriverOpts?.[deviceOption];
    if (wanted !== undefined && this.#taken.has(wanted)) {
      throw new TdockError("conflict", `interface name ${wanted} is already in use in the container`);
    }
    const name = wanted ?? this.#free(options["com.docker.network.container_iface_prefix"] ?? "eth");
    this.#taken.add(name);
    return name;
  }

  #free(prefix: string): string {
    let index = 0;
    while (this.#taken.has(`${prefix}${index}`)) index += 1;
    return `${prefix}${index}`;
  }
}

/** Kernel variables of an endpoint's device, as paths below /proc/sys. */
export function endpointSysctls(settings: Options, device: string): readonly { name: string; value: string }[] {
  return parseSysctls(settings.DriverOpts?.[sysctlOption] ?? "").map(({ family, kind, setting, value }) => ({
    name: `net/${family}/${kind}/${device}/${setting}`,
    value,
  }));
}

/** `net.ipv4.conf.IFNAME.log_martians=1`, several with commas; the kernel is given the device's own name. */
function parseSysctls(text: string) {
  return text.split(",").flatMap((one) => {
    if (one === "") return [];
    const match = /^net\.(ipv4|ipv6|mpls)\.(\w+)\.IFNAME\.(\w+)=([\w.:-]+)$/.exec(one.trim());
    if (match === null) throw invalid(`invalid sysctl of an endpoint: ${JSON.stringify(one)}`);
    const [, family = "", kind = "", setting = "", value = ""] = match;
    return [{ family, kind, setting, value }];
  });
}

function invalid(message: string): TdockError {
  return new TdockError("invalid-argument", message);
}
