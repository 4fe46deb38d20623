import { executeError, type Position } from "./error.ts";
import { evaluatePipeline } from "./evaluate.ts";
import { bind, type Frame } from "./frame.ts";
import type { Branch, Node, Pipeline } from "./nodes.ts";
import type { Tree } from "./parse.ts";
import { printValue } from "./print.ts";
import { isDot, isList, isNil, isNumber, isTrue, sortedEntries, type Value } from "./value.ts";

interface State extends Frame {
  readonly tree: Tree;
  readonly depth: number;
  readonly write: (text: string) => void;
}

/** Fills a parsed template in. Throws `invalid-argument` in the words of Go's text/template. */
export function execute(tree: Tree, data: Value, options: Pick<Frame, "functions" | "missing" | "shape">): string {
  const parts: string[] = [];
  const variables = [{ name: "$", value: data }];
  runList(tree.nodes, { ...options, tree, dot: data, variables, depth: 0, write: (text) => parts.push(text) });
  return parts.join("");
}

/** How a list of nodes ended: at its end, or at a `{{break}}` or `{{continue}}` for the loop around it. */
type Outcome = "done" | "break" | "continue";

function runList(nodes: readonly Node[], state: State): Outcome {
  const visible = state.variables.length;
  for (const node of nodes) {
    const outcome = runNode(node, state);
    if (outcome !== "done") return outcome;
  }
  state.variables.length = visible;
  return "done";
}

function runNode(node: Node, state: State): Outcome {
  switch (node.kind) {
    case "text":
      state.write(node.text);
      return "done";
    case "action": {
      const value = evaluatePipeline(node.pipeline, state);
      if (node.pipeline.assigns === undefined) state.write(textOf(value, node.pipeline, state));
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

/** Nothing at all has no type; what is nil shows as its type does. */
function textOf(value: Value, pipeline: Pipeline, { shape }: State): string {
  if (value === undefined) return "<no value>";
  const member = memberOf(pipeline);
  if (isNil(value)) return shape.showNil(member);
  return (member === undefined ? undefined : shape.show?.(value, member)) ?? printValue(value);
}

/** Forgets the variables that a branch declared. */
function runScoped(node: Branch, state: State, run: (node: Branch, state: State) => Outcome): Outcome {
  const visible = state.variables.length;
  const outcome = run(node, state);
  state.variables.length = visible;
  return outcome;
}

function runChoice(node: Branch, state: State): Outcome {
  const value = evaluatePipeline(node.pipeline, state);
  if (!isTrue(value)) return runList(node.otherwise, state);
  return runList(node.body, node.kind === "with" ? { ...state, dot: value } : state);
}

function runRange(node: Branch, state: State): Outcome {
  const items = itemsOf(evaluatePipeline({ ...node.pipeline, assigns: undefined }, state), node.pipeline);
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

function itemsOf(value: Value, pipeline: Pipeline): readonly (readonly [Value, Value])[] {
  if (value === null || value === undefined) return [];
  if (isList(value)) return value.map((one, index) => [index, one]);
  if (isDot(value)) return sortedEntries(value);
  if (isNumber(value)) return Array.from({ length: Number(value) }, (_, index) => [index, index]);
  throw executeError(positionOf(pipeline), `range can't iterate over ${printValue(value)}`);
}

/** `$v` gets the element; `$k, $v` the key and the element. */
function bindLoop({ variables, assigns }: Pipeline, [key, value]: readonly [Value, Value], state: State): void {
  const values = variables.length === 2 ? [key, value] : [value];
  for (const [index, name] of variables.entries()) bind(state, { name, value: values[index] }, assigns);
}

function runTemplate(node: Node & { kind: "template" }, state: State): Outcome {
  const nodes = state.tree.defined.get(node.name);
  if (nodes === undefined) throw executeError(node.at, `template "${node.name}" not defined`);
  if (state.depth > 100) throw executeError(node.at, "exceeded maximum template depth (100)");
  const dot = node.pipeline === undefined ? undefined : evaluatePipeline(node.pipeline, state);
  return runList(nodes, { ...state, dot, variables: [{ name: "$", value: dot }], depth: state.depth + 1 });
}

function positionOf(pipeline: Pipeline): Position {
  return pipeline.commands[0]?.at ?? { line: 1, column: 0, text: "" };
}

/** The name of the member that a pipeline reads, if it does nothing else. */
function memberOf({ commands }: Pipeline): string | undefined {
  const [operand, ...more] = commands[0]?.operands ?? [];
  const isPlain = commands.length === 1 && more.length === 0;
  return isPlain && operand?.kind === "fields" ? operand.names.at(-1) : undefined;
}
