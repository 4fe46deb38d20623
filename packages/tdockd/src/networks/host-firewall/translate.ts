import { isInet } from "./is-inet.ts";
import type { ChainObject, Expression, RuleObject, Ruleset, SetObject } from "./ruleset.ts";

export interface TranslateRequest {
  /** Table that the translation is put into; made anew. */
  readonly table: string;
  /** Bridges whose published ports keep to the host's rules. */
  readonly bridges: readonly string[];
  /** All bridges of tdock: what comes from them is not judged. */
  readonly ownDevices: readonly string[];
}

export interface Translation {
  /** Commands for `nft -j -f -`. */
  readonly commands: readonly unknown[];
  /** The chains that were translated, e.g. `inet filter input`. */
  readonly chains: readonly string[];
}

/** Whether a packet to the host could be dropped: by policy, or by a rule that drops or sends it on to other chains. */
export function mayDropInput({ chains, rules }: Ruleset): boolean {
  return inputChains(chains).some(
    (base) => base.policy === "drop" || rules.some((rule) => isIn(rule, base) && mayDrop(rule)),
  );
}

function isIn({ family, table, chain }: RuleObject, base: ChainObject): boolean {
  return family === base.family && table === base.table && chain === base.name;
}

function mayDrop({ expr }: RuleObject): boolean {
  return expr.some((one) => ["drop", "reject", "jump", "goto", "vmap"].some((verdict) => verdict in Object(one)));
}

function inputChains(chains: Ruleset["chains"]): ChainObject[] {
  return chains.filter(({ hook, type, family }) => hook === "input" && type === "filter" && isInet(family));
}

/**
 * The host's rules for packets to itself, made to judge packets to published ports: those are redirected before the
 * host's input chains could see them. Each such chain becomes one of the forward hook, which sees the same packet as it
 * was before the redirection: its original port and address. So a port that the host's firewall drops stays dropped,
 * with its exceptions by source, device or state. Only a match that nft itself cannot print (rare extensions of
 * iptables) is not understood: a rule with one is left out.
 */
export function translateInput(ruleset: Ruleset, request: TranslateRequest): Translation {
  const bases = inputChains(ruleset.chains);
  const add = (object: unknown) => ({ add: object });
  const table = { family: "inet", name: request.table };
  const commands: unknown[] = [add({ table }), { delete: { table } }];
  if (bases.length === 0 || request.bridges.length === 0) return { commands, chains: [] };
  commands.push(add({ table }));
  for (const [index, base] of bases.entries()) {
    const scope = { request, ruleset, base, prefix: `host${index}_` };
    commands.push(...setCommands(scope), ...chainCommands(scope, index), ...ruleCommands(scope));
  }
  return { commands, chains: bases.map(({ family, table: name, name: chain }) => `${family} ${name} ${chain}`) };
}

interface Scope {
  readonly request: TranslateRequest;
  readonly ruleset: Ruleset;
  readonly base: ChainObject;
  /** Names of one chain's world do not meet those of another's. */
  readonly prefix: string;
}

function isOf({ base }: Scope): (object: { readonly family: string; readonly table: string }) => boolean {
  return ({ family, table }) => family === base.family && table === base.table;
}

function setCommands(scope: Scope): unknown[] {
  const place = { family: "inet", table: scope.request.table };
  return scope.ruleset.sets.filter(isOf(scope)).map(({ name, type, flags, elem }: SetObject) => {
    const set = {
      ...place,
      name: scope.prefix + name,
      type,
      ...(flags?.includes("interval") ? { flags: ["interval"] } : {}),
      // Elements with a time are taken as they are now.
      ...(elem === undefined ? {} : { elem: elem.map(withoutTime) }),
    };
    return { add: { set } };
  });
}

function withoutTime(element: unknown): unknown {
  const inner = (element as { elem?: { val?: unknown } } | null)?.elem;
  return inner === undefined ? element : inner.val;
}

function chainCommands(scope: Scope, index: number): unknown[] {
  const place = { family: "inet", table: scope.request.table };
  return scope.ruleset.chains.filter(isOf(scope)).flatMap((chain) => {
    const name = scope.prefix + chain.name;
    if (chain !== scope.base) return chain.hook === undefined ? [{ add: { chain: { ...place, name } } }] : [];
    const hook = { type: "filter", hook: "forward", prio: 1 + index, policy: chain.policy ?? "accept" };
    return [{ add: { chain: { ...place, name, ...hook } } }, ...guards(scope, name)];
  });
}

/** Everything but new connections from elsewhere to published ports passes at once. */
function guards({ request, base }: Scope, chain: string): unknown[] {
  const accept = (...matches: unknown[]) => ({
    add: { rule: { family: "inet", table: request.table, chain, expr: [...matches, { accept: null }] } },
  });
  const only = base.family === "ip" ? ["ipv6"] : base.family === "ip6" ? ["ipv4"] : [];
  return [
    accept(match("!=", { meta: { key: "oifname" } }, anyOf(request.bridges))),
    accept(match("==", { meta: { key: "iifname" } }, anyOf(request.ownDevices))),
    accept(match("in", { ct: { key: "state" } }, ["established", "related"])),
    accept({ match: { op: "==", left: { "&": [{ ct: { key: "status" } }, "dnat"] }, right: 0 } }),
    ...only.map((family) => accept(match("==", { meta: { key: "nfproto" } }, family))),
  ];
}

