import { TdockError } from "@tdock/errors/error";
import type { Descriptor } from "./manifest.ts";
import { isIndexType, isManifestType } from "./media-type.ts";
import { type FetchedDocument, fetchDescribed, fetchManifest } from "./resolve.ts";
import type { RegistrySession } from "./session.ts";

/** All that a tag or digest names, down to its blobs, which are not fetched. */
export interface ImageTree {
  readonly top: Descriptor;
  /** Manifests and indexes, verified: each after all it refers to. */
  readonly documents: readonly FetchedDocument[];
  /** Configurations and layers, each once. */
  readonly blobs: readonly Descriptor[];
}

const maxDepth = 4;
const maxDocuments = 1000;

/**
 * Reads the manifests of all platforms that a reference names. Throws as `fetchManifest`, and `invalid-argument` for
 * an index that nests too deep, has too many manifests or refers to what is no manifest.
 */
export async function fetchTree(
  session: RegistrySession,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<ImageTree> {
  const top = await fetchManifest(session, repository, reference, signal);
  const documents = new Map<string, FetchedDocument>();
  const blobs = new Map<string, Descriptor>();
  const visit = async (fetched: FetchedDocument, depth: number): Promise<void> => {
    const { document, descriptor } = fetched;
    if (document.kind === "manifest") {
      for (const blob of [document.config, ...document.layers]) blobs.set(blob.digest, blob);
    } else {
      if (depth > maxDepth) throw new TdockError("invalid-argument", "invalid manifest: nested too deep");
      for (const child of document.manifests) {
        checkChild(child, documents.size);
        if (!documents.has(child.digest)) {
          await visit(await fetchDescribed(session, repository, child, signal), depth + 1);
        }
      }
    }
    documents.set(descriptor.digest, fetched);
  };
  await visit(top, 1);
  return { top: top.descriptor, documents: [...documents.values()], blobs: [...blobs.values()] };
}

function checkChild({ digest, mediaType }: Descriptor, known: number): void {
  if (known >= maxDocuments) {
    throw new TdockError("invalid-argument", `invalid manifest: more than ${maxDocuments} manifests`);
  }
  if (isManifestType(mediaType) || isIndexType(mediaType)) return;
  throw new TdockError("invalid-argument", `invalid manifest: ${digest} in its index is of the type ${mediaType}`);
}
