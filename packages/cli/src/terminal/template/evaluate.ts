import { TdockError } from "@tdock/errors/error";
import { executeError, type Position } from "./error.ts";
import { bind, type Frame } from "./frame.ts";
import type { Command, Operand, Pipeline } from "./nodes.ts";
import { printValue, typeName } from "./print.ts";
import { isDot, isTrue, type Value } from "./value.ts";

/** The value of a pipeline: each command gets the one before as its last argument. Declares its variables. */
export function evaluatePipeline(pipeline: Pipeline, frame: Frame): Value {
  let value: Value;
  for (const [index, command] of pipeline.commands.entries()) {
    value = evaluateCommand(command, frame, index === 0 ? [] : [value]);
  }
  for (const name of pipeline.assigns === undefined ? [] : pipeline.variables)
    bind(frame, { name, value }, pipeline.assigns);
  return value;
}

function evaluateCommand({ operands, at }: Command, frame: Frame, piped: readonly Value[]): Value {
  const [first, ...rest] = operands as [Operand, ...Operand[]];
  if (first.kind === "function") return callFunction(first.name, rest, { frame, piped, at });
  const target = evaluateOperand(first, frame, at);
  const args = [...rest.map((operand) => evaluateOperand(operand, frame, at)), ...piped];
  if (typeof target === "function") return target(...args);
  if (args.length === 0) return target;
  if (first.kind !== "fields") throw executeError(at, `can't give argument to non-function ${at.text}`);
  throw executeError(first.at, `${first.names.at(-1)} has arguments but cannot be invoked as function`);
}

interface Call {
  readonly frame: Frame;
  readonly piped: readonly Value[];
  readonly at: Position;
}

function callFunction(name: string, operands: readonly Operand[], { frame, piped, at }: Call): Value {
  const called = frame.functions[name] as (...args: Value[]) => Value;
  const args: Value[] = [];
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

/** `and` and `or` do not look at what stands behind the argument that decides. */
function decides(name: string, value: Value): boolean {
  return (name === "and" && !isTrue(value)) || (name === "or" && isTrue(value));
}

/** Least and most arguments of the functions that do not take any number. */
const counts: Readonly<Record<string, readonly [number, number]>> = {
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
  printf: [1, Number.POSITIVE_INFINITY],
};

function checkCount(name: string, got: number, at: Position): void {
  const [least, most] = counts[name] ?? [0, Number.POSITIVE_INFINITY];
  if (got >= least && got <= most) return;
  const wanted = most === least ? String(least) : `at least ${least}`;
  throw executeError(at, `wrong number of args for ${name}: want ${wanted} got ${got}`);
}

function wordError(name: string, at: Position, thrown: unknown): TdockError {
  const error = TdockError.from(thrown);
  const isArgument = error.reason === "argument";
  return executeError(at, isArgument ? error.message : `error calling ${name}: ${error.message}`);
}

function evaluateOperand(operand: Operand, frame: Frame, at: Position): Value {
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
      return operand.names.reduce<Value>((value, name, index, names) => {
        const isMissing = isDot(value) && !Object.hasOwn(value, name);
        if (isMissing && frame.shape.isTextMap(names[index - 1] ?? "")) return undefined;
        const known = isMissing ? (frame.shape.jsonName?.(name) ?? name) : name;
        return fieldOf(value, known, { frame, at: operand.at });
      }, start);
    }
  }
}

/** A member of a map or row; only own ones count, so that `constructor` is nothing special. */
function fieldOf(value: Value, name: string, { frame, at }: Pick<Call, "frame" | "at">): Value {
  if (isDot(value)) {
    if (Object.hasOwn(value, name)) return value[name];
    if (frame.missing === "no-value") return undefined;
    throw executeError(at, `map has no entry for key "${name}"`);
  }
  if (value === null || value === undefined) {
    if (frame.missing === "no-value") return undefined;
    throw executeError(at, `nil pointer evaluating interface {}.${name}`);
  }
  if (typeof value === "function") throw executeError(at, `can't evaluate field ${name} in a method`);
  throw executeError(at, `can't evaluate field ${name} in type ${typeName(value)}: ${printValue(value)}`);
}
