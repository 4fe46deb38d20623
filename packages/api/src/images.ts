import type {
  ImageSummary as DockerImageSummary,
  HistoryResponseItem,
  ImageDeleteResponseItem,
  ImageInspect,
  ImagePruneResponse,
  ImageSearchResponseItem,
} from "@docker/node-sdk";
import { endpoint, reply } from "./endpoint.ts";
import { bool, filters, int, text, texts } from "./query.ts";

export type {
  HistoryResponseItem,
  ImageDeleteResponseItem,
  ImageInspect,
  ImageManifestSummary,
  ImagePruneResponse,
  ImageSearchResponseItem,
} from "@docker/node-sdk";

/** What Docker lists of an image, and what tdock adds. */
export interface ImageSummary extends DockerImageSummary {
  /** Those of its names that are pinned; left out where none is. */
  readonly Pinned?: readonly string[];
}

/** Request header with the credentials of the image's registry. */
const headers = { registryAuth: "x-registry-auth" };

export const imageList = endpoint({
  kind: "json",
  method: "GET",
  path: "/images/json",
  query: { all: bool, filters, "shared-size": bool, digests: bool, manifests: bool },
  reply: reply<ImageSummary[]>(),
});

/**
 * Pulls (`fromImage`), or makes an image of the archive in the body (`fromSrc=-`) or at an address: a JSON message
 * stream. Not Docker's are `locked`: the digest that the tag has to have; `discard`: whether blobs of layers that are
 * unpacked are let go; `verify`: whether what is here already is read through first.
 */
export const imagePull = endpoint({
  kind: "stream",
  method: "POST",
  path: "/images/create",
  query: {
    fromImage: text,
    fromSrc: text,
    repo: text,
    tag: text,
    message: text,
    changes: texts,
    platform: text,
    locked: text,
    discard: bool,
    verify: bool,
  },
  headers,
  bodyStream: "optional",
});

export const imageInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/images/*name/json",
  query: { manifests: bool, platform: text },
  reply: reply<ImageInspect>(),
});

export const imageHistory = endpoint({
  kind: "json",
  method: "GET",
  path: "/images/*name/history",
  query: { platform: text },
  reply: reply<HistoryResponseItem[]>(),
});

export const imageTag = endpoint({
  kind: "json",
  method: "POST",
  path: "/images/*name/tag",
  query: { repo: text, tag: text },
  status: 201,
});

/** Keeps an image from prune and free, and from removal without force. Not Docker's. */
export const imagePin = endpoint({ kind: "json", method: "POST", path: "/images/*name/pin" });

/** Takes a pin back. Not Docker's. */
export const imageUnpin = endpoint({ kind: "json", method: "POST", path: "/images/*name/unpin" });

export const imageRemove = endpoint({
  kind: "json",
  method: "DELETE",
  path: "/images/*name",
  query: { force: bool, noprune: bool, platforms: texts },
  reply: reply<ImageDeleteResponseItem[]>(),
});

export const imagePrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/images/prune",
  query: { filters },
  reply: reply<ImagePruneResponse>(),
});

export const imagePush = endpoint({
  kind: "stream",
  method: "POST",
  path: "/images/*name/push",
  query: { tag: text, platform: text },
  headers,
});

/**
 * Copies `from` to `to`, from registry to registry, its whole index when it names one; nothing is kept here. Not
 * Docker's. A JSON message stream.
 */
export const imageCopy = endpoint({
  kind: "stream",
  method: "POST",
  path: "/images/copy",
  query: { from: text, to: text },
  headers: { ...headers, sourceAuth: "x-source-auth" },
});

/**
 * Gives an image a twin under the tag `to` whose layers are compressed with zstd (default) or gzip. Not Docker's. A JSON
 * message stream.
 */
export const imageConvert = endpoint({
  kind: "stream",
  method: "POST",
  path: "/images/*name/convert",
  query: { to: text, compression: text, level: int, platform: text },
});

/** A tar archive with the images named. */
export const imageSave = endpoint({
  kind: "stream",
  method: "GET",
  path: "/images/get",
  query: { names: texts, platform: texts },
});

/** A tar archive with one image, or with all tags of a repository. */
export const imageSaveOne = endpoint({
  kind: "stream",
  method: "GET",
  path: "/images/*name/get",
  query: { platform: texts },
});

export const imageLoad = endpoint({
  kind: "stream",
  method: "POST",
  path: "/images/load",
  query: { quiet: bool, platform: texts },
  bodyStream: true,
});

export const imageSearch = endpoint({
  kind: "json",
  method: "GET",
  path: "/images/search",
  query: { term: text, limit: int, filters },
  headers,
  reply: reply<ImageSearchResponseItem[]>(),
});
