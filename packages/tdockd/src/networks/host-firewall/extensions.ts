import type { Expression, RuleObject } from "./ruleset.ts";

/**
 * Rules with what iptables' extensions in them say. nft's JSON names an extension and no more, but its text spells the
 * common ones out as matches of its own; `listing` is what `nft -a list ruleset` printed. Any other stays as it is.
 */
export function spellOutExtensions(rules: readonly RuleObject[], listing: string): RuleObject[] {
  const texts = readRuleTexts(listing);
  return rules.map((rule) => {
    const text = texts.get(keyOf(rule)) ?? "";
    return { ...rule, expr: rule.expr.flatMap((part) => spellOut(part, text)) };
  });
}

/** Whether a ruleset in JSON has matches of iptables' extensions. */
export function hasExtensions(json: string): boolean {
  return json.includes('"xt"');
}

function spellOut(part: Expression, text: string): Expression[] {
  const { type, name } = (part as { xt?: { type?: string; name?: string } | null } | null)?.xt ?? {};
  const match = type === "match" ? spellings[name ?? ""]?.(text) : undefined;
  return match ?? [part];
}

/** By the extension's name: what it is in the text of its rule, `undefined` where it says something else. */
const spellings: Readonly<Record<string, (text: string) => Expression[] | undefined>> = {
  comment: () => [],
  multiport(text) {
    const [, protocol, not, one, several] =
      /\b(tcp|udp|sctp) dport (!= )?(?:(\d[\d-]*)|\{ ([\d, -]+) \})/.exec(text) ?? [];
    const ports = (several ?? one)?.split(", ").map(portOf) ?? [];
    const right = ports.length === 1 ? ports[0] : { set: ports };
    return ports.length === 0 ? undefined : [matchOf({ payload: { protocol, field: "dport" } }, right, not && "!=")];
  },
  conntrack(text) {
    const states = /\bct state ([a-z,]+)/.exec(text)?.[1]?.split(",");
    return states && [matchOf({ ct: { key: "state" } }, states, "in")];
  },
  addrtype(text) {
    const type = /\bfib daddr type ([a-z]+)/.exec(text)?.[1];
    return type === undefined ? undefined : [matchOf({ fib: { result: "type", flags: ["daddr"] } }, type)];
  },
};

function matchOf(left: object, right: unknown, op: string | undefined = "=="): Expression {
  return { match: { op, left, right } };
}

function portOf(text: string): unknown {
  const [first, last] = text.split("-").map(Number);
  return last === undefined ? first : { range: [first, last] };
}

/** `FAMILY TABLE HANDLE` of each rule, and its line. */
function readRuleTexts(listing: string): Map<string, string> {
  const texts = new Map<string, string>();
  let table = "";
  for (const line of listing.split("\n")) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    const [, text, handle] = /^\t\t(.+) # handle (\d+)$/.exec(line) ?? [];
    if (text !== undefined) texts.set(`${table} ${handle}`, withoutQuotes(text));
  }
  return texts;
}

/** What is in quotes is a name, a prefix or a comment, and says nothing. */
function withoutQuotes(text: string): string {
  return text.replace(/"[^"]*"/g, '""');
}

function keyOf({ family, table, handle }: RuleObject): string {
  return `${family} ${table} ${handle}`;
}
