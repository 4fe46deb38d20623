import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Containerd } from "@tdock/containerd/connect";
import type { Logger } from "pino";
import type { Config } from "../config.ts";
import { defaultRegistrySettings, RegistryClient } from "../registry/client.ts";
import { ArrivalLease } from "./arrival-lease.ts";
import { Arrivals } from "./arrivals.ts";
import { BlobStore } from "./blob-store.ts";
import { DiskSync } from "./disk-sync.ts";
import { DownloadFolder } from "./download.ts";
import { LastUse } from "./last-use.ts";
import { LayerSizes } from "./layer-sizes.ts";
import { LayerStore } from "./layer-store.ts";
import { ImageStore } from "./store.ts";
import { UnsyncedImages } from "./unsynced-images.ts";

/** What operations on images pick from. */
export interface ImageParts {
  readonly images: ImageStore;
  /** The content store's blobs, as files. */
  readonly blobs: BlobStore;
  /** Unpacked layers, as containerd's snapshots. */
  readonly layers: LayerStore;
  /** Layers that are on their way from registries. */
  readonly arrivals: Arrivals;
  /** Keeps what no image refers to yet. */
  readonly arrivalLease: ArrivalLease;
  readonly layerSizes: LayerSizes;
  /** When images were last run or built upon. */
  readonly lastUse: LastUse;
  readonly disk: DiskSync;
  readonly unsynced: UnsyncedImages;
  /** Folder on the content store's file system for what is being loaded. */
  readonly arrivingFolder: string;
  readonly registry: RegistryClient;
}

/** Opens the parts, and clears away what an earlier tdockd was in the middle of. */
export async function openImages(
  containerd: Containerd,
  config: Pick<Config, "certsDirs" | "dataRoot" | "insecureRegistries" | "proxies">,
  { log, now }: { readonly log: Logger; now(): Date },
): Promise<ImageParts> {
  const folder = join(config.dataRoot, "images");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const arrivalLease = new ArrivalLease(containerd);
  const disk = new DiskSync(folder);
  const arrivingFolder = join(folder, "downloads");
  const [blobs, downloads, lastUse, unsynced] = await Promise.all([
    BlobStore.open(containerd, disk),
    DownloadFolder.open(arrivingFolder, now()),
    LastUse.open(join(folder, "last-use.json"), log),
    UnsyncedImages.open(join(folder, "unsynced.json"), { disk, log }),
    arrivalLease.recover(),
  ]);
  const layers = await LayerStore.open({ containerd, blobs, disk }, join(folder, "staging"));
  const { certsDirs, insecureRegistries, proxies } = config;
  return {
    images: new ImageStore({ containerd, blobs, log }),
    blobs,
    layers,
    arrivals: new Arrivals({ blobs, layers, downloads, lease: arrivalLease }),
    arrivalLease,
    layerSizes: new LayerSizes(containerd),
    lastUse,
    disk,
    unsynced,
    arrivingFolder,
    registry: new RegistryClient({ ...defaultRegistrySettings, certsDirs, insecureRegistries, proxies }),
  };
}
