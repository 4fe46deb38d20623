import type { HostConfig } from "@tdock/api/host-config";

/** What a build's client asks for all its RUN steps. */
export interface RunLimits {
  /** Docker's network mode for steps that do not say otherwise. */
  readonly network: string;
  /** `name:address`. */
  readonly extraHosts: readonly string[];
  readonly shmSizeBytes: number;
  readonly ulimits: NonNullable<HostConfig["Ulimits"]>;
  /** Memory, CPU and the like, in HostConfig's members. */
  readonly resources: HostConfig;
  readonly hostname: string;
  /** `network.host`, `security.insecure`: what `--allow` granted. */
  readonly allowed: ReadonlySet<string>;
  /** Proxy variables; they reach RUN, but no cache key and no history. */
  readonly proxy: ReadonlyMap<string, string>;
}
