import type { NetworkCreateResponse, NetworkInspect, NetworkPruneResponse, NetworkSummary } from "@docker/node-sdk";
import * as v from "valibot";
import { endpoint, reply } from "./endpoint.ts";
import { endpointSettings } from "./endpoint-settings.ts";
import { bool, filters, text } from "./query.ts";
import { looseObject, optional, stringMap } from "./schema.ts";

export type {
  EndpointResource,
  EndpointSettings as EndpointReply,
  NetworkCreateResponse,
  NetworkInspect,
  NetworkPruneResponse,
  NetworkSettings,
  NetworkSummary,
} from "@docker/node-sdk";

const ipamConfig = looseObject({
  Subnet: optional(v.string()),
  IPRange: optional(v.string()),
  Gateway: optional(v.string()),
  AuxiliaryAddresses: optional(stringMap),
});

/** Body of `POST /networks/create`. */
export const networkCreateBody = looseObject({
  Name: v.string(),
  Driver: optional(v.string()),
  Scope: optional(v.string()),
  Internal: optional(v.boolean()),
  Attachable: optional(v.boolean()),
  Ingress: optional(v.boolean()),
  ConfigOnly: optional(v.boolean()),
  ConfigFrom: optional(looseObject({ Network: optional(v.string()) })),
  IPAM: optional(
    looseObject({
      Driver: optional(v.string()),
      Config: optional(v.array(ipamConfig)),
      Options: optional(stringMap),
    }),
  ),
  EnableIPv4: optional(v.boolean()),
  EnableIPv6: optional(v.boolean()),
  Options: optional(stringMap),
  Labels: optional(stringMap),
  /** Sent by older clients; names are always unique here. */
  CheckDuplicate: optional(v.boolean()),
});
export type NetworkCreateBody = v.InferOutput<typeof networkCreateBody>;
export type IpamConfig = v.InferOutput<typeof ipamConfig>;

export const networkList = endpoint({
  kind: "json",
  method: "GET",
  path: "/networks",
  query: { filters },
  reply: reply<NetworkSummary[]>(),
});

export const networkCreate = endpoint({
  kind: "json",
  method: "POST",
  path: "/networks/create",
  body: networkCreateBody,
  status: 201,
  reply: reply<NetworkCreateResponse>(),
});

export const networkPrune = endpoint({
  kind: "json",
  method: "POST",
  path: "/networks/prune",
  query: { filters },
  reply: reply<NetworkPruneResponse>(),
});

export const networkInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/networks/:id",
  query: { verbose: bool, scope: text },
  reply: reply<NetworkInspect>(),
});

export const networkRemove = endpoint({ kind: "json", method: "DELETE", path: "/networks/:id" });

export const networkConnect = endpoint({
  kind: "json",
  method: "POST",
  path: "/networks/:id/connect",
  body: looseObject({ Container: v.string(), EndpointConfig: optional(endpointSettings) }),
  status: 200,
});

export const networkDisconnect = endpoint({
  kind: "json",
  method: "POST",
  path: "/networks/:id/disconnect",
  body: looseObject({ Container: v.string(), Force: optional(v.boolean()) }),
  status: 200,
});
