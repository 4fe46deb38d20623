import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  endpointSettings
} from "./chunk-H4OVVPY3.js";
import {
  optional,
  stringMap
} from "./chunk-UGV2ME5Q.js";
import {
  array,
  bool,
  boolean,
  endpoint,
  filters,
  looseObject,
  reply,
  string,
  text
} from "./chunk-LD6ES5PW.js";

// packages/api/src/networks.ts
var ipamConfig = looseObject({
  Subnet: optional(string()),
  IPRange: optional(string()),
  Gateway: optional(string()),
  AuxiliaryAddresses: optional(stringMap)
});
var networkCreateBody = looseObject({
  Name: string(),
  Driver: optional(string()),
  Scope: optional(string()),
  Internal: optional(boolean()),
  Attachable: optional(boolean()),
  Ingress: optional(boolean()),
  ConfigOnly: optional(boolean()),
  ConfigFrom: optional(looseObject({ Network: optional(string()) })),
  IPAM: optional(
    looseObject({
      Driver: optional(string()),
      Config: optional(array(ipamConfig)),
      Options: optional(stringMap)
    })
  ),
  EnableIPv4: optional(boolean()),
  EnableIPv6: optional(boolean()),
  Options: optional(stringMap),
  Labels: optional(stringMap),
  /** Sent by older clients; names are always unique here. */
  CheckDuplicate: optional(boolean())
});
var networkList = endpoint({
  kind: "json",
  method: "GET",
  path: "/networks",
  query: { filters },
  reply: reply()
});
var networkCreate = endpoint({
  kind: "json",
  method: "POST",
  path: "/networks/create",
  body: networkCreateBody,
  status: 201,
  reply: reply()
});
var networkPrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/networks/prune",
  query: { filters },
  reply: reply()
});
var networkInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/networks/:id",
  query: { verbose: bool, scope: text },
  reply: reply()
});
var networkRemove = endpoint({ kind: "json", method: "DELETE", path: "/networks/:id" });
var networkConnect = endpoint({
  kind: "json",
  method: "POST",
  path: "/networks/:id/connect",
  body: looseObject({ Container: string(), EndpointConfig: optional(endpointSettings) }),
  status: 200
});
var networkDisconnect = endpoint({
  kind: "json",
  method: "POST",
  path: "/networks/:id/disconnect",
  body: looseObject({ Container: string(), Force: optional(boolean()) }),
  status: 200
});

export {
  networkList,
  networkCreate,
  networkPrune,
  networkInspect,
  networkRemove,
  networkConnect,
  networkDisconnect
};
