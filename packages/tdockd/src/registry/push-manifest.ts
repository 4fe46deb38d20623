import { discardBody } from "./exchange.ts";
import { callRegistry, pushScopes } from "./request.ts";
import type { RegistrySession } from "./session.ts";

/** A manifest or index, and the tag or digest it is to be known by. */
export interface ManifestUpload {
  readonly repository: string;
  readonly reference: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal;
}

/** Puts a manifest, whose blobs and manifests the repository must have by now. Throws as `callRegistry`. */
export async function pushManifest(session: RegistrySession, manifest: ManifestUpload): Promise<void> {
  const { repository, reference, mediaType, bytes, signal } = manifest;
  const response = await callRegistry(session, {
    capability: "push",
    method: "PUT",
    path: `/${repository}/manifests/${reference}`,
    scopes: pushScopes(repository),
    headers: { "content-type": mediaType, "content-length": String(bytes.length) },
    body: () => bytes,
    isRepeatable: true,
    signal,
  });
  discardBody(response);
}
