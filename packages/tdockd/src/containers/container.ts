import type { ContainerConfig } from "@tdock/api/container-config";
import type { EndpointSettings } from "@tdock/api/endpoint-settings";
import type { HostConfig } from "@tdock/api/host-config";
import { TdockError } from "@tdock/errors/error";
import type { MountPoint } from "../volumes/mount-point.ts";
import type { Health } from "./health.ts";

/** What a container is doing: one value, each state with its own fields. Times are RFC 3339. */
export type Status =
  /** `failure`: it was to be started and could not be. */
  | { readonly kind: "created"; readonly failure?: { readonly exitCode: number; readonly error: string } }
  | RunningStatus
  | { readonly kind: "paused"; readonly pid: number; readonly startedAt: string; readonly health?: Health }
  | ({ readonly kind: "restarting" } & Ended)
  | ({ readonly kind: "exited" } & Ended)
  /** Being removed, or beyond repair: only `rm` is possible. */
  | ({ readonly kind: "dead" } & Ended);

export interface RunningStatus {
  readonly kind: "running";
  readonly pid: number;
  readonly startedAt: string;
  readonly health?: Health;
}

export interface Ended {
  readonly exitCode: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly oomKilled: boolean;
  /** Why it could not be started, in the words the user was told. */
  readonly error: string;
}

/** What tdockd keeps of a container: what is wanted. What is, containerd tells. */
export interface Container {
  /** 64 hex digits. */
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly createdAt: string;
  /** `sha256:…` of the image's configuration. */
  readonly imageId: string;
  /** The image's manifest for this platform. */
  readonly manifest: { readonly mediaType: string; readonly digest: string; readonly size: number };
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string | undefined };
  /** Snapshot that the container's own one lies on; empty for an image without layers. */
  readonly parentSnapshot: string;
  /** The caller's over the image's. */
  readonly config: ContainerConfig;
  readonly hostConfig: HostConfig;
  /** Networks as they were asked for; name -> endpoint. */
  readonly endpoints: Readonly<Record<string, EndpointSettings>>;
  readonly mounts: readonly MountPoint[];
  readonly status: Status;
  /** How often the restart policy has started it again. */
  readonly restartCount: number;
  /** It was stopped by hand: `unless-stopped` then leaves it alone. */
  readonly stoppedByUser: boolean;
}

export function isRunning(container: Container): container is Container & { readonly status: RunningStatus } {
  return container.status.kind === "running";
}

/** Whether it has a live process, paused or not. */
export function isAlive(container: Container): boolean {
  return container.status.kind === "running" || container.status.kind === "paused";
}

export function isDead(container: Container): boolean {
  return container.status.kind === "dead";
}

/** The process to act on. Throws `conflict`, in Docker's words, when there is none. */
export function pidOf(container: Container): number {
  const { status } = container;
  if (status.kind === "running" || status.kind === "paused") return status.pid;
  throw notRunning(container);
}

export function notRunning(container: Container): TdockError {
  return new TdockError("conflict", `container ${container.id} is not running`, { reason: "not-running" });
}

export function isTty(container: Container): boolean {
  return container.config.Tty === true;
}

/** Seconds between the stop signal and SIGKILL. */
export function stopTimeoutOf(container: Container): number {
  return container.config.StopTimeout ?? 10;
}
