import type { Containerd } from "@tdock/containerd/connect";
import type { Keeper } from "@tdock/keeper/client";
import type { Logger } from "pino";
import type { Builds } from "./build/builds.ts";
import type { Config } from "./config.ts";
import type { ExecStore } from "./containers/exec-store.ts";
import type { LiveState } from "./containers/live-state.ts";
import type { ContainerStore } from "./containers/store.ts";
import type { EventHub } from "./events/hub.ts";
import type { ImageParts } from "./images/open-images.ts";
import type { Networks } from "./networks/networks.ts";
import type { SecurityResolver } from "./runtime/security.ts";
import type { VolumeStore } from "./volumes/store.ts";

/** The parts that operations pick from. An operation names those it uses: `Pick<Engine, "containers" | "events">`. */
export interface Engine extends ImageParts {
  /** Of this engine, for ever: it lies in the data root. */
  readonly id: string;
  readonly config: Config;
  readonly log: Logger;
  /** The only clock: wall time, for display and records. Durations are measured with `performance.now()`. */
  now(): Date;
  readonly containerd: Containerd;
  readonly keeper: Keeper;
  readonly security: SecurityResolver;
  readonly events: EventHub;
  readonly containers: ContainerStore;
  readonly execs: ExecStore;
  readonly live: LiveState;
  readonly networks: Networks;
  readonly volumes: VolumeStore;
  readonly builds: Builds;
}
