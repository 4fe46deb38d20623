import type { Volume, VolumeListResponse, VolumePruneResponse } from "@docker/node-sdk";
import * as v from "valibot";
import { endpoint, reply } from "./endpoint.ts";
import { bool, filters, text } from "./query.ts";
import { looseObject, optional, stringMap } from "./schema.ts";

export type { MountPoint as MountReply, Volume, VolumeListResponse, VolumePruneResponse } from "@docker/node-sdk";

/** Body of `POST /volumes/create`. */
export const volumeCreateBody = looseObject({
  Name: optional(v.string()),
  Driver: optional(v.string()),
  DriverOpts: optional(stringMap),
  Labels: optional(stringMap),
  ClusterVolumeSpec: optional(looseObject({})),
});
export type VolumeCreateBody = v.InferOutput<typeof volumeCreateBody>;

export const volumeList = endpoint({
  kind: "json",
  method: "GET",
  path: "/volumes",
  /** `size` is tdock's own: with it, `UsageData` is filled, which takes a walk through every volume. */
  query: { filters, size: bool },
  reply: reply<VolumeListResponse>(),
});

export const volumeCreate = endpoint({
  kind: "json",
  method: "POST",
  path: "/volumes/create",
  body: volumeCreateBody,
  status: 201,
  reply: reply<Volume>(),
});

export const volumePrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/volumes/prune",
  query: { filters },
  reply: reply<VolumePruneResponse>(),
});

export const volumeInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/volumes/:name",
  reply: reply<Volume>(),
});

export const volumeRemove = endpoint({
  kind: "json",
  method: "DELETE",
  path: "/volumes/:name",
  query: { force: bool },
});

/** tdock's own: the volume's files as a tar archive. */
export const volumeExport = endpoint({ kind: "stream", method: "GET", path: "/volumes/:name/export" });

/** tdock's own: unpacks a tar archive into the volume, which must exist. */
export const volumeImport = endpoint({
  kind: "json",
  method: "POST",
  path: "/volumes/:name/import",
  bodyStream: true,
});

/** tdock's own: a new volume with the files, owners and modes of another. */
export const volumeClone = endpoint({
  kind: "json",
  method: "POST",
  path: "/volumes/:name/clone",
  query: { to: text },
  status: 201,
  reply: reply<Volume>(),
});
