import type { ExecCreateBody } from "@tdock/api/exec";

export type ExecStatus =
  | { readonly kind: "created" }
  | { readonly kind: "running"; readonly pid: number }
  | { readonly kind: "exited"; readonly pid: number; readonly exitCode: number };

/** One process that is run in a container beside its first one. */
export interface Exec {
  /** 64 hex digits. */
  readonly id: string;
  readonly containerId: string;
  readonly config: ExecCreateBody;
  readonly status: ExecStatus;
}
