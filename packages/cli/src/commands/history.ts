import { type HistoryResponseItem, imageHistory } from "@tdock/api/images";
import { call } from "../client/call.ts";
import { defineCommand, exactly } from "../command.ts";
import { bool, text } from "../flags/flag.ts";
import { platformJson } from "../flags/platform.ts";
import { goRfc3339 } from "../terminal/go-time.ts";
import { humanAgo, humanSize } from "../terminal/human.ts";
import { shortId } from "../terminal/short-id.ts";
import type { Dot } from "../terminal/template/value.ts";
import { ellipsis } from "../terminal/text-width.ts";
import { formatUsage, renderListing } from "./listing.ts";

const titles: Dot = {
  Comment: "COMMENT",
  CreatedAt: "CREATED AT",
  CreatedBy: "CREATED BY",
  CreatedSince: "CREATED",
  ID: "IMAGE",
  Size: "SIZE",
};

export const history = defineCommand({
  usage: "[OPTIONS] IMAGE",
  operands: exactly(1),
  flags: {
    format: text(formatUsage),
    human: bool("Print sizes and dates in human readable format", { short: "H", initial: true }),
    "no-trunc": bool("Don't truncate output"),
    platform: text('Show history for the given platform. Formatted as "os[/arch[/variant]]" (e.g., "linux/amd64")'),
    quiet: bool("Only show image IDs", { short: "q" }),
  },
  async run(cli, { flags, args: [name = ""] }) {
    const { human } = flags;
    const items = await call(cli.client, imageHistory, {
      name,
      platform: flags.platform && platformJson(flags.platform),
    });
    const rows = items.map((item) => historyRow(item, { human, trunc: !flags["no-trunc"] }));
    cli.out.print(renderListing({ format: chooseFormat(flags.format, { human, quiet: flags.quiet }), titles, rows }));
    return 0;
  },
});

function chooseFormat(named: string | undefined, { human, quiet }: { human: boolean; quiet: boolean }): string {
  if (named !== undefined && named !== "" && named !== "table") return named;
  if (quiet) return "{{.ID}}";
  return `table {{.ID}}\t{{.Created${human ? "Since" : "At"}}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}`;
}

/** Dates before 2000 are those of reproducible builds: they say nothing. */
const epoch = Date.UTC(2000, 0, 1) / 1000;

function historyRow(item: HistoryResponseItem, { human, trunc }: { human: boolean; trunc: boolean }): Dot {
  const { Id, Created, CreatedBy, Size, Comment } = item;
  const createdBy = CreatedBy.replaceAll("\t", " ");
  const since = Created <= epoch ? "N/A" : humanAgo(Created);
  return {
    Comment,
    CreatedAt: goRfc3339(Created),
    CreatedBy: trunc ? ellipsis(createdBy, 45) : createdBy,
    CreatedSince: human ? since : goRfc3339(Created),
    ID: trunc ? shortId(Id) : Id,
    Size: human ? humanSize(Size, 3) : String(Size),
  };
}
