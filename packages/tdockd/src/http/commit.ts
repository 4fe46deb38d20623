import type { containerCommit } from "@tdock/api/containers";
import type { Input } from "@tdock/api/endpoint";
import { applyChanges } from "../build/apply-changes.ts";
import type { ImageDefaults } from "../build/plan/image-document.ts";
import { commitContainer } from "../containers/commit.ts";
import type { Engine } from "../engine.ts";

/** `POST /commit`: the container's files become a layer, and its changes are instructions as a build reads them. */
export function commit(engine: Engine, input: Input<typeof containerCommit>, signal: AbortSignal) {
  return commitContainer(engine, input, (config, changes) => applyChanges(config as ImageDefaults, changes), signal);
}
