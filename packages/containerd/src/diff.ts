import { type Descriptor, descriptorInit, descriptorOf } from "./descriptor.ts";
import { Diff as Service } from "./gen/diff_pb.ts";
import type { Labels } from "./labels.ts";
import { type Mount, mountInit } from "./mount.ts";
import { present } from "./present.ts";
import type { CallOptions, Rpc } from "./rpc.ts";

/** What {@link Diff.create} takes: what `upper` changed over `lower` becomes a layer in the content store. */
export interface NewDiff {
  readonly lower: readonly Mount[];
  readonly upper: readonly Mount[];
  /** Default `application/vnd.oci.image.layer.v1.tar+gzip`. */
  readonly mediaType?: string;
  /** Ingest reference; a name of its own by default. */
  readonly ref?: string;
  readonly labels?: Labels;
}

/** containerd's differ (`services/diff/v1`). Its calls take as long as the layer needs: no time limit but the signal. */
export interface Diff {
  /** Unpacks a layer of the content store onto the mounts. Resolves to the descriptor of the plain tar. */
  apply(layer: Descriptor, mounts: readonly Mount[], options?: CallOptions): Promise<Descriptor>;
  /** Packs a layer. The label `containerd.io/uncompressed` of the blob holds its diff ID. */
  create(diff: NewDiff, options?: CallOptions): Promise<Descriptor>;
}

/** The diff service of a connection. */
export function createDiff(rpc: Rpc): Diff {
  const { apply, diff } = Service.method;

  return {
    apply: async (layer, mounts, options) => {
      const request = { diff: descriptorInit(layer), mounts: mounts.map(mountInit) };
      const reply = await rpc.unary(apply, request, { ...options, timeoutMs: undefined });
      return descriptorOf(present(reply.applied, "applied"));
    },
    create: async ({ lower, upper, mediaType = "", ref = "", labels }, options) => {
      const left = lower.map(mountInit);
      const right = upper.map(mountInit);
      const request = { left, right, mediaType, ref, labels: { ...labels } };
      const reply = await rpc.unary(diff, request, { ...options, timeoutMs: undefined });
      return descriptorOf(present(reply.diff, "diff"));
    },
  };
}
