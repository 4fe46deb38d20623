import type { RegistryClient } from "../registry/client.ts";
import { decodeCredentials } from "../registry/credentials.ts";
import { type FetchedDocument, fetchManifest } from "../registry/resolve.ts";
import { openSession, type RegistrySession } from "../registry/session.ts";
import { pullError } from "./pull-error.ts";
import { parseReference, type Reference, withDefaultTag } from "./reference.ts";

/** What a registry has under a name. */
export interface RegistryAnswer {
  readonly reference: Reference;
  readonly session: RegistrySession;
  readonly fetched: FetchedDocument;
}

/** Fetches the document that a name leads to; nothing of it is kept here. Throws as `pullImage`. */
export async function askRegistry(
  registry: RegistryClient,
  { name, registryAuth }: { readonly name: string; readonly registryAuth?: string | undefined },
  signal: AbortSignal,
): Promise<RegistryAnswer> {
  const reference = withDefaultTag(parseReference(name));
  const session = await openSession(registry, reference.domain, decodeCredentials(registryAuth), signal);
  const what = reference.digest ?? reference.tag ?? "latest";
  const fetched = await fetchManifest(session, reference.path, what, signal).catch((thrown) => {
    throw pullError(thrown, reference, session.hasCredentials);
  });
  return { reference, session, fetched };
}
