import * as v from "valibot";
import { integer, looseObject, mapOf, optional, stringMap, strings } from "./schema.ts";

/** How a container is attached to one network: what was asked for; what came of it is in the reply's type. */
export const endpointSettings = looseObject({
  IPAMConfig: optional(
    looseObject({
      IPv4Address: optional(v.string()),
      IPv6Address: optional(v.string()),
      LinkLocalIPs: optional(strings),
    }),
  ),
  Links: optional(strings),
  MacAddress: optional(v.string()),
  Aliases: optional(strings),
  DriverOpts: optional(stringMap),
  GwPriority: optional(integer),
});

/** Network name or id -> endpoint. */
export const networkingConfig = looseObject({
  EndpointsConfig: optional(mapOf(optional(endpointSettings))),
});

export type EndpointSettings = v.InferOutput<typeof endpointSettings>;
export type NetworkingConfig = v.InferOutput<typeof networkingConfig>;
