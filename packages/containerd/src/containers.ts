import { decodeJsonAny, encodeJsonAny, encodeMessageAny, ociTypeUrls } from "./any.ts";
import { type Container as ContainerMessage, Containers as Service } from "./gen/containers_pb.ts";
import { OptionsSchema } from "./gen/runc-options_pb.ts";
import { type LabelChanges, type Labels, labelUpdate } from "./labels.ts";
import { present } from "./present.ts";
import type { CallOptions, Rpc } from "./rpc.ts";
import type { RuncOptions } from "./runc-options.ts";
import { dateOf } from "./timestamp.ts";

/** A container record of containerd: what a task is made from. It runs nothing by itself. */
export interface ContainerRecord {
  readonly id: string;
  readonly labels: Labels;
  /** Name of an image record, or "". Informational. */
  readonly image: string;
  /** E.g. `io.containerd.runc.v2`. */
  readonly runtime: string;
  readonly snapshotter: string;
  readonly snapshotKey: string;
  /** The OCI runtime spec. */
  readonly spec: object | undefined;
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}

/** What {@link Containers.create} takes. */
export interface NewContainer {
  readonly id: string;
  /** The OCI runtime spec. */
  readonly spec: object;
  readonly labels?: Labels;
  readonly image?: string;
  /** Default `io.containerd.runc.v2`. */
  readonly runtime?: string;
  readonly runtimeOptions?: RuncOptions;
  readonly snapshotter?: string;
  /** Key of the active snapshot that is the root; the collector keeps it as long as the record lives. */
  readonly snapshotKey?: string;
}

/** containerd's container records (`services/containers/v1`). Unknown IDs are `not-found`. */
export interface Containers {
  /** `conflict` (`already-exists`) when the ID is in use. */
  create(container: NewContainer, options?: CallOptions): Promise<ContainerRecord>;
  get(id: string, options?: CallOptions): Promise<ContainerRecord>;
  /** `filters` are alternatives in containerd's syntax, e.g. `labels."a.b"==x`; none gives all. */
  list(filters?: readonly string[], options?: CallOptions): Promise<ContainerRecord[]>;
  updateLabels(id: string, changes: LabelChanges, options?: CallOptions): Promise<ContainerRecord>;
  /** Does not touch the task: delete that first. */
  delete(id: string, options?: CallOptions): Promise<void>;
}

/** The containers service of a connection. */
export function createContainers(rpc: Rpc): Containers {
  const { create, get, list, update, delete: remove } = Service.method;

  return {
    create: async (container, options) =>
      recordOf((await rpc.unary(create, { container: containerInit(container) }, options)).container),
    get: async (id, options) => recordOf((await rpc.unary(get, { id }, options)).container),
    list: async (filters = [], options) =>
      (await rpc.unary(list, { filters: [...filters] }, options)).containers.map(recordOf),
    updateLabels: async (id, changes, options) => {
      const { labels, updateMask } = labelUpdate(changes);
      return recordOf((await rpc.unary(update, { container: { id, labels }, updateMask }, options)).container);
    },
    delete: async (id, options) => {
      await rpc.unary(remove, { id }, options);
    },
  };
}

function containerInit(container: NewContainer) {
  const { id, labels, image = "", snapshotter = "", snapshotKey = "", runtimeOptions } = container;
  const options = runtimeOptions && encodeMessageAny(OptionsSchema, runtimeOptions);
  return {
    id,
    labels: { ...labels },
    image,
    snapshotter,
    snapshotKey,
    spec: encodeJsonAny(ociTypeUrls.spec, container.spec),
    runtime: { name: container.runtime ?? "io.containerd.runc.v2", ...(options && { options }) },
  };
}

function recordOf(message: ContainerMessage | undefined): ContainerRecord {
  const container = present(message, "container");
  const { id, labels, image, snapshotter, snapshotKey } = container;
  return {
    id,
    labels,
    image,
    snapshotter,
    snapshotKey,
    runtime: container.runtime?.name ?? "",
    spec: decodeJsonAny(container.spec),
    createdAt: dateOf(container.createdAt),
    updatedAt: dateOf(container.updatedAt),
  };
}
