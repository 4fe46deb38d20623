/** The members of `nft -j list ruleset` (libnftables-json(5)) that are read here. Anything else is passed on as it is. */
export type Expression = unknown;

export interface ChainObject {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
  readonly prio?: number;
  readonly policy?: string;
}

export interface RuleObject {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  /** Its number, which no other rule of its table ever has. */
  readonly handle: number;
  readonly comment?: string;
  readonly expr: readonly Expression[];
}

export interface SetObject {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type: unknown;
  readonly flags?: readonly string[];
  readonly elem?: readonly unknown[];
}

export interface Ruleset {
  readonly chains: readonly ChainObject[];
  readonly rules: readonly RuleObject[];
  readonly sets: readonly SetObject[];
}

/**
 * Reads what `nft -j list ruleset` printed, without the tables that are named and without maps, which no rule that can
 * be translated reads. Throws SyntaxError.
 */
export function parseRuleset(json: string, isOwnTable: (name: string) => boolean): Ruleset {
  const objects = (JSON.parse(json) as { nftables: Record<string, unknown>[] }).nftables;
  const pick = <T extends { readonly table: string }>(kind: string) =>
    objects.flatMap((object) => {
      const found = object[kind] as T | undefined;
      return found === undefined || isOwnTable(found.table) ? [] : [found];
    });
  return { chains: pick("chain"), rules: pick("rule"), sets: pick("set") };
}
