import { type ContainerSummary, containerList } from "@tdock/api/containers";
import { call } from "../client/call.ts";
import { defineCommand, none } from "../command.ts";
import { filterFlag, filtersOf } from "../flags/filter.ts";
import { bool, int, text } from "../flags/flag.ts";
import { containerRow, containerTitles } from "./container-row.ts";
import { formatUsage, renderListing } from "./listing.ts";

const table = "table {{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}";

const raw = `container_id: {{.ID}}
image: {{.Image}}
command: {{.Command}}
created_at: {{.CreatedAt}}
state: {{- pad .State 1 0}}
status: {{- pad .Status 1 0}}
names: {{.Names}}
labels: {{- pad .Labels 1 0}}
ports: {{- pad .Ports 1 0}}
`;

export const ps = defineCommand({
  usage: "[OPTIONS]",
  operands: none,
  flags: {
    all: bool("Show all containers (default shows just running)", { short: "a" }),
    filter: filterFlag("Filter output based on conditions provided"),
    format: text(formatUsage),
    last: int("Show n last created containers (includes all states)", { short: "n", shownDefault: "-1" }),
    latest: bool("Show the latest created container (includes all states)", { short: "l" }),
    "no-trunc": bool("Don't truncate output"),
    quiet: bool("Only display container IDs", { short: "q" }),
    size: bool("Display total file sizes", { short: "s" }),
  },
  async run(cli, { flags }) {
    const named = flags.format ?? (flags.quiet ? undefined : cli.config.psFormat);
    const format = chooseFormat(named, flags);
    const containers = await call(cli.client, containerList, {
      all: flags.all,
      limit: flags.last !== undefined && flags.last > 0 ? flags.last : flags.latest ? 1 : undefined,
      size: flags.size || needsSize(format),
      filters: filtersOf(flags.filter),
    });
    const rows = containers.map((container) =>
      containerRow(container as ContainerSummary, { trunc: !flags["no-trunc"] }),
    );
    cli.out.print(renderListing({ format, titles: containerTitles, rows }));
    return 0;
  },
});

function chooseFormat(named: string | undefined, { quiet, size }: { quiet: boolean; size: boolean }): string {
  if (quiet) return named === "raw" ? "container_id: {{.ID}}" : "{{.ID}}";
  if (named === undefined || named === "" || named === "table") return size ? `${table}\t{{.Size}}` : table;
  if (named === "raw") return size ? `${raw}size: {{.Size}}\n` : raw;
  return named;
}

/** Sizes are costly: they are asked for only when the format shows them. */
function needsSize(format: string): boolean {
  return /\.Size\b|\{\{\s*json \.\s*\}\}/.test(format);
}
