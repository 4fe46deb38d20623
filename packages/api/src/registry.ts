import type { DistributionInspect } from "@docker/node-sdk";
import * as v from "valibot";
import { endpoint, reply } from "./endpoint.ts";
import { looseObject, optional } from "./schema.ts";

export type { DistributionInspect } from "@docker/node-sdk";

/** Body of `POST /auth`: what a user proves to a registry with. */
export const registryLoginBody = looseObject({
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

const manifestPlatform = v.object({
  os: v.string(),
  architecture: v.string(),
  variant: optional(v.string()),
  "os.version": optional(v.string()),
  "os.features": optional(v.array(v.string())),
});

/** What a platform's image is for, as it stands in an index. */
export type ManifestPlatform = v.InferOutput<typeof manifestPlatform>;

/** A manifest or index as a registry has it. */
export interface RegistryManifest {
  readonly Descriptor: { readonly mediaType: string; readonly digest: string; readonly size: number };
  /** The document's own text, verified. */
  readonly Raw: string;
  /** Of a manifest: what its image is for. An index has none. */
  readonly Platform?: ManifestPlatform;
}

/** The manifest or index that a name stands for in its registry. Not Docker's: its command line asks registries itself. */
export const registryManifest = endpoint({
  kind: "json",
  method: "GET",
  path: "/distribution/*name/manifest",
  headers: { registryAuth: "x-registry-auth" },
  reply: reply<RegistryManifest>(),
});

/** Body of an index to be made: images of the same registry by digest (`host/app@sha256:…`). */
export const indexPushBody = v.object({
  manifests: v.pipe(
    v.array(v.object({ from: v.string(), platform: manifestPlatform })),
    v.minLength(1, "an index of no images"),
    v.maxLength(200, "more than 200 images"),
  ),
});

/** Makes an index over images of one registry and puts it there under a tag, the images beside it. Not Docker's. */
export const indexPush = endpoint({
  kind: "json",
  method: "POST",
  path: "/distribution/*name/index",
  headers: { registryAuth: "x-registry-auth" },
  body: indexPushBody,
  status: 200,
  reply: reply<{ Digest: string }>(),
});
