import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  toJson
} from "./chunk-3A66ICA2.js";
import {
  quote
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";

// packages/cli/src/terminal/template/error.ts
function parseError(line, message) {
  return new TdockError("invalid-argument", `template parsing error: template: :${line}: ${message}`);
}
function executeError({ line, column, text }, message) {
  return new TdockError(
    "invalid-argument",
    `template parsing error: template: :${line}:${column}: executing "" at <${text}>: ${message}`
  );
}

// packages/cli/src/terminal/template/frame.ts
function bind({ variables }, variable, assigns) {
  const known = assigns === "assign" ? variables.findLast(({ name }) => name === variable.name) : void 0;
  if (known === void 0) variables.push(variable);
  else known.value = variable.value;
}

// packages/cli/src/terminal/template/value.ts
function isList(value) {
  return Array.isArray(value);
}
function isDot(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isNil(value) {
  return value === null || value === void 0;
}
function isNumber(value) {
  return typeof value === "number" || typeof value === "bigint";
}
function isTrue(value) {
  if (isList(value)) return value.length > 0;
  if (isDot(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}
function sortedEntries(map) {
  return Object.entries(map).sort(([a], [b]) => a < b ? -1 : 1);
}

// packages/cli/src/terminal/template/print.ts
function printValue(value) {
  if (value === null || value === void 0) return "<nil>";
  if (isList(value)) return `[${value.map(printValue).join(" ")}]`;
  if (isDot(value)) {
    return `map[${sortedEntries(value).map(([key, one]) => `${key}:${printValue(one)}`).join(" ")}]`;
  }
  return String(value);
}
function sprint(values) {
  return values.map((value, index) => {
    const previous = values[index - 1];
    const spaced = index > 0 && typeof value !== "string" && typeof previous !== "string";
    return (spaced ? " " : "") + printValue(value);
  }).join("");
}
function sprintln(values) {
  return `${values.map(printValue).join(" ")}
`;
}
function typeName(value) {
  if (value === null || value === void 0) return "nil";
  if (isList(value)) return "[]interface {}";
  if (isDot(value)) return "map[string]interface {}";
  if (isNumber(value)) return Number.isInteger(Number(value)) ? "int" : "float64";
  return typeof value === "boolean" ? "bool" : "string";
}

// packages/cli/src/terminal/template/evaluate.ts
function evaluatePipeline(pipeline, frame) {
  let value;
  for (const [index, command] of pipeline.commands.entries()) {
    value = evaluateCommand(command, frame, index === 0 ? [] : [value]);
  }
  for (const name of pipeline.assigns === void 0 ? [] : pipeline.variables)
    bind(frame, { name, value }, pipeline.assigns);
  return value;
}
function evaluateCommand({ operands, at }, frame, piped) {
  const [first, ...rest] = operands;
  if (first.kind === "function") return callFunction(first.name, rest, { frame, piped, at });
  const target = evaluateOperand(first, frame, at);
  const args = [...rest.map((operand) => evaluateOperand(operand, frame, at)), ...piped];
  if (typeof target === "function") return target(...args);
  if (args.length === 0) return target;
  if (first.kind !== "fields") throw executeError(at, `can't give argument to non-function ${at.text}`);
  throw executeError(first.at, `${first.names.at(-1)} has arguments but cannot be invoked as function`);
}
function callFunction(name, operands, { frame, piped, at }) {
  const called = frame.functions[name];
  const args = [];
  for (const operand of operands) {
    args.push(evaluateOperand(operand, frame, at));
    if (decides(name, args.at(-1))) return args.at(-1);
  }
  args.push(...piped);
  checkCount(name, args.length, at);
  try {
    return called(...args);
  } catch (thrown) {
    throw wordError(name, at, thrown);
  }
}
function decides(name, value) {
  return name === "and" && !isTrue(value) || name === "or" && isTrue(value);
}
var counts = {
  not: [1, 1],
  len: [1, 1],
  ne: [2, 2],
  lt: [2, 2],
  le: [2, 2],
  gt: [2, 2],
  ge: [2, 2],
  json: [1, 1],
  split: [2, 2],
  join: [2, 2],
  title: [1, 1],
  lower: [1, 1],
  upper: [1, 1],
  pad: [3, 3],
  truncate: [2, 2],
  eq: [2, Number.POSITIVE_INFINITY],
  and: [1, Number.POSITIVE_INFINITY],
  or: [1, Number.POSITIVE_INFINITY],
  index: [1, Number.POSITIVE_INFINITY],
  slice: [1, 4],
  printf: [1, Number.POSITIVE_INFINITY]
};
function checkCount(name, got, at) {
  const [least, most] = counts[name] ?? [0, Number.POSITIVE_INFINITY];
  if (got >= least && got <= most) return;
  const wanted = most === least ? String(least) : `at least ${least}`;
  throw executeError(at, `wrong number of args for ${name}: want ${wanted} got ${got}`);
}
function wordError(name, at, thrown) {
  const error = TdockError.from(thrown);
  const isArgument = error.reason === "argument";
  return executeError(at, isArgument ? error.message : `error calling ${name}: ${error.message}`);
}
function evaluateOperand(operand, frame, at) {
  switch (operand.kind) {
    case "dot":
      return frame.dot;
    case "literal":
      return operand.value;
    case "nil":
      return null;
    case "variable":
      return frame.variables.findLast(({ name }) => name === operand.name)?.value;
    case "pipeline":
      return evaluatePipeline(operand.pipeline, frame);
    case "function":
      return callFunction(operand.name, [], { frame, piped: [], at });
    case "fields": {
      const start = evaluateOperand(operand.of, frame, at);
      return operand.names.reduce((value, name, index, names2) => {
        const isMissingText = isDot(value) && !Object.hasOwn(value, name) && frame.shape.isTextMap(names2[index - 1] ?? "");
        return isMissingText ? "" : fieldOf(value, name, { frame, at: operand.at });
      }, start);
    }
  }
}
function fieldOf(value, name, { frame, at }) {
  if (isDot(value)) {
    if (Object.hasOwn(value, name)) return value[name];
    if (frame.missing === "no-value") return void 0;
    throw executeError(at, `map has no entry for key "${name}"`);
  }
  if (value === null || value === void 0) {
    if (frame.missing === "no-value") return void 0;
    throw executeError(at, `nil pointer evaluating interface {}.${name}`);
  }
  if (typeof value === "function") throw executeError(at, `can't evaluate field ${name} in a method`);
  throw executeError(at, `can't evaluate field ${name} in type ${typeName(value)}: ${printValue(value)}`);
}

// packages/cli/src/terminal/template/execute.ts
function execute(tree, data, options) {
  const parts = [];
  const variables = [{ name: "$", value: data }];
  runList(tree.nodes, { ...options, tree, dot: data, variables, depth: 0, write: (text) => parts.push(text) });
  return parts.join("");
}
function runList(nodes, state) {
  const visible = state.variables.length;
  for (const node of nodes) {
    const outcome = runNode(node, state);
    if (outcome !== "done") return outcome;
  }
  state.variables.length = visible;
  return "done";
}
function runNode(node, state) {
  switch (node.kind) {
    case "text":
      state.write(node.text);
      return "done";
    case "action": {
      const value = evaluatePipeline(node.pipeline, state);
      if (node.pipeline.assigns === void 0)
        state.write(isNil(value) ? state.shape.showNil(memberOf(node.pipeline)) : printValue(value));
      return "done";
    }
    case "range":
      return runScoped(node, state, runRange);
    case "if":
    case "with":
      return runScoped(node, state, runChoice);
    case "template":
      return runTemplate(node, state);
    default:
      return node.kind;
  }
}
function runScoped(node, state, run) {
  const visible = state.variables.length;
  const outcome = run(node, state);
  state.variables.length = visible;
  return outcome;
}
function runChoice(node, state) {
  const value = evaluatePipeline(node.pipeline, state);
  if (!isTrue(value)) return runList(node.otherwise, state);
  return runList(node.body, node.kind === "with" ? { ...state, dot: value } : state);
}
function runRange(node, state) {
  const items = itemsOf(evaluatePipeline({ ...node.pipeline, assigns: void 0 }, state), node.pipeline);
  if (items.length === 0) return runList(node.otherwise, state);
  const visible = state.variables.length;
  for (const [key, value] of items) {
    state.variables.length = visible;
    bindLoop(node.pipeline, [key, value], state);
    const outcome = runList(node.body, { ...state, dot: value });
    if (outcome === "break") break;
  }
  return "done";
}
function itemsOf(value, pipeline) {
  if (value === null || value === void 0) return [];
  if (isList(value)) return value.map((one, index) => [index, one]);
  if (isDot(value)) return sortedEntries(value);
  if (isNumber(value)) return Array.from({ length: Number(value) }, (_, index) => [index, index]);
  throw executeError(positionOf(pipeline), `range can't iterate over ${printValue(value)}`);
}
function bindLoop({ variables, assigns }, [key, value], state) {
  const values = variables.length === 2 ? [key, value] : [value];
  for (const [index, name] of variables.entries()) bind(state, { name, value: values[index] }, assigns);
}
function runTemplate(node, state) {
  const nodes = state.tree.defined.get(node.name);
  if (nodes === void 0) throw executeError(node.at, `template "${node.name}" not defined`);
  if (state.depth > 100) throw executeError(node.at, "exceeded maximum template depth (100)");
  const dot = node.pipeline === void 0 ? void 0 : evaluatePipeline(node.pipeline, state);
  return runList(nodes, { ...state, dot, variables: [{ name: "$", value: dot }], depth: state.depth + 1 });
}
function positionOf(pipeline) {
  return pipeline.commands[0]?.at ?? { line: 1, column: 0, text: "" };
}
function memberOf({ commands }) {
  const [operand, ...more] = commands[0]?.operands ?? [];
  const isPlain = commands.length === 1 && more.length === 0;
  return isPlain && operand?.kind === "fields" ? operand.names.at(-1) : void 0;
}

// packages/cli/src/terminal/template/compare.ts
function equalValues(a, b) {
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  checkComparable(a, b);
  return a == b;
}
function compareValues(a, b) {
  checkComparable(a, b);
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a !== "string" || typeof b !== "string") throw incomparable("invalid type for comparison");
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
function checkComparable(a, b) {
  for (const value of [a, b]) {
    if (typeof value === "object" || typeof value === "function") {
      throw incomparable(`non-comparable type ${typeName(value)}`);
    }
  }
  if (isNumber(a) !== isNumber(b) || !isNumber(a) && typeof a !== typeof b) {
    throw incomparable("incompatible types for comparison");
  }
}
function incomparable(message) {
  return new TdockError("invalid-argument", message);
}

// packages/cli/src/terminal/template/sprintf.ts
var verb = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?([a-zA-Z%])/g;
function sprintf(format, values) {
  let next = 0;
  const text = format.replace(
    verb,
    (all, flags, width, digits, v) => {
      if (v === "%") return "%";
      const wide = width === "*" ? Number(values[next++]) : Number(width ?? 0);
      const precision = !all.includes(".") ? void 0 : digits === "*" ? Number(values[next++]) : Number(digits ?? 0);
      if (next >= values.length) return `%!${v}(MISSING)`;
      return pad(formatOne({ flags, width: wide, precision, verb: v }, values[next++]), { flags, width: wide });
    }
  );
  const extra = values.slice(next).map((value) => `${typeName(value)}=${printValue(value)}`);
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(", ")})`;
}
function formatOne(spec, value) {
  const formatted = byVerb[spec.verb]?.(value, spec);
  return formatted ?? `%!${spec.verb}(${typeName(value)}=${printValue(value)})`;
}
var byVerb = {
  v: (value) => printValue(value),
  s: (value, { precision }) => isNumber(value) || typeof value === "boolean" ? void 0 : cut(printValue(value), precision),
  q: (value) => typeof value === "string" ? quote(value) : void 0,
  t: (value) => typeof value === "boolean" ? String(value) : void 0,
  T: (value) => typeName(value),
  d: (value, spec) => whole(value, 10, spec),
  b: (value, spec) => whole(value, 2, spec),
  o: (value, spec) => whole(value, 8, spec),
  x: (value, spec) => typeof value === "string" ? Buffer.from(value).toString("hex") : whole(value, 16, spec),
  X: (value, spec) => whole(value, 16, spec)?.toUpperCase(),
  c: (value) => isNumber(value) ? String.fromCodePoint(Number(value)) : void 0,
  U: (value) => isNumber(value) ? `U+${Number(value).toString(16).toUpperCase().padStart(4, "0")}` : void 0,
  f: (value, { precision, flags }) => real(value, flags, (number) => number.toFixed(precision ?? 6)),
  e: (value, { precision, flags }) => real(value, flags, (number) => exponent(number.toExponential(precision ?? 6))),
  g: (value, { precision, flags }) => real(
    value,
    flags,
    (number) => precision === void 0 ? String(number) : String(Number(number.toPrecision(precision)))
  )
};
function whole(value, base, { flags }) {
  if (!isNumber(value) || typeof value === "number" && !Number.isInteger(value)) return void 0;
  return signed(value.toString(base), flags);
}
function real(value, flags, format) {
  return typeof value === "number" ? signed(format(value), flags) : void 0;
}
function signed(digits, flags) {
  if (digits.startsWith("-")) return digits;
  return flags.includes("+") ? `+${digits}` : flags.includes(" ") ? ` ${digits}` : digits;
}
function exponent(text) {
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}
function cut(text, precision) {
  return precision === void 0 ? text : [...text].slice(0, precision).join("");
}
function pad(text, { flags, width }) {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  if (!flags.includes("0")) return " ".repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

// packages/cli/src/terminal/template/functions.ts
var templateFunctions = {
  and: (...args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (arg) => !isTrue(arg),
  eq: (first, ...others) => others.some((other) => equalValues(first, other)),
  ne: (a, b) => !equalValues(a, b),
  lt: (a, b) => compareValues(a, b) < 0,
  le: (a, b) => compareValues(a, b) <= 0,
  gt: (a, b) => compareValues(a, b) > 0,
  ge: (a, b) => compareValues(a, b) >= 0,
  len: lengthOf,
  index: (value, ...keys) => keys.reduce(indexOne, value),
  slice: sliceOf,
  print: (...args) => sprint(args),
  println: (...args) => sprintln(args),
  printf: (format, ...args) => sprintf(asText("printf", format), args),
  html: (...args) => sprint(args).replace(/[&<>"']/g, (character) => htmlEscapes[character] ?? character),
  urlquery: (...args) => encodeURIComponent(sprint(args)).replaceAll("%20", "+"),
  js: (...args) => toJson(sprint(args)).slice(1, -1).replaceAll("'", "\\'"),
  call: () => fail("call of a value that is not a function"),
  json: (value) => toJson(value),
  split: (text, separator) => asText("split", text).split(asText("split", separator)),
  join: (list, separator) => asList("join", list).map(printValue).join(asText("join", separator)),
  title: (text) => asText("title", text).replace(
    new RegExp("(^|[^\\p{L}\\p{N}_'])(\\p{Ll})", "gu"),
    (_, before, letter) => before + letter.toUpperCase()
  ),
  lower: (text) => asText("lower", text).toLowerCase(),
  upper: (text) => asText("upper", text).toUpperCase(),
  pad: (text, before, after) => {
    const padded = asText("pad", text);
    return padded === "" ? "" : " ".repeat(Number(before)) + padded + " ".repeat(Number(after));
  },
  truncate: (text, length) => [...asText("truncate", text)].slice(0, Number(length)).join("")
};
var headerFunctions = {
  ...templateFunctions,
  json: (value) => value,
  split: (value) => value,
  join: (value) => value,
  title: (value) => value,
  lower: (value) => value,
  upper: (value) => value,
  truncate: (value) => value
};
var htmlEscapes = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;"
};
function lengthOf(value) {
  if (value === null || value === void 0) return 0;
  if (typeof value === "string") return Buffer.byteLength(value);
  if (isList(value)) return value.length;
  if (isDot(value)) return Object.keys(value).length;
  return fail(`len of type ${typeName(value)}`);
}
function indexOne(value, key) {
  if (value === null || value === void 0) return fail("index of untyped nil");
  if (isDot(value)) {
    const name = asText("index", key);
    return Object.hasOwn(value, name) ? value[name] : "";
  }
  const list = typeof value === "string" ? [...Buffer.from(value)] : isList(value) ? value : fail(`can't index item of type ${typeName(value)}`);
  if (!isNumber(key)) return fail(`cannot index slice/array with type ${typeName(key)}`);
  const at = Number(key);
  return at >= 0 && at < list.length ? list[at] : fail(`index out of range: ${at}`);
}
function sliceOf(value, from = 0, to) {
  const length = lengthOf(value);
  const [start, end] = [Number(from), Number(to ?? length)];
  if (start < 0 || start > length) return fail(`index out of range: ${start}`);
  if (end < start || end > length)
    return fail(start > end ? `invalid slice index: ${start} > ${end}` : `index out of range: ${end}`);
  if (typeof value === "string") return Buffer.from(value).subarray(start, end).toString();
  return isList(value) ? value.slice(start, end) : fail(`can't slice item of type ${typeName(value)}`);
}
function asText(name, value) {
  if (typeof value === "string") return value;
  return fail(`wrong type for value; expected string; got ${typeName(value)}`, name);
}
function asList(name, value) {
  if (value === null || value === void 0) return [];
  return isList(value) ? value : fail(`wrong type for value; expected []string; got ${typeName(value)}`, name);
}
function fail(message, name) {
  throw new TdockError("invalid-argument", message, name === void 0 ? {} : { reason: "argument" });
}

// packages/cli/src/terminal/template/lex.ts
var patterns = [
  ["space", /\s+/y],
  ["declare", /:=/y],
  ["assign", /=/y],
  ["pipe", /\|/y],
  ["left", /\(/y],
  ["right", /\)/y],
  ["comma", /,/y],
  ["field", /\.[\p{L}_][\p{L}\p{N}_]*/uy],
  ["number", /[+-]?(?:0[xX][0-9a-fA-F_]+|\.?\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?)/y],
  ["dot", /\./y],
  ["variable", /\$[\p{L}\p{N}_]*/uy],
  ["identifier", /[\p{L}_][\p{L}\p{N}_]*/uy],
  ["string", /"(?:[^"\\\n]|\\.)*"|`[^`]*`/y],
  ["char", /'(?:[^'\\\n]|\\.)+'/y]
];
function lex(source) {
  const tokens = [];
  let at = 0;
  while (at < source.length) {
    const open = source.indexOf("{{", at);
    const end = open === -1 ? source.length : open;
    const trims = /^\{\{-\s/.test(source.slice(end, end + 4));
    const text = source.slice(at, end);
    const kept = trims ? text.trimEnd() : text;
    if (kept !== "") tokens.push({ kind: "text", text: kept, at });
    at = open === -1 ? end : lexAction(source, trims ? end + 3 : end + 2, tokens);
  }
  tokens.push({ kind: "end-of-file", text: "", at: source.length });
  return tokens;
}
function lexAction(source, start, tokens) {
  const comment = /^\s*\/\*[\s\S]*?\*\/\s*?(\s-)?\}\}/.exec(source.slice(start));
  if (comment !== null) return skipSpace(source, start + comment[0].length, comment[1] !== void 0);
  tokens.push({ kind: "open", text: "{{", at: start });
  let at = start;
  while (true) {
    const close = /^(\s-)?\}\}/.exec(source.slice(at, at + 4));
    if (close !== null) {
      tokens.push({ kind: "close", text: "}}", at });
      return skipSpace(source, at + close[0].length, close[1] !== void 0);
    }
    if (at >= source.length) throw parseError(lineAt(source, start), "unclosed action");
    const token = nextToken(source, at);
    tokens.push(token);
    at += token.text.length;
  }
}
function skipSpace(source, at, trims) {
  if (!trims) return at;
  const rest = source.slice(at);
  return at + rest.length - rest.trimStart().length;
}
function nextToken(source, at) {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) return { kind, text: match[0], at };
  }
  const line = lineAt(source, at);
  if (source[at] === '"') throw parseError(line, "unterminated quoted string");
  if (source[at] === "`") throw parseError(line, "unterminated raw quoted string");
  throw parseError(line, `unexpected ${JSON.stringify(source[at])} in operand`);
}
function lineAt(source, at) {
  return source.slice(0, at).split("\n").length;
}
function columnAt(source, at) {
  return at - (source.lastIndexOf("\n", at - 1) + 1);
}

