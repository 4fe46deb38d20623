import { droppingForwardChains, isAbout } from "./forward.ts";
import type { ChainObject, RuleObject, Ruleset } from "./ruleset.ts";

export interface PassRequest {
  /** Name of tdockd's table, which marks its rules. */
  readonly mark: string;
  /** Bridges of the networks that ignore the host's firewall. */
  readonly devices: readonly string[];
}

/**
 * Commands for `nft -j -f -` by which the host's forward chains that drop let pass what goes to these devices and what
 * comes from them; no other table could. Rules of ours that are needed no more go. A chain that the host has a rule in
 * about a device is left as it is. What tdock's own table drops stays dropped.
 */
export function passCommands(ruleset: Ruleset, { mark, devices }: PassRequest): unknown[] {
  const comment = `made by ${mark}`;
  const own = ruleset.rules.filter((rule) => rule.comment === comment);
  const others = { ...ruleset, rules: ruleset.rules.filter((rule) => rule.comment !== comment) };
  const wanted = droppingForwardChains(others).flatMap((chain) =>
    devices
      .filter((device) => !isAbout(chain, device))
      .flatMap((device) => [ruleOf(chain.base, "iifname", device), ruleOf(chain.base, "oifname", device)]),
  );
  const missing = new Map(wanted.map((rule) => [textOf(rule), rule]));
  const left = own.filter((rule) => !missing.delete(textOf(rule)));
  return [
    ...left.map(({ family, table, chain, handle }) => ({ delete: { rule: { family, table, chain, handle } } })),
    ...[...missing.values()].map((rule) => ({ insert: { rule: { ...rule, comment } } })),
  ];
}

type PassRule = Omit<RuleObject, "handle" | "comment">;

function ruleOf({ family, table, name }: ChainObject, key: "iifname" | "oifname", device: string): PassRule {
  const expr = [{ match: { op: "==", left: { meta: { key } }, right: device } }, { accept: null }];
  return { family, table, chain: name, expr };
}

function textOf({ family, table, chain, expr }: PassRule): string {
  return JSON.stringify([family, table, chain, expr]);
}
