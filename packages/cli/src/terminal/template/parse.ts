import { parseError } from "./error.ts";
import { lex } from "./lex.ts";
import type { Branch, Node } from "./nodes.ts";
import { parsePipeline } from "./parse-pipeline.ts";
import { TokenReader } from "./token-reader.ts";

/** A parsed template: its nodes, and those of `{{define}}` and `{{block}}` by name. */
export interface Tree {
  readonly nodes: readonly Node[];
  readonly defined: ReadonlyMap<string, readonly Node[]>;
}

interface Scope {
  readonly reader: TokenReader;
  readonly functions: ReadonlySet<string>;
  readonly defined: Map<string, readonly Node[]>;
  /** Names of the variables that are known here, innermost last. */
  readonly variables: string[];
  /** Whether a `{{range}}` surrounds this place. */
  readonly inRange: boolean;
}

/** Parses a Go template. Throws `invalid-argument` in the words of Go's text/template. */
export function parse(source: string, functions: ReadonlySet<string>): Tree {
  const scope: Scope = {
    reader: new TokenReader(source, lex(source)),
    functions,
    defined: new Map(),
    variables: ["$"],
    inRange: false,
  };
  const { nodes, end } = parseList(scope);
  if (end !== "end-of-file") throw parseError(scope.reader.line(), `unexpected {{${end}}}`);
  return { nodes, defined: scope.defined };
}

type End = "end-of-file" | "end" | "else";

function parseList(scope: Scope): { nodes: Node[]; end: End } {
  const nodes: Node[] = [];
  const { reader } = scope;
  while (true) {
    const token = reader.next();
    if (token.kind === "end-of-file") return { nodes, end: "end-of-file" };
    if (token.kind === "text") {
      nodes.push({ kind: "text", text: token.text });
      continue;
    }
    const keyword = reader.peekKeyword();
    if (keyword === "end" || keyword === "else") {
      reader.nextSignificant();
      if (keyword === "end") reader.expect("close", "end");
      return { nodes, end: keyword };
    }
    const node = parseAction(scope, keyword);
    if (node !== undefined) nodes.push(node);
  }
}

function parseAction(scope: Scope, keyword: string | undefined): Node | undefined {
  const { reader } = scope;
  switch (keyword) {
    case "if":
    case "range":
    case "with":
      reader.nextSignificant();
      return parseBranch(scope, keyword);
    case "break":
    case "continue":
      reader.nextSignificant();
      if (!scope.inRange) throw parseError(reader.line(), `{{${keyword}}} outside {{range}}`);
      reader.expect("close", `{{${keyword}}}`);
      return { kind: keyword };
    case "define":
      reader.nextSignificant();
      parseDefinition(scope, "define");
      return undefined;
    case "block":
    case "template":
      reader.nextSignificant();
      return parseInvocation(scope, keyword);
    default:
      return { kind: "action", pipeline: parsePipeline(scope, "close", "command") };
  }
}

/** From behind `if`, `range` or `with` to the matching `{{end}}`. */
function parseBranch(outer: Scope, kind: Branch["kind"]): Branch {
  const scope = { ...outer, variables: [...outer.variables], inRange: outer.inRange || kind === "range" };
  const pipeline = parsePipeline(scope, "close", kind);
  const { nodes: body, end } = parseList(scope);
  if (end === "end-of-file") throw parseError(scope.reader.line(), "unexpected EOF");
  if (end === "end") return { kind, pipeline, body, otherwise: [] };
  return { kind, pipeline, body, otherwise: parseElse(scope, kind) };
}

/** From behind `else`: another branch (`else if`, `else with`), which shares the `{{end}}`, or a list. */
function parseElse(scope: Scope, kind: Branch["kind"]): readonly Node[] {
  const { reader } = scope;
  if (kind !== "range" && reader.peekKeyword() === kind) {
    reader.nextSignificant();
    return [parseBranch(scope, kind)];
  }
  reader.expect("close", "else");
  const { nodes, end } = parseList(scope);
  if (end !== "end") throw parseError(reader.line(), end === "else" ? "unexpected {{else}}" : "unexpected EOF");
  return nodes;
}

function parseDefinition(outer: Scope, context: string): string {
  const { reader } = outer;
  const name = reader.expectString(context);
  reader.expect("close", `${context} clause`);
  const { nodes, end } = parseList({ ...outer, variables: ["$"], inRange: false });
  if (end !== "end") throw parseError(reader.line(), "unexpected EOF");
  outer.defined.set(name, nodes);
  return name;
}

function parseInvocation(scope: Scope, kind: "block" | "template"): Node {
  const { reader } = scope;
  const name = reader.expectString(`${kind} clause`);
  const at = reader.position(name);
  const pipeline = reader.skipClose() ? undefined : parsePipeline(scope, "close", kind);
  if (kind === "block") {
    const { nodes, end } = parseList({ ...scope, variables: ["$"], inRange: false });
    if (end !== "end") throw parseError(reader.line(), "unexpected EOF");
    if (!scope.defined.has(name)) scope.defined.set(name, nodes);
  }
  return { kind: "template", name, pipeline, at };
}
