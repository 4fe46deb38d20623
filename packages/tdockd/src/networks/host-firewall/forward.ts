import { isInet } from "./is-inet.ts";
import type { ChainObject, Expression, RuleObject, Ruleset } from "./ruleset.ts";

/** A chain of the host's that drops what the host passes on, unless a rule allows it. */
export interface ForwardChain {
  /** `ip filter FORWARD` */
  readonly name: string;
  readonly base: ChainObject;
  /** Devices that its table has rules about, `*` at the end for all that begin so. */
  readonly devices: readonly string[];
}

/**
 * The chains by which no packet goes to a container or from one, but from the host itself: what they drop no other
 * table can let pass. Docker's, ufw's and firewalld's are of this kind.
 */
export function droppingForwardChains({ chains, rules }: Ruleset): ForwardChain[] {
  return chains
    .filter(({ hook, type, family }) => hook === "forward" && type === "filter" && isInet(family))
    .filter((base) => base.policy === "drop" || rules.some((rule) => isIn(rule, base) && dropsAll(rule)))
    .map((base) => ({
      base,
      name: `${base.family} ${base.table} ${base.name}`,
      devices: rules.filter((rule) => isOf(rule, base)).flatMap(({ expr }) => expr.flatMap(devicesIn)),
    }));
}

/** Whether a chain has a rule about a device: whoever wrote it has thought of it. */
export function isAbout({ devices }: ForwardChain, device: string): boolean {
  return devices.some((one) => (one.endsWith("*") ? device.startsWith(one.slice(0, -1)) : one === device));
}

function isOf({ family, table }: RuleObject, base: ChainObject): boolean {
  return family === base.family && table === base.table;
}

function isIn(rule: RuleObject, base: ChainObject): boolean {
  return isOf(rule, base) && rule.chain === base.name;
}

function dropsAll({ expr }: RuleObject): boolean {
  const has = (...names: string[]) => expr.some((one) => names.some((name) => name in Object(one)));
  return has("drop", "reject") && !has("match", "xt", "limit");
}

function devicesIn(expression: Expression): string[] {
  const { left, right } =
    (expression as { match?: { left?: { meta?: { key?: string } }; right?: unknown } }).match ?? {};
  if (left?.meta?.key !== "iifname" && left?.meta?.key !== "oifname") return [];
  const values = (right as { set?: unknown[] } | null)?.set ?? [right];
  return values.filter((value) => typeof value === "string");
}
