/** Kind of a network. `host` and `null` have one network each, named `host` and `none`. */
export type NetworkDriver = "bridge" | "macvlan" | "ipvlan" | "host" | "null";

/** One subnet of a network, with what it may give away. All in CIDR or plain form, never empty once allocated. */
export interface Subnet {
  /** `10.201.3.0/24` */
  readonly subnet: string;
  /** Addresses are given from here only; the subnet when the user did not narrow it. */
  readonly ipRange: string | undefined;
  /** The bridge's own address; `undefined` only for macvlan and ipvlan networks without a way out. */
  readonly gateway: string | undefined;
  /** Name -> address that is never given to a container. */
  readonly auxiliaryAddresses: Readonly<Record<string, string>>;
}

/** What tdockd keeps of a network: one JSON file each. */
export interface Network {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly driver: NetworkDriver;
  readonly isInternal: boolean;
  readonly isAttachable: boolean;
  readonly hasIpv4: boolean;
  readonly hasIpv6: boolean;
  readonly ipamDriver: string;
  readonly ipamOptions: Readonly<Record<string, string>>;
  readonly subnets: readonly Subnet[];
  /** Subnets that the user wrote down: only then may a container ask for an address. */
  readonly hasOwnSubnets: boolean;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** A template for others (`--config-from`): no container can join it. */
  readonly isConfigOnly: boolean;
  readonly configFrom: string;
  /** Its device on the host; empty for `host` and `none`. */
  readonly device: string;
}

/** Whether an option that is true or false is on; checked when the network was made. */
export function isOn({ options }: Pick<Network, "options">, option: string, byDefault: boolean): boolean {
  const value = options[option];
  return value === undefined ? byDefault : ["true", "1"].includes(value.toLowerCase());
}

/** Names that exist always and can be neither made nor removed. */
export const predefinedNames = ["bridge", "host", "none"] as const;

/** Names nobody may give: `default` stands for `bridge` in HostConfig.NetworkMode. */
export function isReservedName(name: string): boolean {
  return name === "default" || (predefinedNames as readonly string[]).includes(name);
}

/** Whether containers find each other here by Docker's rules for networks that users made: aliases, own addresses. */
export function isUserDefined(network: Network): boolean {
  return !isReservedName(network.name);
}
