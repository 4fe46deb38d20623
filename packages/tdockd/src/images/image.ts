import type { ImageManifest } from "../registry/manifest.ts";
import type { ImageHistoryEntry, ImageRunConfig } from "./image-config.ts";

/** A blob by its content, with its kind. */
export interface BlobReference {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** What a name points at: content, as containerd keeps it. */
export interface Target extends BlobReference {
  /** Which image of an index is meant (`linux/arm64`); this machine's when absent. */
  readonly platform?: string;
}

/** Equal for targets that are the same image. */
export function targetKey({ digest, platform }: Pick<Target, "digest" | "platform">): string {
  return platform === undefined ? digest : `${digest} ${platform}`;
}

/** An image for one platform, whose manifest, configuration and layers are here. */
export interface ImageRecord {
  /** Digest of the configuration: what Docker calls the image's ID. */
  readonly id: string;
  /** What the names point at: an index, or the manifest itself. */
  readonly target: Target;
  readonly manifestBlob: BlobReference;
  readonly manifest: Pick<ImageManifest, "config" | "layers" | "annotations">;
  /** containerd's names for the target, Docker's references among them. */
  readonly names: readonly string[];
  /** Those of them that nothing is to remove unasked. */
  readonly pinnedNames: readonly string[];
  /** `busybox:1.36`, sorted. */
  readonly repoTags: readonly string[];
  /** `busybox@sha256:…`, sorted. */
  readonly repoDigests: readonly string[];
  /** What containers inherit. */
  readonly config: ImageRunConfig;
  readonly diffIds: readonly string[];
  /** Name of the top layer's snapshot; "" for an image without layers. */
  readonly chainId: string;
  readonly os: string;
  readonly architecture: string;
  readonly variant: string | undefined;
  readonly osVersion: string | undefined;
  readonly author: string | undefined;
  /** RFC 3339, as the image says; undefined when it does not or what it says is no date. */
  readonly createdAt: string | undefined;
  readonly history: readonly ImageHistoryEntry[];
  /** Bytes of the blobs: manifest, configuration and compressed layers. */
  readonly contentBytes: number;
}
