import { type Containers, createContainers } from "./containers.ts";
import { type Content, createContent } from "./content.ts";
import { createDiff, type Diff } from "./diff.ts";
import { createEvents, type Events } from "./events.ts";
import { GrpcConnection } from "./grpc-connection.ts";
import { createImages, type Images } from "./images.ts";
import { createIntrospection, type Introspection } from "./introspection.ts";
import { createLeases, type Leases } from "./leases.ts";
import { createNamespaces, type Namespaces } from "./namespaces.ts";
import { createRpc } from "./rpc.ts";
import { createSnapshots, type Snapshots } from "./snapshots.ts";
import { createTasks, type Tasks } from "./tasks.ts";

/** Where containerd listens, and the part of it to speak of. */
export interface ContainerdOptions {
  /** Path of its Unix socket, e.g. `/run/containerd/containerd.sock`. */
  readonly address: string;
  /** The containerd namespace of every call. It need not exist: see {@link Namespaces.ensure}. */
  readonly namespace: string;
  /** Name of the snapshotter behind {@link Containerd.snapshots}; default `overlayfs`. */
  readonly snapshotter?: string;
  /** Called whenever an open connection breaks off: containerd has ended. The next call connects again. */
  readonly onLost?: () => void;
}

/** containerd's API in one namespace, over one connection. */
export interface Containerd extends Introspection, AsyncDisposable {
  readonly address: string;
  readonly namespace: string;
  readonly namespaces: Namespaces;
  readonly containers: Containers;
  readonly tasks: Tasks;
  readonly images: Images;
  readonly content: Content;
  readonly snapshots: Snapshots;
  readonly diff: Diff;
  readonly leases: Leases;
  readonly events: Events;
}

/**
 * A client of containerd 1.6.20 or newer. It connects with the first call and again with the next one after the
 * connection was lost; calls are never repeated, so during a restart of containerd they fail with `unavailable`
 * (`disconnected`) at once. Every error is a TdockError with the code of the gRPC status. Disposing of it ends all calls.
 */
export function connectContainerd(options: ContainerdOptions): Containerd {
  const { address, namespace, snapshotter = "overlayfs" } = options;
  const connection = new GrpcConnection(address, options.onLost);
  const rpc = createRpc(connection, namespace);
  return {
    address,
    namespace,
    ...createIntrospection(rpc),
    namespaces: createNamespaces(rpc),
    containers: createContainers(rpc),
    tasks: createTasks(rpc),
    images: createImages(rpc),
    content: createContent(rpc),
    snapshots: createSnapshots(rpc, snapshotter),
    diff: createDiff(rpc),
    leases: createLeases(rpc),
    events: createEvents(rpc),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
