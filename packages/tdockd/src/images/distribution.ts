import type { Input } from "@tdock/api/endpoint";
import type { DistributionInspect, distributionInspect } from "@tdock/api/registry";
import type { Engine } from "../engine.ts";
import { fetchBlob } from "../registry/fetch-blob.ts";
import type { FetchedDocument } from "../registry/resolve.ts";
import type { RegistrySession } from "../registry/session.ts";
import { askRegistry } from "./ask-registry.ts";
import { configLimitBytes, parseImageConfig } from "./image-config.ts";

/** `GET /distribution/{name}/json`: what a registry has under a name, without pulling it. Throws as `pullImage`. */
export async function inspectDistribution(
  { registry }: Pick<Engine, "registry">,
  input: Input<typeof distributionInspect>,
  signal: AbortSignal,
): Promise<DistributionInspect> {
  const { reference, session, fetched } = await askRegistry(registry, input, signal);
  const { mediaType, digest, size } = fetched.descriptor;
  return {
    Descriptor: { mediaType, digest, size },
    Platforms: await platformsOf(session, reference.path, fetched, signal),
  };
}

/** The platforms that a document is for: an index says it itself, of a manifest its configuration does. */
export async function platformsOf(
  session: RegistrySession,
  repository: string,
  { document }: FetchedDocument,
  signal: AbortSignal,
): Promise<DistributionInspect["Platforms"]> {
  if (document.kind === "index") return document.manifests.flatMap(({ platform }) => platform ?? []);
  if (document.config.size > configLimitBytes) return [];
  const bytes = await Array.fromAsync(fetchBlob(session, repository, document.config, { offset: 0 }, signal));
  const { os, architecture, variant } = parseImageConfig(Buffer.concat(bytes));
  return [{ os, architecture, ...(variant && { variant }) }];
}
