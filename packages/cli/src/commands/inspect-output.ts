import { TdockError } from "@tdock/errors/error";
import type { Cli } from "../cli.ts";
import { toJson } from "../terminal/template/json.ts";
import { compileTemplate, type Template } from "../terminal/template/template.ts";
import type { Value } from "../terminal/template/value.ts";
import { dockerShape, withOptionalMembers } from "./inspect-members.ts";

export const inspectFormatUsage = `Format output using a custom template:
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

export interface InspectOptions {
  readonly names: readonly string[];
  /** A template, `json`, or undefined for indented JSON. */
  readonly format: string | undefined;
  /** Fetches one object. */
  readonly find: (name: string) => Promise<unknown>;
}

/**
 * Prints objects as Docker's `inspect` commands do: all that were found, then the errors of those that were not.
 * Gives the exit code: 1 when one was missing, 64 for a template that cannot be parsed.
 */
export async function printInspected(cli: Cli, { names, format, find }: InspectOptions): Promise<number> {
  let template: Template | undefined;
  try {
    template = format === undefined || format === "" || format === "json" ? undefined : compileTemplate(format);
  } catch (thrown) {
    cli.err.print(`${TdockError.from(thrown).message}\n`);
    return 64;
  }
  const shown: Shown = { values: [], texts: [], errors: [] };
  for (const name of names) await inspectOne({ name, find, template }, shown);
  cli.out.print(template === undefined ? jsonText(shown.values, format) : shown.texts.join("") || "\n");
  if (shown.errors.length > 0) cli.err.print(shown.errors.map(({ message }) => `${message}\n`).join(""));
  return shown.errors.length > 0 ? 1 : 0;
}

interface Shown {
  readonly values: Value[];
  readonly texts: string[];
  readonly errors: TdockError[];
}

interface Wanted extends Pick<InspectOptions, "find"> {
  readonly name: string;
  readonly template: Template | undefined;
}

async function inspectOne({ name, find, template }: Wanted, { values, texts, errors }: Shown): Promise<void> {
  try {
    const value = (await find(name)) as Value;
    values.push(value);
    if (template !== undefined) texts.push(`${template.render(withOptionalMembers(value), dockerShape)}\n`);
  } catch (thrown) {
    errors.push(TdockError.from(thrown));
  }
}

function jsonText(values: readonly Value[], format: string | undefined): string {
  return `${toJson(values, format === "json" || values.length === 0 ? "" : "    ")}\n`;
}
