import { parseError } from "./error.ts";
import type { Token, TokenKind } from "./lex.ts";
import type { Command, Operand, Pipeline } from "./nodes.ts";
import type { TokenReader } from "./token-reader.ts";

/** What a pipeline is parsed in: `variables` grows by those that it declares. */
export interface PipelineScope {
  readonly reader: TokenReader;
  readonly functions: ReadonlySet<string>;
  readonly variables: string[];
}

/** Parses up to and over the token `end`. `context` names the place in error messages. */
export function parsePipeline(scope: PipelineScope, end: TokenKind, context: string): Pipeline {
  const { reader } = scope;
  const head = parseVariables(scope, context);
  const commands: Command[] = [];
  while (true) {
    const token = reader.peekSignificant();
    if (token.kind === end) {
      reader.next();
      break;
    }
    if (token.kind === "pipe") {
      reader.next();
      if (commands.length === 0) throw reader.unexpected(token, context);
      continue;
    }
    commands.push(parseCommand(scope, end, context));
  }
  if (commands.length === 0) throw parseError(reader.line(), `missing value for ${context}`);
  checkPipeline(commands, reader);
  if (head.assigns === "declare") scope.variables.push(...head.variables);
  return { ...head, commands };
}

/** `$x :=`, `$x =` or, in a range, `$i, $x :=`. */
function parseVariables(scope: PipelineScope, context: string): Pick<Pipeline, "variables" | "assigns"> {
  const { reader } = scope;
  const match = reader.matchAssignment(context === "range" ? 2 : 1);
  if (match === undefined) return { variables: [], assigns: undefined };
  if (match.assigns === "assign") for (const name of match.variables) checkVariable(scope, name);
  return match;
}

function checkVariable(scope: PipelineScope, name: string): void {
  if (!scope.variables.includes(name)) throw parseError(scope.reader.line(), `undefined variable "${name}"`);
}

function parseCommand(scope: PipelineScope, end: TokenKind, context: string): Command {
  const { reader } = scope;
  const first = reader.peekSignificant();
  const operands: Operand[] = [];
  while (true) {
    const token = reader.peekSignificant();
    if (token.kind === end || token.kind === "pipe") break;
    operands.push(parseOperand(scope, context));
    const after = reader.peek().kind;
    if (after !== "space" && after !== end && after !== "pipe") throw reader.unexpected(reader.peek(), "operand");
  }
  if (operands.length === 1 && operands[0]?.kind === "nil") throw parseError(reader.line(), "nil is not a command");
  return { operands, at: reader.position(reader.textFrom(first), first) };
}

/** A term and the fields that follow it without a space: `.a.b`, `$x.a`, `(index . 0).a`. */
function parseOperand(scope: PipelineScope, context: string): Operand {
  const { reader } = scope;
  const first = reader.peekSignificant();
  const of = parseTerm(scope, context);
  const names: string[] = of.kind === "dot" && first.kind === "field" ? [first.text.slice(1)] : [];
  // Go names the place of a chain by its second part.
  const place = reader.peek().kind === "field" ? reader.peek() : first;
  while (reader.peek().kind === "field") names.push(reader.next().text.slice(1));
  if (names.length === 0) return of;
  if (of.kind === "literal" || of.kind === "nil") {
    throw parseError(reader.line(), `unexpected . after term ${JSON.stringify(first.text)}`);
  }
  return { kind: "fields", of, names, at: reader.position(reader.textFrom(first), place) };
}

function parseTerm(scope: PipelineScope, context: string): Operand {
  const { reader } = scope;
  const token = reader.next();
  switch (token.kind) {
    case "dot":
    case "field":
      return { kind: "dot" };
    case "variable":
      checkVariable(scope, token.text);
      return { kind: "variable", name: token.text };
    case "string":
      return { kind: "literal", value: reader.literal(token) };
    case "char":
      return { kind: "literal", value: parseCharacter(token, reader) };
    case "number":
      return { kind: "literal", value: parseNumber(token, reader) };
    case "left":
      return { kind: "pipeline", pipeline: parsePipeline(scope, "right", "parenthesized pipeline") };
    case "identifier":
      return parseWord(scope, token);
    default:
      throw reader.unexpected(token, context);
  }
}

function parseWord(scope: PipelineScope, token: Token): Operand {
  if (token.text === "true" || token.text === "false") return { kind: "literal", value: token.text === "true" };
  if (token.text === "nil") return { kind: "nil" };
  if (!scope.functions.has(token.text)) {
    throw parseError(scope.reader.line(token), `function "${token.text}" not defined`);
  }
  return { kind: "function", name: token.text };
}

function parseCharacter(token: Token, reader: TokenReader): number {
  const text = reader.literal(token);
  if ([...text].length !== 1) throw parseError(reader.line(token), `malformed character constant: ${token.text}`);
  return text.codePointAt(0) as number;
}

function parseNumber(token: Token, reader: TokenReader): number {
  const value = Number(token.text.replaceAll("_", ""));
  if (Number.isNaN(value)) throw parseError(reader.line(token), `bad number syntax: "${token.text}"`);
  return value;
}

/** Only a function or method can be fed by a pipe. */
function checkPipeline(commands: readonly Command[], reader: TokenReader): void {
  for (const [index, command] of commands.entries()) {
    const kind = command.operands[0]?.kind;
    if (index > 0 && (kind === "literal" || kind === "dot" || kind === "nil")) {
      throw parseError(reader.line(), `non executable command in pipeline stage ${index + 1}`);
    }
  }
}
