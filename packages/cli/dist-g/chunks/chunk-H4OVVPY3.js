import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  integer,
  mapOf,
  optional,
  stringMap,
  strings
} from "./chunk-UGV2ME5Q.js";
import {
  looseObject,
  string
} from "./chunk-LD6ES5PW.js";

// packages/api/src/endpoint-settings.ts
var endpointSettings = looseObject({
  IPAMConfig: optional(
    looseObject({
      IPv4Address: optional(string()),
      IPv6Address: optional(string()),
      LinkLocalIPs: optional(strings)
    })
  ),
  Links: optional(strings),
  MacAddress: optional(string()),
  Aliases: optional(strings),
  DriverOpts: optional(stringMap),
  GwPriority: optional(integer)
});
var networkingConfig = looseObject({
  EndpointsConfig: optional(mapOf(optional(endpointSettings)))
});

export {
  endpointSettings,
  networkingConfig
};