function ruleCommands(scope: Scope): unknown[] {
  const { request, ruleset, prefix } = scope;
  const known = new Set(
    ruleset.chains
      .filter(isOf(scope))
      .filter((one) => one === scope.base || one.hook === undefined)
      .map(({ name }) => name),
  );
  return ruleset.rules
    .filter((rule) => isOf(scope)(rule) && known.has(rule.chain))
    .flatMap(({ chain, expr }) =>
      translateRule(expr, prefix).map((translated) => ({
        add: { rule: { family: "inet", table: request.table, chain: prefix + chain, expr: translated } },
      })),
    );
}

/**
 * One rule may become several, one for each port of a set: nft knows the type of an original port only beside a single
 * protocol and value. None for a rule that says nothing about such packets, or has a part that cannot be told.
 */
function translateRule(expr: readonly Expression[], prefix: string): Expression[][] {
  let rules: Expression[][] = [[]];
  for (const part of expr) {
    const alternatives = translatePart(part as Record<string, unknown>, prefix);
    rules = rules.flatMap((rule) => alternatives.map((alternative) => [...rule, ...alternative]));
  }
  return rules;
}

/** The ways in which a part can hold, each a list of expressions. */
function translatePart(part: Record<string, unknown>, prefix: string): Expression[][] {
  if ("match" in part) return translateMatch(part.match as Match, prefix);
  if ("vmap" in part) return translateVerdictMap(part.vmap as VerdictMap, prefix);
  if ("jump" in part || "goto" in part) {
    const [verb, { target }] = Object.entries(part)[0] as [string, { target: string }];
    return [[{ [verb]: { target: prefix + target } }]];
  }
  if (["accept", "drop", "return", "reject", "limit"].some((name) => name in part)) return [[part]];
  return "counter" in part || "log" in part ? [[]] : [];
}

interface VerdictMap {
  readonly key: Record<string, unknown>;
  readonly data: { readonly set?: readonly [unknown, Record<string, unknown>][] } | string;
}

/** A map that is written out is as many rules; one with a name may change without its rule. */
function translateVerdictMap({ key, data }: VerdictMap, prefix: string): Expression[][] {
  if (typeof data === "string") return [];
  return (data.set ?? []).flatMap(([right, verdict]) =>
    translateMatch({ op: "==", left: key, right }, prefix).flatMap((matches) =>
      translatePart(verdict, prefix).map((verdicts) => [...matches, ...verdicts]),
    ),
  );
}

interface Match {
  readonly op: string;
  readonly left: Record<string, unknown>;
  readonly right: unknown;
}

function translateMatch({ op, left, right }: Match, prefix: string): Expression[][] {
  const value = renamedSet(right, prefix);
  // What came to the host was for the host.
  if ("fib" in left) return (op === "!=") === (right === "local") ? [] : [[]];
  // A packet that nobody had redirected would have come to the host as it was.
  if ((left.ct as { key?: string } | undefined)?.key === "status" && namesDnat(right)) return op === "!=" ? [[]] : [];
  const payload = left.payload as { protocol?: string; field?: string } | undefined;
  if (payload === undefined) return "meta" in left || "ct" in left ? [[{ match: { op, left, right: value } }]] : [];
  const { protocol = "", field = "" } = payload;
  if (field === "dport") return portMatches({ op, protocol, right: value });
  if (field === "daddr" && (protocol === "ip" || protocol === "ip6")) {
    const original = { ct: { key: `${protocol} daddr`, dir: "original" } };
    return [[{ match: { op, left: original, right: value } }]];
  }
  return [[{ match: { op, left, right: value } }]];
}

function namesDnat(right: unknown): boolean {
  return JSON.stringify(right).includes('"dnat"');
}

function portMatches({ op, protocol, right }: { op: string; protocol: string; right: unknown }): Expression[][] {
  const left = { ct: { key: "proto-dst", dir: "original" } };
  const values = (right as { set?: unknown[] } | null)?.set ?? [right];
  return (protocol === "th" ? ["tcp", "udp", "sctp"] : [protocol]).flatMap((one) => {
    const matches = values.map((value) => ({ match: { op, left, right: value } }));
    const ways = op === "!=" ? [matches] : matches.map((single) => [single]);
    return ways.map((way) => [match("==", { meta: { key: "l4proto" } }, one), ...way]);
  });
}

function renamedSet(right: unknown, prefix: string): unknown {
  return typeof right === "string" && right.startsWith("@") ? `@${prefix}${right.slice(1)}` : right;
}

function match(op: string, left: unknown, right: unknown): Expression {
  return { match: { op, left, right } };
}

function anyOf(values: readonly string[]): unknown {
  return values.length === 1 ? values[0] : { set: values };
}
