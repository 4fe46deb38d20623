import type { Containerd } from "@tdock/containerd/connect";
import { isError } from "@tdock/errors/error";
import { linkedLayerLabel } from "./built-layer.ts";

export interface Layer {
  readonly name: string;
  readonly parent: string;
  /** What the layer takes unpacked, without those below. */
  readonly bytes: number;
  /** Where its files lie, when some of them may be those of other layers as well. */
  readonly linkedFolder: string | undefined;
}

/** Space of unpacked layers. A committed snapshot does not change, so each is asked for once, by however many at a time. */
export class LayerSizes {
  readonly #snapshots: Containerd["snapshots"];
  readonly #known = new Map<string, Layer>();
  readonly #asked = new Map<string, Promise<Layer | undefined>>();

  constructor({ snapshots }: Pick<Containerd, "snapshots">) {
    this.#snapshots = snapshots;
  }

  /** A layer and all below it, topmost first; empty when it is not unpacked. */
  async stack(chainId: string): Promise<readonly Layer[]> {
    const layers: Layer[] = [];
    for (let name = chainId; name !== ""; ) {
      const layer = this.#known.get(name) ?? (await this.#ask(name));
      if (layer === undefined) break;
      layers.push(layer);
      name = layer.parent;
    }
    return layers;
  }

  /** Bytes of a layer and all below it. */
  async stackBytes(chainId: string): Promise<number> {
    return (await this.stack(chainId)).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #ask(name: string): Promise<Layer | undefined> {
    const asked = this.#asked.get(name) ?? this.#read(name).finally(() => this.#asked.delete(name));
    this.#asked.set(name, asked);
    return asked;
  }

  async #read(name: string): Promise<Layer | undefined> {
    try {
      const [stat, usage] = await Promise.all([this.#snapshots.stat(name), this.#snapshots.usage(name)]);
      const linkedFolder = stat.labels[linkedLayerLabel];
      const layer = { name, parent: stat.parent, bytes: usage.sizeBytes, linkedFolder };
      this.#known.set(name, layer);
      return layer;
    } catch (thrown) {
      if (isError(thrown, "not-found")) return undefined;
      throw thrown;
    }
  }
}