// packages/cli/src/terminal/template/unquote.ts
var simple = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "	",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"'
};
function unquote(literal) {
  const inner = literal.slice(1, -1);
  if (literal.startsWith("`")) return inner;
  return inner.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/g, (_, code) => {
    const plain = simple[code];
    if (plain !== void 0) return plain;
    if (/^[xuU]/.test(code) && code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    return /^[0-7]{3}$/.test(code) ? String.fromCodePoint(Number.parseInt(code, 8)) : code;
  });
}

// packages/cli/src/terminal/template/parse-pipeline.ts
function parsePipeline(scope, end, context) {
  const { reader } = scope;
  const head = parseVariables(scope, context);
  const commands = [];
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
function parseVariables(scope, context) {
  const { reader } = scope;
  const match = reader.matchAssignment(context === "range" ? 2 : 1);
  if (match === void 0) return { variables: [], assigns: void 0 };
  if (match.assigns === "assign") for (const name of match.variables) checkVariable(scope, name);
  return match;
}
function checkVariable(scope, name) {
  if (!scope.variables.includes(name)) throw parseError(scope.reader.line(), `undefined variable "${name}"`);
}
function parseCommand(scope, end, context) {
  const { reader } = scope;
  const first = reader.peekSignificant();
  const operands = [];
  while (true) {
    const token = reader.peekSignificant();
    if (token.kind === end || token.kind === "pipe") break;
    operands.push(parseOperand(scope, context));
    const after = reader.peek().kind;
    if (after !== "space" && after !== end && after !== "pipe") throw reader.unexpected(reader.peek(), "operand");
  }
  return { operands, at: reader.position(reader.textFrom(first), first) };
}
function parseOperand(scope, context) {
  const { reader } = scope;
  const first = reader.peekSignificant();
  const of = parseTerm(scope, context);
  const names2 = of.kind === "dot" && first.kind === "field" ? [first.text.slice(1)] : [];
  const place = reader.peek().kind === "field" ? reader.peek() : first;
  while (reader.peek().kind === "field") names2.push(reader.next().text.slice(1));
  if (names2.length === 0) return of;
  if (of.kind === "literal" || of.kind === "nil") {
    throw parseError(reader.line(), `unexpected . after term ${JSON.stringify(first.text)}`);
  }
  return { kind: "fields", of, names: names2, at: reader.position(reader.textFrom(first), place) };
}
function parseTerm(scope, context) {
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
      return { kind: "literal", value: unquote(token.text) };
    case "char":
      return { kind: "literal", value: unquote(token.text).codePointAt(0) ?? 0 };
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
function parseWord(scope, token) {
  if (token.text === "true" || token.text === "false") return { kind: "literal", value: token.text === "true" };
  if (token.text === "nil") return { kind: "nil" };
  if (!scope.functions.has(token.text)) {
    throw parseError(scope.reader.line(token), `function "${token.text}" not defined`);
  }
  return { kind: "function", name: token.text };
}
function parseNumber(token, reader) {
  const value = Number(token.text.replaceAll("_", ""));
  if (Number.isNaN(value)) throw parseError(reader.line(token), `bad number syntax: "${token.text}"`);
  return value;
}
function checkPipeline(commands, reader) {
  for (const [index, command] of commands.entries()) {
    const kind = command.operands[0]?.kind;
    if (index > 0 && (kind === "literal" || kind === "dot" || kind === "nil")) {
      throw parseError(reader.line(), `non executable command in pipeline stage ${index + 1}`);
    }
  }
}

// packages/cli/src/terminal/template/token-reader.ts
var TokenReader = class {
  #source;
  #tokens;
  #index = 0;
  constructor(source, tokens) {
    this.#source = source;
    this.#tokens = tokens;
  }
  next() {
    const token = this.peek();
    this.#index++;
    return token;
  }
  peek() {
    return this.#tokens[Math.min(this.#index, this.#tokens.length - 1)];
  }
  nextSignificant() {
    this.skipSpace();
    return this.next();
  }
  peekSignificant() {
    this.skipSpace();
    return this.peek();
  }
  skipSpace() {
    while (this.peek().kind === "space") this.#index++;
  }
  /** The word that the action at hand starts with. */
  peekKeyword() {
    const token = this.peekSignificant();
    return token.kind === "identifier" ? token.text : void 0;
  }
  expect(kind, context) {
    const token = this.nextSignificant();
    if (token.kind !== kind) throw this.unexpected(token, context);
    return token;
  }
  expectString(context) {
    return unquote(this.expect("string", context).text);
  }
  /** Steps over `}}` if it is next. */
  skipClose() {
    if (this.peekSignificant().kind !== "close") return false;
    this.next();
    return true;
  }
  /** Reads `$x :=` or `$x, $y :=` (or `=`) if that is what comes; else stays where it is. */
  matchAssignment(most) {
    const start = this.#index;
    const variables = [];
    while (variables.length < most && this.peekSignificant().kind === "variable") {
      variables.push(this.next().text);
      const { kind } = this.peekSignificant();
      if (kind === "declare" || kind === "assign") {
        this.next();
        return { variables, assigns: kind };
      }
      if (kind !== "comma") break;
      this.next();
    }
    this.#index = start;
    return void 0;
  }
  unexpected(token, context) {
    const shown = token.kind === "end-of-file" ? "EOF" : token.kind === "close" ? '"}}"' : JSON.stringify(token.text);
    return parseError(this.line(token), `unexpected ${shown === "EOF" ? shown : `${shown} in ${context}`}`);
  }
  line(token = this.peek()) {
    return lineAt(this.#source, token.at);
  }
  /** Position of the token just read; `text` is what error messages show. */
  position(text, token = this.#tokens[this.#index - 1]) {
    return { line: this.line(token), column: columnAt(this.#source, token.at), text };
  }
  /** The source from a token to where the reader stands. */
  textFrom(token) {
    return this.#source.slice(token.at, this.peek().at).trimEnd();
  }
};

// packages/cli/src/terminal/template/parse.ts
function parse(source, functions) {
  const scope = {
    reader: new TokenReader(source, lex(source)),
    functions,
    defined: /* @__PURE__ */ new Map(),
    variables: ["$"],
    inRange: false
  };
  const { nodes, end } = parseList(scope);
  if (end !== "end-of-file") throw parseError(scope.reader.line(), `unexpected {{${end}}}`);
  return { nodes, defined: scope.defined };
}
function parseList(scope) {
  const nodes = [];
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
    if (node !== void 0) nodes.push(node);
  }
}
function parseAction(scope, keyword) {
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
      return void 0;
    case "block":
    case "template":
      reader.nextSignificant();
      return parseInvocation(scope, keyword);
    default:
      return { kind: "action", pipeline: parsePipeline(scope, "close", "command") };
  }
}
function parseBranch(outer, kind) {
  const scope = { ...outer, variables: [...outer.variables], inRange: outer.inRange || kind === "range" };
  const pipeline = parsePipeline(scope, "close", kind);
  const { nodes: body, end } = parseList(scope);
  if (end === "end-of-file") throw parseError(scope.reader.line(), "unexpected EOF");
  if (end === "end") return { kind, pipeline, body, otherwise: [] };
  return { kind, pipeline, body, otherwise: parseElse(scope, kind) };
}
function parseElse(scope, kind) {
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
function parseDefinition(outer, context) {
  const { reader } = outer;
  const name = reader.expectString(context);
  reader.expect("close", `${context} clause`);
  const { nodes, end } = parseList({ ...outer, variables: ["$"], inRange: false });
  if (end !== "end") throw parseError(reader.line(), "unexpected EOF");
  outer.defined.set(name, nodes);
  return name;
}
function parseInvocation(scope, kind) {
  const { reader } = scope;
  const name = reader.expectString(`${kind} clause`);
  const at = reader.position(name);
  const pipeline = reader.skipClose() ? void 0 : parsePipeline(scope, "close", kind);
  if (kind === "block") {
    const { nodes, end } = parseList({ ...scope, variables: ["$"], inRange: false });
    if (end !== "end") throw parseError(reader.line(), "unexpected EOF");
    if (!scope.defined.has(name)) scope.defined.set(name, nodes);
  }
  return { kind: "template", name, pipeline, at };
}

// packages/cli/src/terminal/template/template.ts
var untyped = { isTextMap: () => false, showNil: () => "<no value>" };
var names = new Set(Object.keys(templateFunctions));
function compileTemplate(source) {
  const tree = parse(source, names);
  return {
    render: (data, shape = untyped) => execute(tree, data, { functions: templateFunctions, missing: "error", shape }),
    renderHeader: (titles) => execute(tree, titles, { functions: headerFunctions, missing: "no-value", shape: untyped })
  };
}

export {
  isDot,
  compileTemplate
};
