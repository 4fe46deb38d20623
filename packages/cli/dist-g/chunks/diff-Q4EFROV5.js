import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  formatUsage,
  renderListing
} from "./chunk-P4B3JGJS.js";
import "./chunk-AKM4CKU3.js";
import "./chunk-K6GYZVAU.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import {
  containerChanges
} from "./chunk-NMDKTQMT.js";
import "./chunk-H4OVVPY3.js";
import "./chunk-UGV2ME5Q.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  text
} from "./chunk-BK7RGC7S.js";
import {
  TdockError
} from "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/diff.ts
var kinds = ["C", "A", "D"];
var diff = defineCommand({
  usage: "CONTAINER",
  operands: exactly(1),
  flags: { format: text(formatUsage, { hidden: true }) },
  async run(cli, { flags, args: [id = ""] }) {
    if (id.trim() === "") throw new TdockError("invalid-argument", "Container name cannot be empty");
    const changes = await call(cli.client, containerChanges, { id }) ?? [];
    const rows = changes.map(({ Path, Kind }) => ({ Path, Type: kinds[Number(Kind)] ?? "" }));
    const titles = { Path: "PATH", Type: "CHANGE TYPE" };
    const named = flags.format ?? "{{.Type}} {{.Path}}";
    const format = named === "table" ? "table {{.Type}}	{{.Path}}" : named;
    cli.out.print(renderListing({ format, titles, rows }));
    return 0;
  }
});
export {
  diff
};
