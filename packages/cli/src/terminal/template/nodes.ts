import type { Position } from "./error.ts";
import type { Value } from "./value.ts";

/** The parts of a parsed template, as Go's text/template/parse/node.go names them. */
export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipeline: Pipeline }
  | Branch
  | { readonly kind: "template"; readonly name: string; readonly pipeline: Pipeline | undefined; readonly at: Position }
  | { readonly kind: "break" }
  | { readonly kind: "continue" };

export interface Branch {
  readonly kind: "if" | "range" | "with";
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}

/** `$a, $b := command | command`. */
export interface Pipeline {
  readonly variables: readonly string[];
  readonly assigns: "declare" | "assign" | undefined;
  readonly commands: readonly Command[];
}

/** An operand, and its arguments when it is a function or a method. */
export interface Command {
  readonly operands: readonly Operand[];
  readonly at: Position;
}

export type Operand =
  | { readonly kind: "dot" }
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "nil" }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "fields"; readonly of: Operand; readonly names: readonly string[]; readonly at: Position }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline };
