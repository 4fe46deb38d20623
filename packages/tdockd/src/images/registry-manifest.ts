import type { Input } from "@tdock/api/endpoint";
import type { RegistryManifest, registryManifest } from "@tdock/api/registry";
import type { Engine } from "../engine.ts";
import { decodeCredentials } from "../registry/credentials.ts";
import { fetchManifest } from "../registry/resolve.ts";
import { openSession } from "../registry/session.ts";
import { platformsOf } from "./distribution.ts";
import { pullError } from "./pull-error.ts";
import { parseReference, withDefaultTag } from "./reference.ts";

/** `GET /distribution/{name}/manifest`: the document itself, nothing of which is kept here. Throws as `pullImage`. */
export async function readRegistryManifest(
  { registry }: Pick<Engine, "registry">,
  { name, registryAuth }: Input<typeof registryManifest>,
  signal: AbortSignal,
): Promise<RegistryManifest> {
  const reference = withDefaultTag(parseReference(name));
  const session = await openSession(registry, reference.domain, decodeCredentials(registryAuth));
  const what = reference.digest ?? reference.tag ?? "latest";
  const fetched = await fetchManifest(session, reference.path, what, signal).catch((thrown) => {
    throw pullError(thrown, reference, session.hasCredentials);
  });
  const { mediaType, digest, size } = fetched.descriptor;
  const head = { Descriptor: { mediaType, digest, size }, Raw: fetched.bytes.toString() };
  if (fetched.document.kind === "index") return head;
  const [platform] = await platformsOf(session, reference.path, fetched, signal);
  if (platform === undefined) return head;
  const { os = "", architecture = "", variant } = platform;
  return { ...head, Platform: { os, architecture, ...(variant && { variant }) } };
}
