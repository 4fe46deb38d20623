import type { Network } from "./network.ts";

/**
 * How a network's containers are reached at their own addresses, in each family (docs.docker.com, "Gateway modes"):
 * not at all, at published ports without their addresses being hidden, or at every port.
 */
export type GatewayMode = "nat" | "routed" | "nat-unprotected";

export const gatewayModes: readonly GatewayMode[] = ["nat", "routed", "nat-unprotected"];

/** The option's value has been checked. */
export function gatewayMode({ options }: Pick<Network, "options">, family: 4 | 6): GatewayMode {
  return (options[`com.docker.network.bridge.gateway_mode_ipv${family}`] ?? "nat") as GatewayMode;
}
