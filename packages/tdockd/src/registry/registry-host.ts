/** What a host may be asked for: blobs and manifests by digest, tags, uploads. */
export type Capability = "pull" | "resolve" | "push";

/** How a TLS connection to a host is made. Texts are PEM. */
export interface HostTls {
  readonly skipVerify: boolean;
  /** Trusted beside the system's authorities. */
  readonly ca: readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

/** One server that answers for a registry: a mirror, or the registry itself. */
export interface RegistryHost {
  /** `https://mirror.example:5000` */
  readonly origin: string;
  /** Path below which `/<repository>/manifests/…` lies: `/v2`, without a slash at its end. */
  readonly path: string;
  /** Whether this is the registry itself, and so may be given the user's credentials for it. */
  readonly isOrigin: boolean;
  /** As the user or the administrator names it; where it leads to does not change it. */
  readonly hostname: string;
  /** Whether that is an address of this machine: it may then refer to others of this machine. */
  readonly isLocal: boolean;
  readonly capabilities: ReadonlySet<Capability>;
  readonly tls: HostTls;
  readonly headers: Readonly<Record<string, string>>;
  /** Hosts (`auth.example`) that may ask for the registry's credentials although their domain is another. */
  readonly tokenServers: readonly string[];
}

/**
 * Whether an address may be this machine's: a name that was given by hand may stand for it, where a registry leads to
 * may not, unless the registry itself is on this machine.
 */
export function mayBeLoopback(host: RegistryHost, { hostname }: URL): boolean {
  return host.isLocal || hostname === host.hostname;
}
