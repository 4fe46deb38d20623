import { discardBody } from "./exchange.ts";
import { callRegistry, type HostResponse, pushScopes } from "./request.ts";
import type { RegistrySession } from "./session.ts";

/** A manifest or index, and the tag or digest it is to be known by. */
export interface ManifestUpload {
  readonly repository: string;
  readonly reference: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly signal: AbortSignal;
}

/** Sends a manifest, and nothing else. Resolves to what the registry says to it. Throws as `callRegistry`. */
export async function putManifest(
  session: RegistrySession,
  { repository, reference, mediaType, bytes, signal }: ManifestUpload,
): Promise<HostResponse["headers"]> {
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
  return response.headers;
}
