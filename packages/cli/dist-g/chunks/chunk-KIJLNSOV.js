import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  endpoint,
  filters,
  reply,
  text
} from "./chunk-LD6ES5PW.js";

// packages/api/src/system.ts
var ping = endpoint({ kind: "stream", method: "GET", path: "/_ping" });
var pingHead = endpoint({ kind: "stream", method: "HEAD", path: "/_ping" });
var systemVersion = endpoint({
  kind: "json",
  method: "GET",
  path: "/version",
  reply: reply()
});
var systemInfo = endpoint({ kind: "json", method: "GET", path: "/info", reply: reply() });
var systemEvents = endpoint({
  kind: "stream",
  method: "GET",
  path: "/events",
  query: { since: text, until: text, filters },
  reply: reply()
});

export {
  systemVersion,
  systemInfo,
  systemEvents
};
