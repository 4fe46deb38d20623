import type { TemplateFunction } from "./functions.ts";
import type { Pipeline } from "./nodes.ts";
import type { Value } from "./value.ts";

/** What is known of Go's types behind JSON, by the name of a member. */
export interface Shape {
  /** Whether a member is a map of texts: a key that it does not have is no value, not an error. */
  isTextMap(name: string): boolean;
  /** The member's name in JSON, where Go's is another. */
  jsonName?(name: string): string | undefined;
  /** How nil appears in the output. */
  showNil(name: string | undefined): string;
  /** How another value appears there, where that is not as Go shows maps and lists. */
  show?(value: Value, name: string): string | undefined;
}

/** What stays the same while one template is filled in. */
export interface Frame {
  readonly functions: Readonly<Record<string, TemplateFunction>>;
  /** Whether a member that a map does not have is an error, or `<no value>`. */
  readonly missing: "error" | "no-value";
  readonly shape: Shape;
  readonly dot: Value;
  /** Innermost last; an inner one may have the name of an outer one. */
  readonly variables: { readonly name: string; value: Value }[];
}

/** Declares a variable, or changes the innermost of that name. */
export function bind(
  { variables }: Pick<Frame, "variables">,
  variable: { name: string; value: Value },
  assigns: Pipeline["assigns"],
): void {
  const known = assigns === "assign" ? variables.findLast(({ name }) => name === variable.name) : undefined;
  if (known === undefined) variables.push(variable);
  else known.value = variable.value;
}
