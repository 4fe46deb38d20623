import { createRequire as bundleRequire } from "node:module"; const require = bundleRequire(import.meta.url);
import {
  goRfc3339
} from "./chunk-VBNPYXY5.js";
import {
  shortId
} from "./chunk-U4YGGPQP.js";
import {
  imageHistory
} from "./chunk-7SSBNG2S.js";
import {
  humanDuration,
  humanSize
} from "./chunk-WYE2WXCF.js";
import {
  formatUsage,
  renderListing
} from "./chunk-P4B3JGJS.js";
import {
  ellipsis
} from "./chunk-AKM4CKU3.js";
import "./chunk-K6GYZVAU.js";
import {
  call
} from "./chunk-ED4AQMVH.js";
import "./chunk-3A66ICA2.js";
import "./chunk-LD6ES5PW.js";
import {
  defineCommand,
  exactly
} from "./chunk-TYEFKKFM.js";
import {
  bool,
  text
} from "./chunk-BK7RGC7S.js";
import "./chunk-Z77EZBYY.js";
import "./chunk-UIKEASUR.js";

// packages/cli/src/commands/history.ts
var titles = {
  Comment: "COMMENT",
  CreatedAt: "CREATED AT",
  CreatedBy: "CREATED BY",
  CreatedSince: "CREATED",
  ID: "IMAGE",
  Size: "SIZE"
};
var history = defineCommand({
  usage: "[OPTIONS] IMAGE",
  operands: exactly(1),
  flags: {
    format: text(formatUsage),
    human: bool("Print sizes and dates in human readable format", { short: "H", initial: true }),
    "no-trunc": bool("Don't truncate output"),
    platform: text('Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")'),
    quiet: bool("Only show image IDs", { short: "q" })
  },
  async run(cli, { flags, args: [name = ""] }) {
    const { human } = flags;
    const items = await call(cli.client, imageHistory, { name, platform: flags.platform });
    const rows = items.map((item) => historyRow(item, { human, trunc: !flags["no-trunc"] }));
    cli.out.print(renderListing({ format: chooseFormat(flags.format, { human, quiet: flags.quiet }), titles, rows }));
    return 0;
  }
});
function chooseFormat(named, { human, quiet }) {
  if (named !== void 0 && named !== "" && named !== "table") return named;
  if (quiet) return "{{.ID}}";
  return `table {{.ID}}	{{.Created${human ? "Since" : "At"}}}	{{.CreatedBy}}	{{.Size}}	{{.Comment}}`;
}
var epoch = Date.UTC(2e3, 0, 1) / 1e3;
function historyRow(item, { human, trunc }) {
  const { Id, Created, CreatedBy, Size, Comment } = item;
  const createdBy = CreatedBy.replaceAll("	", " ");
  const since = Created <= epoch ? "N/A" : `${humanDuration(Date.now() - Created * 1e3)} ago`;
  return {
    Comment,
    CreatedAt: goRfc3339(Created),
    CreatedBy: trunc ? ellipsis(createdBy, 45) : createdBy,
    CreatedSince: human ? since : goRfc3339(Created),
    ID: trunc ? shortId(Id) : Id,
    Size: human ? humanSize(Size, 3) : String(Size)
  };
}
export {
  history
};
