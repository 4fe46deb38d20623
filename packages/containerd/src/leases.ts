import { type Lease as LeaseMessage, Leases as Service } from "./gen/leases_pb.ts";
import type { Labels } from "./labels.ts";
import { present } from "./present.ts";
import type { CallOptions, Rpc } from "./rpc.ts";
import { dateOf } from "./timestamp.ts";

/** Keeps its resources from the collector until it is deleted or expires. */
export interface Lease {
  readonly id: string;
  readonly labels: Labels;
  readonly createdAt: Date | undefined;
}

/** What {@link Leases.create} takes. */
export interface NewLease {
  readonly id: string;
  readonly labels?: Labels;
  /** When the collector may ignore the lease, in case nobody comes back to delete it. */
  readonly expiresAt?: Date;
}

/** Something a lease keeps: `{type: "content", id: "sha256:…"}`, `{type: "snapshots/overlayfs", id: key}`, `ingests`. */
export interface LeaseResource {
  readonly type: string;
  readonly id: string;
}

/** containerd's leases (`services/leases/v1`). Unknown IDs are `not-found`. */
export interface Leases {
  /** `conflict` (`already-exists`) when the ID is in use. */
  create(lease: NewLease, options?: CallOptions): Promise<Lease>;
  /** `sync` waits until the collector has freed what only this lease kept. */
  delete(id: string, options?: CallOptions & { readonly sync?: boolean }): Promise<void>;
  list(filters?: readonly string[], options?: CallOptions): Promise<Lease[]>;
  addResource(id: string, resource: LeaseResource, options?: CallOptions): Promise<void>;
  deleteResource(id: string, resource: LeaseResource, options?: CallOptions): Promise<void>;
  listResources(id: string, options?: CallOptions): Promise<LeaseResource[]>;
}

/** The leases service of a connection. */
export function createLeases(rpc: Rpc): Leases {
  const method = Service.method;

  return {
    create: async ({ id, labels, expiresAt }, options) => {
      const expiry: Labels = expiresAt ? { "containerd.io/gc.expire": expiresAt.toISOString() } : {};
      return recordOf((await rpc.unary(method.create, { id, labels: { ...labels, ...expiry } }, options)).lease);
    },
    delete: async (id, { sync = false, ...options } = {}) => {
      await rpc.unary(method.delete, { id, sync }, { ...options, ...(sync && { timeoutMs: undefined }) });
    },
    list: async (filters = [], options) =>
      (await rpc.unary(method.list, { filters: [...filters] }, options)).leases.map(recordOf),
    addResource: async (id, resource, options) => {
      await rpc.unary(method.addResource, { id, resource }, options);
    },
    deleteResource: async (id, resource, options) => {
      await rpc.unary(method.deleteResource, { id, resource }, options);
    },
    listResources: async (id, options) =>
      (await rpc.unary(method.listResources, { id }, options)).resources.map(({ type, id }) => ({ type, id })),
  };
}

function recordOf(message: LeaseMessage | undefined): Lease {
  const { id, labels, createdAt } = present(message, "lease");
  return { id, labels, createdAt: dateOf(createdAt) };
}
