import { alignTabs } from "../terminal/tab-writer.ts";
import { compileTemplate } from "../terminal/template/template.ts";
import type { Dot } from "../terminal/template/value.ts";

/** How a listing is shown: Docker's formatter (docker/cli `cli/command/formatter/formatter.go`). */
export interface Listing {
  /** `table TEMPLATE`, `json`, or a template. */
  readonly format: string;
  /** Member of a row -> title of its column. */
  readonly titles: Dot;
  readonly rows: readonly Dot[];
}

/** The text of a listing. Throws `invalid-argument` for a template that does not fit. */
export function renderListing({ format, titles, rows }: Listing): string {
  const isTable = format.startsWith("table");
  const template = compileTemplate(templateOf(format));
  const lines = rows.map((row) => `${template.render(row)}\n`).join("");
  return isTable ? alignTabs(`${template.renderHeader(titles)}\n${lines}`) : lines;
}

/** What a `--format` of a listing stands for: nothing and `table` for its table, `raw` for lines of `name: value`. */
export function chooseFormat(named: string | undefined, { table, raw }: { table: string; raw: string }): string {
  if (!named || named === "table") return table;
  return named === "raw" ? raw : named;
}

function templateOf(format: string): string {
  if (format === "json") return "{{json .}}";
  const source = format.startsWith("table") ? format.slice("table".length) : format;
  return source
    .replace(/^ +| +$/g, "")
    .replaceAll("\\t", "\t")
    .replaceAll("\\n", "\n");
}

/** Help text of every `--format` of a listing. */
export const formatUsage = `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;
