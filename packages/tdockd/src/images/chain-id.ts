import { digestOf } from "../registry/digest.ts";

/**
 * The chain IDs of a stack of layers, bottom first: the names of their snapshots.
 * Follows https://github.com/opencontainers/image-spec/blob/main/config.md#layer-chainid.
 */
export function chainIdsOf(diffIds: readonly string[]): string[] {
  const chain: string[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(below === undefined ? diffId : digestOf(`${below} ${diffId}`));
  }
  return chain;
}
