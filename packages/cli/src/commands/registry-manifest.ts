import { type RegistryManifest, registryManifest } from "@tdock/api/registry";
import type { Cli } from "../cli.ts";
import { call } from "../client/call.ts";
import { registryAuthFor } from "../credentials.ts";
import { requireReference } from "../flags/reference.ts";

/** What a name stands for in its registry, with the credentials that are kept for it. Throws as the engine says. */
export async function fetchManifest(cli: Cli, name: string): Promise<RegistryManifest> {
  requireReference(name);
  return await call(cli.client, registryManifest, { name, registryAuth: await registryAuthFor(cli, name) });
}
