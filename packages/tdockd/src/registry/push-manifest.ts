import { addReferrer } from "./add-referrer.ts";
import { type ManifestUpload, putManifest } from "./put-manifest.ts";
import type { RegistrySession } from "./session.ts";

/**
 * Puts a manifest, whose blobs and manifests the repository must have by now. One that refers to a subject is put into
 * the subject's list of referrers where the registry keeps none itself. Throws as `callRegistry` and `addReferrer`.
 */
export async function pushManifest(session: RegistrySession, manifest: ManifestUpload): Promise<void> {
  const headers = await putManifest(session, manifest);
  if (headers["oci-subject"] === undefined) await addReferrer(session, manifest);
}
