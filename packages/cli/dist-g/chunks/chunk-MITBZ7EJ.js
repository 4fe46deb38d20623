import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  optional,
  stringMap
} from "./chunk-UGV2ME5Q.js";
import {
  bool,
  endpoint,
  filters,
  looseObject,
  reply,
  string,
  text
} from "./chunk-LD6ES5PW.js";

// packages/api/src/volumes.ts
var volumeCreateBody = looseObject({
  Name: optional(string()),
  Driver: optional(string()),
  DriverOpts: optional(stringMap),
  Labels: optional(stringMap),
  ClusterVolumeSpec: optional(looseObject({}))
});
var volumeList = endpoint({
  kind: "json",
  method: "GET",
  path: "/volumes",
  /** `size` is tdock's own: with it, `UsageData` is filled, which takes a walk through every volume. */
  query: { filters, size: bool },
  reply: reply()
});
var volumeCreate = endpoint({
  kind: "json",
  method: "POST",
  path: "/volumes/create",
  body: volumeCreateBody,
  status: 201,
  reply: reply()
});
var volumePrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/volumes/prune",
  query: { filters },
  reply: reply()
});
var volumeInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/volumes/:name",
  reply: reply()
});
var volumeRemove = endpoint({
  kind: "json",
  method: "DELETE",
  path: "/volumes/:name",
  query: { force: bool }
});
var volumeExport = endpoint({ kind: "stream", method: "GET", path: "/volumes/:name/export" });
var volumeImport = endpoint({
  kind: "json",
  method: "POST",
  path: "/volumes/:name/import",
  bodyStream: true
});
var volumeClone = endpoint({
  kind: "json",
  method: "POST",
  path: "/volumes/:name/clone",
  query: { to: text },
  status: 201,
  reply: reply()
});

export {
  volumeList,
  volumeCreate,
  volumePrune,
  volumeInspect,
  volumeRemove,
  volumeExport,
  volumeImport,
  volumeClone
};
