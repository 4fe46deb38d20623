import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  alignTabs
} from "./chunk-AKM4CKU3.js";
import {
  compileTemplate
} from "./chunk-K6GYZVAU.js";

// packages/cli/src/commands/listing.ts
function renderListing({ format, titles, rows }) {
  const isTable = format.startsWith("table");
  const template = compileTemplate(templateOf(format));
  const lines = rows.map((row) => `${template.render(row)}
`).join("");
  return isTable ? alignTabs(`${template.renderHeader(titles)}
${lines}`) : lines;
}
function templateOf(format) {
  if (format === "json") return "{{json .}}";
  const source = format.startsWith("table") ? format.slice("table".length) : format;
  return source.replace(/^ +| +$/g, "").replaceAll("\\t", "	").replaceAll("\\n", "\n");
}
var formatUsage = `Format output using a custom template:
'table':            Print output in table format with column headers (default)
'table TEMPLATE':   Print output in table format using the given Go template
'json':             Print in JSON format
'TEMPLATE':         Print output using the given Go template.
Refer to https://docs.docker.com/go/formatting/ for more information about formatting output with templates`;

export {
  renderListing,
  formatUsage
};
