import type { DistributionInspect } from "@docker/node-sdk";
import * as v from "valibot";
import { endpoint, reply } from "./endpoint.ts";
import { optional } from "./schema.ts";

export type { DistributionInspect } from "@docker/node-sdk";

/** Body of `POST /auth`: what a user proves to a registry with. */
export const registryLoginBody = v.looseObject({
  username: optional(v.string()),
  password: optional(v.string()),
  serveraddress: optional(v.string()),
  identitytoken: optional(v.string()),
  registrytoken: optional(v.string()),
});

/** Checks credentials against their registry. Some registries give a token to be kept in the password's place. */
export const registryLogin = endpoint({
  kind: "json",
  method: "POST",
  path: "/auth",
  body: registryLoginBody,
  status: 200,
  reply: reply<{ Status: string; IdentityToken?: string }>(),
});

/** Digest and platforms of an image in its registry, without pulling it. */
export const distributionInspect = endpoint({
  kind: "json",
  method: "GET",
  path: "/distribution/*name/json",
  headers: { registryAuth: "x-registry-auth" },
  reply: reply<DistributionInspect>(),
});
