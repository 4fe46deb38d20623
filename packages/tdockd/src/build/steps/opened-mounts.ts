import type { Engine } from "../../engine.ts";
import type { OciMount } from "../../runtime/spec/oci.ts";
import type { CacheMounts } from "../cache/cache-mounts.ts";
import type { PlacedMount } from "../plan/operation.ts";
import type { Source } from "./source.ts";

/** What a step's mounts are made from. */
export interface MountContext {
  readonly engine: Pick<Engine, "config" | "containerd">;
  readonly cacheMounts: CacheMounts;
  /** Distinguishes equal cache IDs of different projects. */
  readonly cacheNamespace: string;
  /** Gets the name of each cache mount that a step uses, and what people know it by. */
  readonly usedMounts: Map<string, string>;
  /** Fills a new cache mount from the caches that the build was given; whether one had it. */
  importMount(name: string, folder: string): Promise<boolean>;
  /** A folder of the step in the exec root: sockets, secrets, mount points. */
  readonly folder: string;
  /** A folder of the step in the data root: files that are laid out for it. */
  readonly scratch: string;
  readonly signal: AbortSignal;
  sourceOf(mount: PlacedMount): Promise<Source>;
  /** A secret's bytes, or `undefined` when the client has none of that ID. */
  secret(id: string): Promise<Uint8Array | undefined>;
  /** Listens on a socket at `path` and passes connections on to the client's agent; `false` when it has none. */
  forwardAgent(id: string, path: string): Promise<AsyncDisposable | undefined>;
}

/** The mounts of one RUN, ready to be put into its spec. Disposing of it undoes them. */
export interface StepMounts extends AsyncDisposable {
  readonly mounts: readonly OciMount[];
  /** Variables that secrets and agents bring. */
  readonly env: readonly string[];
  /** What the step is not to print. */
  readonly secrets: readonly Uint8Array[];
}

/** With the number of the mount in its step, which keeps names apart. */
export type IndexedContext = MountContext & { readonly index: number };

/** Collects mounts as they are made, and what takes them away again. */
export class OpenedMounts implements StepMounts {
  readonly mounts: OciMount[] = [];
  readonly env: string[] = [];
  readonly secrets: Uint8Array[] = [];
  private readonly undo: (() => unknown)[] = [];

  /** Runs when the mounts are taken away, the last first. */
  defer(undo: () => unknown): void {
    this.undo.push(undo);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let undo = this.undo.pop(); undo !== undefined; undo = this.undo.pop()) await undo();
  }
}
