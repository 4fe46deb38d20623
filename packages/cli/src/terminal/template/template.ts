import { execute } from "./execute.ts";
import type { Shape } from "./frame.ts";
import { headerFunctions, templateFunctions } from "./functions.ts";
import { parse } from "./parse.ts";
import type { Value } from "./value.ts";

/** A Go template with Docker's functions, ready to be filled in. */
export interface Template {
  /** Throws `invalid-argument` when a member is missing or a function fails. `shape`: see {@link Shape}. */
  render(data: Value, shape?: Shape): string;
  /** The same with the titles of a table's columns in the place of values. */
  renderHeader(titles: Value): string;
}

const untyped: Shape = { isTextMap: () => false, showNil: () => "<no value>" };

const names: ReadonlySet<string> = new Set(Object.keys(templateFunctions));

/** Throws `invalid-argument` in the words of Go's text/template. */
export function compileTemplate(source: string): Template {
  const tree = parse(source, names);
  return {
    render: (data, shape = untyped) => execute(tree, data, { functions: templateFunctions, missing: "error", shape }),
    renderHeader: (titles) =>
      execute(tree, titles, { functions: headerFunctions, missing: "no-value", shape: untyped }),
  };
}
