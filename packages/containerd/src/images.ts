import { type Descriptor, descriptorInit, descriptorOf } from "./descriptor.ts";
import { type Image as ImageMessage, Images as Service } from "./gen/images_pb.ts";
import { type LabelChanges, type Labels, labelUpdate } from "./labels.ts";
import { present } from "./present.ts";
import type { CallOptions, Rpc } from "./rpc.ts";
import { dateOf } from "./timestamp.ts";

/** A name that points at content. The collector keeps what a name reaches through GC labels. */
export interface NamedImage {
  readonly name: string;
  readonly target: Descriptor;
  readonly labels: Labels;
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
}

/** What {@link Images.create} takes. */
export type NewNamedImage = Pick<NamedImage, "name" | "target"> & { readonly labels?: Labels };

/** containerd's image names (`services/images/v1`). Unknown names are `not-found`. */
export interface Images {
  get(name: string, options?: CallOptions): Promise<NamedImage>;
  /** `filters` are alternatives in containerd's syntax, e.g. `target.digest==sha256:…`; none gives all. */
  list(filters?: readonly string[], options?: CallOptions): Promise<NamedImage[]>;
  /** `conflict` (`already-exists`) when the name is in use. */
  create(image: NewNamedImage, options?: CallOptions): Promise<NamedImage>;
  /** Points an existing name at another target and replaces its labels. */
  replace(image: NewNamedImage, options?: CallOptions): Promise<NamedImage>;
  updateLabels(name: string, changes: LabelChanges, options?: CallOptions): Promise<NamedImage>;
  /** `sync` waits until the collector has freed what only this name kept. */
  delete(name: string, options?: CallOptions & { readonly sync?: boolean }): Promise<void>;
}

/** The images service of a connection. */
export function createImages(rpc: Rpc): Images {
  const { get, list, create, update, delete: remove } = Service.method;

  return {
    get: async (name, options) => recordOf((await rpc.unary(get, { name }, options)).image),
    list: async (filters = [], options) =>
      (await rpc.unary(list, { filters: [...filters] }, options)).images.map(recordOf),
    create: async (image, options) => recordOf((await rpc.unary(create, { image: imageInit(image) }, options)).image),
    replace: async (image, options) => {
      const updateMask = { paths: ["target", "labels"] };
      return recordOf((await rpc.unary(update, { image: imageInit(image), updateMask }, options)).image);
    },
    updateLabels: async (name, changes, options) => {
      const { labels, updateMask } = labelUpdate(changes);
      return recordOf((await rpc.unary(update, { image: { name, labels }, updateMask }, options)).image);
    },
    delete: async (name, { sync = false, ...options } = {}) => {
      await rpc.unary(remove, { name, sync }, { ...options, ...(sync && { timeoutMs: undefined }) });
    },
  };
}

function imageInit({ name, target, labels }: NewNamedImage) {
  return { name, target: descriptorInit(target), labels: { ...labels } };
}

function recordOf(message: ImageMessage | undefined): NamedImage {
  const { name, target, labels, createdAt, updatedAt } = present(message, "image");
  return {
    name,
    target: descriptorOf(present(target, "target")),
    labels,
    createdAt: dateOf(createdAt),
    updatedAt: dateOf(updatedAt),
  };
}
