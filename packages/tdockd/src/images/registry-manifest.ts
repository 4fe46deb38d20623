import type { Input } from "@tdock/api/endpoint";
import type { RegistryManifest, registryManifest } from "@tdock/api/registry";
import type { Engine } from "../engine.ts";
import { askRegistry } from "./ask-registry.ts";
import { platformsOf } from "./distribution.ts";

/** `GET /distribution/{name}/manifest`: the document itself, nothing of which is kept here. Throws as `pullImage`. */
export async function readRegistryManifest(
  { registry }: Pick<Engine, "registry">,
  input: Input<typeof registryManifest>,
  signal: AbortSignal,
): Promise<RegistryManifest> {
  const { reference, session, fetched } = await askRegistry(registry, input, signal);
  const { mediaType, digest, size } = fetched.descriptor;
  const head = { Descriptor: { mediaType, digest, size }, Raw: fetched.bytes.toString() };
  if (fetched.document.kind === "index") return head;
  const [platform] = await platformsOf(session, reference.path, fetched, signal);
  if (platform === undefined) return head;
  const { os = "", architecture = "", variant } = platform;
  return { ...head, Platform: { os, architecture, ...(variant && { variant }) } };
}
