import { execute } from "./execute.ts";
import { headerFunctions, templateFunctions } from "./functions.ts";
import { parse } from "./parse.ts";
import type { Value } from "./value.ts";

/** A Go template with Docker's functions, ready to be filled in. */
export interface Template {
  /** Throws `invalid-argument` when a member is missing or a function fails. */
  render(data: Value): string;
  /** The same with the titles of a table's columns in the place of values. */
  renderHeader(titles: Value): string;
}

const names: ReadonlySet<string> = new Set(Object.keys(templateFunctions));

/** Throws `invalid-argument` in the words of Go's text/template. */
export function compileTemplate(source: string): Template {
  const tree = parse(source, names);
  return {
    render: (data) => execute(tree, data, { functions: templateFunctions, missing: "error" }),
    renderHeader: (titles) => execute(tree, titles, { functions: headerFunctions, missing: "no-value" }),
  };
}
