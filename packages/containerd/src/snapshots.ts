import { type Info as InfoMessage, Kind, Snapshots as Service } from "./gen/snapshots_pb.ts";
import { type LabelChanges, type Labels, labelUpdate } from "./labels.ts";
import { type Mount, mountOf } from "./mount.ts";
import { present } from "./present.ts";
import type { CallOptions, Rpc } from "./rpc.ts";
import { dateOf } from "./timestamp.ts";

/** `committed` is read-only and can be a parent; `active` is writable; `view` is a read-only mount of a parent. */
export type SnapshotKind = "unknown" | "view" | "active" | "committed";

/** A layer or a writable root. */
export interface SnapshotRecord {
  readonly name: string;
  /** "" at the bottom. */
  readonly parent: string;
  readonly kind: SnapshotKind;
  readonly labels: Labels;
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}

/** What {@link Snapshots.prepare} and {@link Snapshots.view} take. */
export interface NewSnapshot {
  readonly key: string;
  /** Name of a committed snapshot; absent for an empty root. */
  readonly parent?: string;
  readonly labels?: Labels;
}

/** What {@link Snapshots.commit} takes: the active snapshot `key` becomes the committed `name`. */
export interface SnapshotCommit {
  readonly key: string;
  readonly name: string;
  readonly labels?: Labels;
}

/** Space that a snapshot takes itself, without its parents. */
export interface SnapshotUsage {
  readonly sizeBytes: number;
  readonly inodes: number;
}

/**
 * One snapshotter of containerd (`services/snapshots/v1`). Unknown names are `not-found`, names in use `conflict`
 * (`already-exists`), removing a parent of others `conflict` (`failed-precondition`).
 */
export interface Snapshots {
  readonly snapshotter: string;
  /** Makes a writable snapshot and resolves to its mounts, which nobody has mounted. */
  prepare(snapshot: NewSnapshot, options?: CallOptions): Promise<Mount[]>;
  /** Makes a read-only one. */
  view(snapshot: NewSnapshot, options?: CallOptions): Promise<Mount[]>;
  /** The mounts of an active snapshot or view. */
  mounts(key: string, options?: CallOptions): Promise<Mount[]>;
  /** Measures the snapshot's files, so it may take seconds; no time limit but the signal. */
  commit(commit: SnapshotCommit, options?: CallOptions): Promise<void>;
  stat(key: string, options?: CallOptions): Promise<SnapshotRecord>;
  updateLabels(key: string, changes: LabelChanges, options?: CallOptions): Promise<SnapshotRecord>;
  list(filters?: readonly string[], options?: CallOptions): Promise<SnapshotRecord[]>;
  /** An active snapshot is measured now, a committed one was when it was committed. */
  usage(key: string, options?: CallOptions): Promise<SnapshotUsage>;
  /** Forgets the snapshot; the collector deletes its files when it runs next. */
  remove(key: string, options?: CallOptions): Promise<void>;
}

/** The service of one snapshotter of a connection. */
export function createSnapshots(rpc: Rpc, snapshotter: string): Snapshots {
  const method = Service.method;
  const quick = (options?: CallOptions) => ({ ...options, preconditionIsConflict: true });
  const unlimited = (options?: CallOptions) => ({ ...quick(options), timeoutMs: undefined });

  return {
    snapshotter,
    prepare: async (snapshot, options) =>
      (await rpc.unary(method.prepare, { snapshotter, ...newInit(snapshot) }, quick(options))).mounts.map(mountOf),
    view: async (snapshot, options) =>
      (await rpc.unary(method.view, { snapshotter, ...newInit(snapshot) }, quick(options))).mounts.map(mountOf),
    mounts: async (key, options) =>
      (await rpc.unary(method.mounts, { snapshotter, key }, quick(options))).mounts.map(mountOf),
    commit: async ({ key, name, labels }, options) => {
      await rpc.unary(method.commit, { snapshotter, key, name, labels: { ...labels } }, unlimited(options));
    },
    stat: async (key, options) => recordOf((await rpc.unary(method.stat, { snapshotter, key }, quick(options))).info),
    updateLabels: async (key, changes, options) => {
      const { labels, updateMask } = labelUpdate(changes);
      const request = { snapshotter, info: { name: key, labels }, updateMask };
      return recordOf((await rpc.unary(method.update, request, quick(options))).info);
    },
    list: async (filters = [], options) => {
      const records: SnapshotRecord[] = [];
      const pages = rpc.serverStream(method.list, { snapshotter, filters: [...filters] }, quick(options));
      for await (const { info } of pages) records.push(...info.map(recordOf));
      return records;
    },
    usage: async (key, options) => {
      const { size, inodes } = await rpc.unary(method.usage, { snapshotter, key }, unlimited(options));
      return { sizeBytes: Number(size), inodes: Number(inodes) };
    },
    remove: async (key, options) => {
      await rpc.unary(method.remove, { snapshotter, key }, quick(options));
    },
  };
}

function newInit({ key, parent = "", labels }: NewSnapshot) {
  return { key, parent, labels: { ...labels } };
}

const kindNames: Readonly<Record<Kind, SnapshotKind>> = {
  [Kind.UNKNOWN]: "unknown",
  [Kind.VIEW]: "view",
  [Kind.ACTIVE]: "active",
  [Kind.COMMITTED]: "committed",
};

function recordOf(message: InfoMessage | undefined): SnapshotRecord {
  const { name, parent, kind, labels, createdAt, updatedAt } = present(message, "info");
  return {
    name,
    parent,
    kind: kindNames[kind] ?? "unknown",
    labels,
    createdAt: dateOf(createdAt),
    updatedAt: dateOf(updatedAt),
  };
}
