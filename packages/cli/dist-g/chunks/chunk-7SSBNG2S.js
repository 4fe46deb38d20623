import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  bool,
  endpoint,
  filters,
  int,
  reply,
  text,
  texts
} from "./chunk-LD6ES5PW.js";

// packages/api/src/images.ts
var headers = { registryAuth: "x-registry-auth" };
var imageList = endpoint({
  kind: "json",
  method: "GET",
  path: "/images/json",
  query: { all: bool, filters, "shared-size": bool, digests: bool, manifests: bool },
  reply: reply()
});
var imagePull = endpoint({
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
    platform: text
  },
  headers
});
var imageInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/images/*name/json",
  query: { manifests: bool, platform: text },
  reply: reply()
});
var imageHistory = endpoint({
  kind: "json",
  method: "GET",
  path: "/images/*name/history",
  query: { platform: text },
  reply: reply()
});
var imageTag = endpoint({
  kind: "json",
  method: "POST",
  path: "/images/*name/tag",
  query: { repo: text, tag: text },
  status: 201
});
var imageRemove = endpoint({
  kind: "json",
  method: "DELETE",
  path: "/images/*name",
  query: { force: bool, noprune: bool, platforms: texts },
  reply: reply()
});
var imagePrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/images/prune",
  query: { filters },
  reply: reply()
});
var imagePush = endpoint({
  kind: "stream",
  method: "POST",
  path: "/images/*name/push",
  query: { tag: text, platform: text },
  headers
});
var imageSave = endpoint({
  kind: "stream",
  method: "GET",
  path: "/images/get",
  query: { names: texts, platform: texts }
});
var imageLoad = endpoint({
  kind: "stream",
  method: "POST",
  path: "/images/load",
  query: { quiet: bool, platform: texts },
  bodyStream: true
});
var imageSearch = endpoint({
  kind: "json",
  method: "GET",
  path: "/images/search",
  query: { term: text, limit: int, filters },
  headers,
  reply: reply()
});

export {
  imageList,
  imagePull,
  imageInspect,
  imageHistory,
  imageTag,
  imageRemove,
  imagePrune
};
